package api

import (
	"context"
	"encoding/json"
	"net/http"
)

// LintRequest asks what is wrong with a source. Exactly one of Template,
// TemplateID, Parts, Expression and Expressions is set.
type LintRequest struct {
	Template    *string           `json:"template,omitempty"`
	TemplateID  string            `json:"template_id,omitempty"`
	Parts       map[string]Part   `json:"parts,omitempty"`
	Expression  *string           `json:"expression,omitempty"`
	Expressions map[string]string `json:"expressions,omitempty"`
	// FlowID names a stored flow.
	FlowID string `json:"flow_id,omitempty"`
	// Language and Languages are as in [EvaluateRequest].
	Language  Language            `json:"language,omitempty"`
	Languages map[string]Language `json:"-"`
	// Variables are all that there are: others are warned of. Nil: not known.
	Variables []string `json:"variables,omitzero"`
	// Scope is where secrets and stored templates are looked for; "" is the
	// client's.
	Scope           string   `json:"scope,omitempty"`
	Context         string   `json:"context,omitempty"`
	Syntax          string   `json:"syntax,omitempty"`
	RequiredSecrets []string `json:"required_secrets,omitzero"`
}

// MarshalJSON writes an expression with a language of its own as an object.
func (r LintRequest) MarshalJSON() ([]byte, error) {
	type request LintRequest
	return json.Marshal(struct {
		request
		Expressions writtenExpressions `json:"expressions,omitzero"`
	}{request(r), writtenExpressions{r.Expressions, r.Languages}})
}

// LintResponse is what was found. A source with mistakes is an answer too.
type LintResponse struct {
	// Valid says that no diagnostic is an error.
	Valid      bool        `json:"valid"`
	References []Reference `json:"references"`
	// Variables are those that the source reads, sorted.
	Variables   []string     `json:"variables"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// Reference is a mention of a secret, where it stands and what is known of the
// secret.
type Reference struct {
	// Alias is canonical; "" where it is computed.
	Alias  string `json:"alias"`
	Field  string `json:"field,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Part   string `json:"part,omitempty"`
	// Status is known, missing, archived or undeclared.
	Status string `json:"status"`
}

// Diagnostic is one thing that is wrong, or seems so.
type Diagnostic struct {
	// Severity is error or warning.
	Severity string `json:"severity"`
	// Code is one of those of [Problem], or names what only lint finds.
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Line and Column count from 1; both are 0 where there is no place.
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Part   string `json:"part,omitempty"`
}

// Lint checks templates or expressions. It resolves nothing: of a secret it asks
// whether it exists.
func (c *Client) Lint(ctx context.Context, in LintRequest) (*LintResponse, error) {
	for kind, text := range map[string]*string{"template": in.Template, "expression": in.Expression} {
		if text == nil {
			continue
		}
		if err := checkText(kind, *text); err != nil {
			return nil, err
		}
	}
	in.Scope = c.scopeOr(in.Scope)
	var out LintResponse
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/lint", in: in}, &out); err != nil {
		return nil, err
	}
	if !out.Valid && len(out.Diagnostics) == 0 {
		return nil, c.lacks("diagnostics")
	}
	return &out, nil
}
