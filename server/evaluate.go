package server

import (
	"encoding/json"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/internal/jsontext"
	"github.com/sotto-render/sotto/redact"
)

// evaluateRequest is the body of POST /v1/evaluate. Exactly one of expression,
// expressions and flowID is given.
type evaluateRequest struct {
	runFields
	expressionFields
	flowID text
	// sampleVars are those of the stored flow, for a preview without vars.
	sampleVars json.RawMessage
	vars       *engine.Object
	trace      bool
}

// Field implements [jsonread.Fields].
func (q *evaluateRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "vars":
		q.vars, _ = r.OrderedObject().(*engine.Object)
	case "flow_id":
		q.flowID = readText(r)
	case "trace":
		q.trace = r.Bool()
	default:
		return q.expressionFields.Field(name, r) || q.runFields.Field(name, r)
	}
	return true
}

func (q *evaluateRequest) check() error {
	if !q.flowID.set {
		if err := q.expressionFields.check(); err != nil {
			return err
		}
	} else if q.expression.set || q.expressions != nil {
		return fail(api.InvalidRequest, "give exactly one of expression, expressions and flow_id")
	}
	return checkCount("required_secrets", len(q.required))
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
	if err := s.storedFlow(x, &q, run.scope); err != nil {
		return err
	}
	if q.vars == nil && run.mode == api.ModePreview && q.sampleVars != nil {
		if q.vars, err = engine.DecodeObject(q.sampleVars); err != nil {
			return err
		}
	}
	run.Vars, run.Order, run.Required, run.Trace = q.vars.Map(), q.vars.Keys(), q.required, q.trace
	if q.expressions != nil {
		return s.evaluateMany(run, q.expressions)
	}
	return s.evaluateOne(run, q.expression.value, q.language)
}

func (s *Server) evaluateOne(run *run, source string, language engine.Language) error {
	expression, err := s.compiled.expressions.Compile(source, language)
	if err != nil {
		return err
	}
	result, err := expression.Evaluate(run.x.r.Context(), &run.Request)
	var trace api.Trace
	answer.AddTrace(&trace, "", result, s.traceRedactor(run))
	if err != nil {
		return batch.Traced(trace, s.warnRequired(run, err))
	}
	if !jsontext.Carries(result.Value.Reveal()) {
		return batch.ErrNotText
	}
	aliases := expression.Uses(&run.Request)
	s.countUses(run, aliases)
	if err := s.shown(run, aliases); err != nil {
		return err
	}
	return run.x.replyJSON(http.StatusOK, evaluated{
		Result: result.Value.Reveal(), Sensitive: result.Sensitive, Secrets: nonNil(aliases), Mode: run.mode, Trace: trace,
	})
}

// traceRedactor returns what masks the trace of run, nil for a preview: the values of its
// scope. What is made of them in this evaluation is masked by its taint.
func (s *Server) traceRedactor(run *run) *redact.Redactor {
	if run.mode == api.ModePreview {
		return nil
	}
	known := s.resolver.Known(run.scope)
	if run.Trace {
		known = s.metrics.counting(known, surfaceTrace)
	}
	return known
}

func (s *Server) evaluateMany(run *run, sources map[string]writtenExpression) error {
	flow, err := s.compiled.flow(run.x, sources)
	if err != nil {
		return err
	}
	aliases := flow.Uses(&run.Request)
	results, err := flow.Evaluate(run.x.r.Context(), &run.Request)
	reply := evaluatedMany{Results: make(map[string]any, len(results)), Secrets: nonNil(aliases), Mode: run.mode}
	for _, name := range sortedKeys(results) {
		result := results[name]
		reply.Results[name] = result.Value.Reveal()
		if !jsontext.Carries(reply.Results[name]) {
			return batch.ErrNotText
		}
		reply.Sensitive = reply.Sensitive || result.Sensitive
		answer.AddTrace(&reply.Trace, name, result, s.traceRedactor(run))
	}
	if err != nil {
		return batch.Traced(reply.Trace, s.warnRequired(run, err))
	}
	s.countUses(run, aliases)
	if err := s.shown(run, aliases); err != nil {
		return err
	}
	return run.x.replyJSON(http.StatusOK, reply)
}
