package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/sotto-render/sotto/redact"
)

// RenderRequest asks for a message. Exactly one of Template, TemplateID and Parts
// is set; an empty Template renders to nothing.
type RenderRequest struct {
	Template *string `json:"template,omitempty"`
	// TemplateID names a stored template, which has its own Context and Syntax.
	TemplateID string `json:"template_id,omitempty"`
	// Parts are the templates of a message of several, by name.
	Parts map[string]Part `json:"parts,omitempty"`
	// Vars are the variables, of whatever encoding/json can write.
	Vars map[string]any `json:"vars,omitempty"`
	// Scope is where secrets and stored templates are looked for; "" is the
	// client's.
	Scope string `json:"scope,omitempty"`
	// Context says where the output goes: text (the default), json, html, url or
	// header.
	Context string `json:"context,omitempty"`
	// Syntax is liquid (the default), macros or bare.
	Syntax string `json:"syntax,omitempty"`
	Mode   Mode   `json:"mode,omitempty"`
	// RequiredSecrets are the aliases that may be used, all of which must exist;
	// nil allows each, an empty list none.
	RequiredSecrets []string `json:"required_secrets,omitzero"`
	// StrictVariables makes a missing variable an error.
	StrictVariables bool `json:"strict_variables,omitempty"`
	// Translations are texts by key, for the filter t: texts, or objects of them.
	// They go before those of a stored template.
	Translations map[string]any `json:"translations,omitempty"`
}

// Part is one template of a message, or of a stored one.
type Part struct {
	Template string `json:"template"`
	// TemplateID names a stored template in the place of Template; it has its own
	// context and syntax. "" for none.
	TemplateID string `json:"template_id,omitempty"`
	Context    string `json:"context,omitempty"`
	Syntax     string `json:"syntax,omitempty"`
}

// MarshalJSON implements [json.Marshaler]: of template and template_id one is said.
func (p Part) MarshalJSON() ([]byte, error) {
	said := struct {
		Template   *string `json:"template,omitempty"`
		TemplateID string  `json:"template_id,omitempty"`
		Context    string  `json:"context,omitempty"`
		Syntax     string  `json:"syntax,omitempty"`
	}{TemplateID: p.TemplateID, Context: p.Context, Syntax: p.Syntax}
	if p.TemplateID == "" {
		said.Template = &p.Template
	}
	return json.Marshal(said)
}

// RenderResponse is a message, whole.
type RenderResponse struct {
	// Output is that of one template, Outputs those of parts by name.
	Output  redact.Sensitive[string]
	Outputs map[string]redact.Sensitive[string]
	// Secrets are the canonical aliases that were used.
	Secrets []string
	Mode    Mode
}

// Render makes a message.
func (c *Client) Render(ctx context.Context, in RenderRequest) (*RenderResponse, error) {
	if in.Template != nil {
		if err := checkText("template", *in.Template); err != nil {
			return nil, err
		}
	}
	for name, part := range in.Parts {
		if err := checkText("part "+name, part.Template); err != nil {
			return nil, err
		}
	}
	in.Scope = c.scopeOr(in.Scope)
	var out struct {
		Output  *string           `json:"output"`
		Outputs map[string]string `json:"outputs"`
		Secrets []string          `json:"secrets"`
		Mode    Mode              `json:"mode"`
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/render", in: in}, &out); err != nil {
		return nil, err
	}
	answer := &RenderResponse{Secrets: out.Secrets, Mode: out.Mode}
	switch {
	case in.Parts == nil && out.Output != nil:
		answer.Output = redact.NewSensitive(*out.Output)
		return answer, nil
	case out.Outputs == nil:
		return nil, c.lacks("output")
	}
	answer.Outputs = make(map[string]redact.Sensitive[string], len(out.Outputs))
	for name, text := range out.Outputs {
		answer.Outputs[name] = redact.NewSensitive(text)
	}
	return answer, nil
}

// Redact returns text with every value masked that the scope's secrets hold. It
// needs the role [Render].
func (c *Client) Redact(ctx context.Context, text string) (string, error) {
	if err := checkText("text", text); err != nil {
		return "", err
	}
	in := struct {
		Text  string `json:"text"`
		Scope string `json:"scope,omitempty"`
	}{text, c.scope}
	var out struct {
		Text *string `json:"text"`
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/redact", in: in}, &out); err != nil {
		return "", err
	}
	if out.Text == nil {
		return "", c.lacks("text")
	}
	return *out.Text, nil
}
