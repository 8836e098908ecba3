package server

import (
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
)

// evaluateRequest is the body of POST /v1/evaluate. Exactly one of expression
// and expressions is given.
type evaluateRequest struct {
	runFields
	expression  text
	expressions map[string]string
	vars        *engine.Object
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
		q.vars, _ = r.OrderedObject().(*engine.Object)
	case "trace":
		q.trace = r.Bool()
	default:
		return q.runFields.Field(name, r)
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
		return fail(api.InvalidRequest, "give exactly one of expression and expressions")
	}
	if q.expressions != nil && len(q.expressions) == 0 {
		return fail(api.InvalidRequest, "expressions must name at least one expression")
	}
	if err := checkCount("required_secrets", len(q.required)); err != nil {
		return err
	}
	return checkCount("expressions", len(q.expressions))
}

// evaluated is the answer to POST /v1/evaluate: with result or with results.
type evaluated struct {
	Result    any      `json:"result"`
	Sensitive bool     `json:"sensitive"`
	Secrets   []string `json:"secrets"`
	Mode      api.Mode `json:"mode"`
	api.Trace
}

type evaluatedMany struct {
	Results map[string]any `json:"results"`
	// Sensitive says whether any of the results is.
	Sensitive bool     `json:"sensitive"`
	Secrets   []string `json:"secrets"`
	Mode      api.Mode `json:"mode"`
	api.Trace
}

// tracedError is the error of an evaluation that left a trace.
type tracedError struct {
	error
	api.Trace
}

// Unwrap returns the error without its trace.
func (t *tracedError) Unwrap() error { return t.error }

// addTrace appends the trace of result, which is that of part. A value that came in as
// a variable or stands in the source may be that of a secret too: known is the
// caller's own redactor, and a step whose value holds a part of a secret is
// masked whole. In a preview known is nil: it looks no value up, and masking a
// guess would tell who may not know.
func addTrace(t *api.Trace, part string, result engine.Result, known *redact.Redactor) {
	for _, from := range result.Trace {
		s := api.Step{Part: part, Line: from.Line, Column: from.Column, Source: from.Source, Value: from.Value}
		if known != nil {
			s.Source = known.String(from.Source)
			if text := from.Value.String(); known.String(text) != text {
				s.Value = redact.Mask
			}
		}
		t.Steps = append(t.Steps, s)
	}
	t.Truncated = t.Truncated || result.TraceTruncated
}

// withTrace returns err with the trace, if there is one.
func withTrace(t api.Trace, err error) error {
	if len(t.Steps) == 0 {
		return err
	}
	return &tracedError{err, t}
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
	run.Vars, run.Order, run.Required, run.Trace = q.vars.Map(), q.vars.Keys(), q.required, q.trace
	if q.expressions != nil {
		return s.evaluateMany(run, q.expressions)
	}
	return s.evaluateOne(run, q.expression.value)
}

func (s *Server) evaluateOne(run *run, source string) error {
	expression, err := s.compiled.expressions.Compile(source)
	if err != nil {
		return err
	}
	result, err := expression.Evaluate(run.x.r.Context(), &run.Request)
	var trace api.Trace
	addTrace(&trace, "", result, s.traceRedactor(run))
	if err != nil {
		return withTrace(trace, s.warnRequired(run, err))
	}
	aliases := expression.Uses(&run.Request)
	s.countUses(run, aliases)
	return run.x.replyJSON(http.StatusOK, evaluated{
		Result: result.Value.Reveal(), Sensitive: result.Sensitive, Secrets: nonNil(aliases), Mode: run.mode, Trace: trace,
	})
}

// traceRedactor returns what masks the trace of run, nil for a preview.
func (s *Server) traceRedactor(run *run) *redact.Redactor {
	if run.mode == api.ModePreview {
		return nil
	}
	return s.resolver.Redactor(run.scope)
}

func (s *Server) evaluateMany(run *run, sources map[string]string) error {
	flow, err := s.compiled.flow(run.x, sources)
	if err != nil {
		return err
	}
	aliases := flow.Uses(&run.Request)
	results, err := flow.Evaluate(run.x.r.Context(), &run.Request)
	answer := evaluatedMany{Results: make(map[string]any, len(results)), Secrets: nonNil(aliases), Mode: run.mode}
	for _, name := range sortedKeys(results) {
		result := results[name]
		answer.Results[name] = result.Value.Reveal()
		answer.Sensitive = answer.Sensitive || result.Sensitive
		addTrace(&answer.Trace, name, result, s.traceRedactor(run))
	}
	if err != nil {
		return withTrace(answer.Trace, s.warnRequired(run, err))
	}
	s.countUses(run, aliases)
	return run.x.replyJSON(http.StatusOK, answer)
}
