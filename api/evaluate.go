package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sotto-render/sotto/redact"
)

// EvaluateRequest asks for the value of an expression. Exactly one of Expression,
// Expressions and FlowID is set.
type EvaluateRequest struct {
	Expression *string `json:"expression,omitempty"`
	// FlowID names a stored flow in the place of both.
	FlowID string `json:"flow_id,omitempty"`
	// Expressions are several that belong together, by name.
	Expressions map[string]string `json:"expressions,omitempty"`
	// Language is that of all expressions that Languages does not name; "" is CEL.
	Language  Language            `json:"language,omitempty"`
	Languages map[string]Language `json:"-"`
	// Vars are the variables, of whatever encoding/json can write.
	Vars map[string]any `json:"vars,omitempty"`
	// Order lists the names of Vars as an expression walks `vars`; those that it
	// leaves out come last, sorted.
	Order []string `json:"-"`
	// Scope is where secrets are looked for; "" is the client's.
	Scope string `json:"scope,omitempty"`
	Mode  Mode   `json:"mode,omitempty"`
	// RequiredSecrets are the aliases that may be used, all of which must exist;
	// nil allows each, an empty list none.
	RequiredSecrets []string `json:"required_secrets,omitzero"`
	// Trace asks for the steps.
	Trace bool `json:"trace,omitempty"`
}

// MarshalJSON writes the variables in their order, and an expression with a language
// of its own as an object.
func (r EvaluateRequest) MarshalJSON() ([]byte, error) {
	type request EvaluateRequest
	return json.Marshal(struct {
		request
		Expressions writtenExpressions `json:"expressions,omitzero"`
		Vars        orderedVars        `json:"vars,omitzero"`
	}{request(r), writtenExpressions{r.Expressions, r.Languages}, orderedVars{r.Vars, r.Order}})
}

// EvaluateResponse is what expressions yield.
type EvaluateResponse struct {
	// Result is that of one expression, Results those of several by name: nil, a
	// bool, a string, a json.Number, a []any or a map[string]any.
	Result  redact.Sensitive[any]
	Results map[string]redact.Sensitive[any]
	// Sensitive says whether a secret flowed into any result.
	Sensitive bool
	// Secrets are the canonical aliases that were used.
	Secrets []string
	Mode    Mode
	Trace
}

// Trace is what an evaluation did, in an answer or in a [Problem].
type Trace struct {
	// Steps are in the order in which they were done, at most 1000 for each
	// expression.
	Steps []Step `json:"trace,omitempty"`
	// Truncated says that there were more steps.
	Truncated bool `json:"trace_truncated,omitempty"`
}

// Step is one step of an evaluation. Its value is masked where it depends on a
// secret.
type Step struct {
	// Part is the name of the expression among several.
	Part   string `json:"part,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Source string `json:"source"`
	Value  any    `json:"value"`
}

// Evaluate evaluates one expression, or several that see the same secrets.
func (c *Client) Evaluate(ctx context.Context, in EvaluateRequest) (*EvaluateResponse, error) {
	if in.Expression != nil {
		if err := checkText("expression", *in.Expression); err != nil {
			return nil, err
		}
	}
	for name, source := range in.Expressions {
		if err := checkText("expression "+name, source); err != nil {
			return nil, err
		}
	}
	in.Scope = c.scopeOr(in.Scope)
	var out struct {
		Result    json.RawMessage            `json:"result"`
		Results   map[string]json.RawMessage `json:"results"`
		Sensitive bool                       `json:"sensitive"`
		Secrets   []string                   `json:"secrets"`
		Mode      Mode                       `json:"mode"`
		Trace
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/evaluate", in: in}, &out); err != nil {
		return nil, err
	}
	answer := &EvaluateResponse{Sensitive: out.Sensitive, Secrets: out.Secrets, Mode: out.Mode, Trace: out.Trace}
	if in.Expressions == nil {
		var err error
		answer.Result, err = c.result(out.Result)
		return answer, err
	}
	if out.Results == nil {
		return nil, c.lacks("results")
	}
	answer.Results = make(map[string]redact.Sensitive[any], len(out.Results))
	for name, raw := range out.Results {
		result, err := c.result(raw)
		if err != nil {
			return nil, err
		}
		answer.Results[name] = result
	}
	return answer, nil
}

// result reads one result. A null is one too, unlike an absent one.
func (c *Client) result(raw json.RawMessage) (redact.Sensitive[any], error) {
	var value any
	if raw == nil || decode(raw, &value) != nil {
		return redact.Sensitive[any]{}, c.lacks("result")
	}
	return redact.NewSensitive(value), nil
}
