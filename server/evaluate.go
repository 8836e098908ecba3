package server

import (
	"net/http"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server/internal/jsonread"
)

// evaluateRequest is the body of POST /v1/evaluate. Exactly one of expression
// and expressions is given.
type evaluateRequest struct {
	expression  text
	expressions map[string]string
	vars        map[string]any
	scope       string
	mode        string
	required    []string
	trace       bool
}

// Field implements [jsonread.Fields].
func (q *evaluateRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "expression":
		q.expression = readText(r)
	case "expressions":
		q.expressions = readExpressions(r)
	case "vars":
		q.vars = r.Map()
	case "scope":
		q.scope = r.String()
	case "mode":
		q.mode = r.String()
	case "required_secrets":
		q.required = r.Strings()
	case "trace":
		q.trace = r.Bool()
	default:
		return false
	}
	return true
}

func readExpressions(r *jsonread.Reader) map[string]string {
	if r.Null() {
		return nil
	}
	expressions := make(map[string]string)
	r.Each(func(name string) { expressions[name] = r.String() })
	return expressions
}

func (q *evaluateRequest) check() error {
	if q.expression.set == (q.expressions != nil) {
		return fail(engine.InvalidRequest, "give exactly one of expression and expressions")
	}
	if q.expressions != nil && len(q.expressions) == 0 {
		return fail(engine.InvalidRequest, "expressions must name at least one expression")
	}
	if err := bounded("required_secrets", len(q.required)); err != nil {
		return err
	}
	return bounded("expressions", len(q.expressions))
}

// evaluated is the answer to POST /v1/evaluate: with result or with results.
type evaluated struct {
	Result    any      `json:"result"`
	Sensitive bool     `json:"sensitive"`
	Secrets   []string `json:"secrets"`
	Mode      mode     `json:"mode"`
	Trace     []step   `json:"trace,omitempty"`
}

type evaluatedMany struct {
	Results map[string]any `json:"results"`
	// Sensitive says whether any of the results is.
	Sensitive bool     `json:"sensitive"`
	Secrets   []string `json:"secrets"`
	Mode      mode     `json:"mode"`
	Trace     []step   `json:"trace,omitempty"`
}

// step is one step of a trace. Its value is masked where it depends on a
// secret.
type step struct {
	Part   string `json:"part,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Source string `json:"source"`
	Value  any    `json:"value"`
}

// appendSteps appends trace. A value that came in as a variable or stands in the
// source may be that of a secret too: known is the caller's own redactor, and
// a step whose value holds a part of a secret is masked whole.
func appendSteps(steps []step, part string, trace []engine.Step, known *redact.Redactor) []step {
	for _, t := range trace {
		s := step{Part: part, Line: t.Line, Column: t.Column, Source: known.String(t.Source), Value: t.Value}
		if text := t.Value.String(); known.String(text) != text {
			s.Value = redact.Mask
		}
		steps = append(steps, s)
	}
	return steps
}

// evaluate answers POST /v1/evaluate.
func (s *Server) evaluate(x *exchange) error {
	var q evaluateRequest
	if err := s.decode(x, &q); err != nil {
		return err
	}
	if err := q.check(); err != nil {
		return err
	}
	run, err := s.newRun(x, q.mode, q.scope)
	if err != nil {
		return err
	}
	run.Vars, run.Required, run.Trace = q.vars, q.required, q.trace
	if q.expressions != nil {
		return s.evaluateMany(run, q.expressions)
	}
	return s.evaluateOne(run, q.expression.value)
}

func (s *Server) evaluateOne(run *run, source string) error {
	expression, err := s.compiled.expression(source)
	if err != nil {
		return err
	}
	result, err := expression.Evaluate(run.x.r.Context(), &run.Request)
	if err != nil {
		return s.failed(run, err)
	}
	s.used(run, expression.Aliases())
	return run.x.replyJSON(http.StatusOK, evaluated{
		Result: result.Value.Reveal(), Sensitive: result.Sensitive, Secrets: some(expression.Aliases()), Mode: run.mode,
		Trace: appendSteps(nil, "", result.Trace, s.resolver.Redactor(run.scope)),
	})
}

func (s *Server) evaluateMany(run *run, sources map[string]string) error {
	flow, aliases, err := s.compiled.flow(sources)
	if err != nil {
		return err
	}
	results, err := flow.Evaluate(run.x.r.Context(), &run.Request)
	if err != nil {
		return s.failed(run, err)
	}
	s.used(run, aliases)
	answer := evaluatedMany{Results: make(map[string]any, len(results)), Secrets: some(aliases), Mode: run.mode}
	for _, name := range sortedKeys(results) {
		result := results[name]
		answer.Results[name] = result.Value.Reveal()
		answer.Sensitive = answer.Sensitive || result.Sensitive
		answer.Trace = appendSteps(answer.Trace, name, result.Trace, s.resolver.Redactor(run.scope))
	}
	return run.x.replyJSON(http.StatusOK, answer)
}
