package server

import (
	"context"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/resolver"
)

// lintRequest is the body of POST /v1/lint: that of a render or an evaluation,
// without variables.
type lintRequest struct {
	renderRequest
	expressionFields
	flowID text
	// variables are all that there are; nil where that is not known.
	variables []string
}

// Field implements [jsonread.Fields].
func (q *lintRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "flow_id":
		q.flowID = readText(r)
	case "variables":
		q.variables = r.Strings()
	case "trace":
		r.Bool()
	case "vars":
		return false
	default:
		return q.expressionFields.Field(name, r) || q.renderRequest.Field(name, r)
	}
	return true
}

func (q *lintRequest) check() error {
	if err := checkCount("variables", len(q.variables)); err != nil {
		return err
	}
	if q.expression.set || q.expressions != nil || q.flowID.set {
		if q.template.set || q.templateID.set || q.parts != nil {
			return fail(api.InvalidRequest, "give either templates or expressions")
		}
		as := evaluateRequest{expressionFields: q.expressionFields, flowID: q.flowID, runFields: q.runFields}
		err := as.check()
		q.expressionFields = as.expressionFields
		return err
	}
	return q.renderRequest.check()
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
	scope, err := x.bodyScope(q.scope)
	if err != nil {
		return err
	}
	if err := s.stored(x, &q.renderRequest, scope); err != nil {
		return err
	}
	if q.flowID.set {
		as := evaluateRequest{expressionFields: q.expressionFields, flowID: q.flowID, runFields: q.runFields}
		if err := s.storedFlow(x, &as, scope); err != nil {
			return err
		}
		q.expressionFields, q.required = as.expressionFields, as.required
	}
	sources, err := s.sourcesOf(&q, scope)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), x.budget.Left())
	defer cancel()
	report, err := engine.Lint(ctx, sources, engine.LintOptions{
		Resolver: s.resolver.Scoped(scope), Required: q.required, Variables: q.variables, Budget: &x.budget,
	})
	if err != nil {
		return err
	}
	return x.replyJSON(http.StatusOK, answer.Lint(report))
}

// sourcesOf returns the sources of a request, by name.
func (s *Server) sourcesOf(q *lintRequest, scope resolver.Scope) ([]engine.Source, error) {
	var sources []engine.Source
	parts := q.parts
	if q.template.set {
		parts = map[string]*part{"": &q.part}
	}
	for _, name := range sortedKeys(parts) {
		p := parts[name]
		options, err := p.options()
		if err != nil {
			return nil, err
		}
		if s.store != nil {
			options.Partials = newPartials(s.compiled, scope)
		}
		sources = append(sources, engine.Source{Name: name, Text: p.template.value, Template: options})
	}
	if q.expression.set {
		sources = append(sources, engine.Source{Text: q.expression.value, Language: q.language})
	}
	for _, name := range sortedKeys(q.expressions) {
		w := q.expressions[name]
		sources = append(sources, engine.Source{Name: name, Text: w.source.value, Language: w.language})
	}
	return sources, nil
}
