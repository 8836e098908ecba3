package server

import (
	"context"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/server/internal/jsonread"
)

// lintRequest is the body of POST /v1/lint: that of a render or an evaluation,
// without variables.
type lintRequest struct {
	renderRequest
	expression  text
	expressions map[string]string
	// variables are all that there are; nil where that is not known.
	variables []string
}

// Field implements [jsonread.Fields].
func (q *lintRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "expression":
		q.expression = readText(r)
	case "expressions":
		q.expressions = readExpressions(r)
	case "variables":
		q.variables = r.Strings()
	case "trace":
		r.Bool()
	case "vars":
		return false
	default:
		return q.renderRequest.Field(name, r)
	}
	return true
}

func (q *lintRequest) check() error {
	if err := bounded("variables", len(q.variables)); err != nil {
		return err
	}
	if q.expression.set || q.expressions != nil {
		as := evaluateRequest{expression: q.expression, expressions: q.expressions, required: q.required}
		if q.template.set || q.templateID.set || q.parts != nil {
			return fail(api.InvalidRequest, "give either templates or expressions")
		}
		return as.check()
	}
	return q.renderRequest.check()
}

// linted is the answer to POST /v1/lint.
type linted struct {
	Valid       bool         `json:"valid"`
	References  []reference  `json:"references"`
	Variables   []string     `json:"variables"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type reference struct {
	macros.Mention
	Part   string `json:"part,omitempty"`
	Status string `json:"status"`
}

type diagnostic struct {
	macros.Diagnostic
	Part string `json:"part,omitempty"`
}

// lint answers POST /v1/lint. It resolves nothing: that a secret exists is all
// it asks.
func (s *Server) lint(x *exchange) error {
	var q lintRequest
	if err := s.decode(x, &q); err != nil {
		return err
	}
	if err := q.check(); err != nil {
		return err
	}
	scope, err := x.scope(q.scope)
	if err != nil {
		return err
	}
	if q.templateID.set {
		if err := s.stored(x, &q.renderRequest, scope); err != nil {
			return err
		}
	}
	report, err := newReport(q.required, q.variables)
	if err != nil {
		return err
	}
	if err := s.compileAll(x.r.Context(), &q, scope, report); err != nil {
		return err
	}
	if err := report.judge(x.r.Context(), s.resolver, scope); err != nil {
		return err
	}
	return x.replyJSON(http.StatusOK, report.linted())
}

// compileAll looks at each source of the request.
func (s *Server) compileAll(ctx context.Context, q *lintRequest, scope resolver.Scope, report *report) error {
	parts := q.parts
	if q.template.set {
		parts = map[string]*part{"": &q.part}
	}
	for _, name := range sortedKeys(parts) {
		if err := s.lintTemplate(ctx, report, name, parts[name], scope); err != nil {
			return err
		}
	}
	expressions := q.expressions
	if q.expression.set {
		expressions = map[string]string{"": q.expression.value}
	}
	for _, name := range sortedKeys(expressions) {
		e, err := s.compiled.expression(expressions[name])
		if err != nil {
			err = report.mistake(name, err)
		} else {
			report.references(name, expressions[name], e.References())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lintTemplate asks the language for all that it finds, also behind the first
// mistake, and the engine for what the context forbids.
func (s *Server) lintTemplate(ctx context.Context, report *report, name string, p *part, scope resolver.Scope) error {
	options, err := p.options()
	if err != nil {
		return err
	}
	source := p.template.value
	found := s.lintSource(ctx, scope, source, macros.LintOptions{
		Syntax: options.Syntax, Filters: engine.Filters(), Variables: report.given,
		Shown: options.Context == engine.HTMLContext,
	})
	report.language(name, found)
	t, err := s.compiled.template(scope, p)
	if err != nil {
		report.mentions(name, found.References)
		if found.Valid() {
			return report.mistake(name, err)
		}
		return nil
	}
	tree, err := macros.Parse(source, options.Syntax)
	if err != nil {
		return report.mistake(name, err)
	}
	own := make([]macros.Reference, len(tree.References))
	for i, ref := range tree.References {
		own[i] = *ref
	}
	report.references(name, source, own)
	report.inPartials(name, t.aliases)
	return nil
}
