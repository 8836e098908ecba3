package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// TemplateSource is what an author wrote. Exactly one of Template and Parts is set.
type TemplateSource struct {
	Template *string         `json:"template,omitempty"`
	Parts    map[string]Part `json:"parts,omitempty"`
	Context  string          `json:"context,omitempty"`
	Syntax   string          `json:"syntax,omitempty"`
	// RequiredSecrets is null where nothing was declared, unlike an empty list.
	RequiredSecrets []string `json:"required_secrets"`
	// Translations are texts by key, for the filter t: texts, or objects of them.
	Translations map[string]any `json:"translations,omitempty"`
}

// TemplateSummary is a stored template in a list.
type TemplateSummary struct {
	ID    string `json:"id"`
	Scope string `json:"scope"`
	// Version counts the edits: 1 at creation.
	Version     int64  `json:"version"`
	Description string `json:"description"`
	// Secrets are the canonical aliases that it mentions or declares.
	Secrets   []string  `json:"secrets"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Template is a stored template with its source.
type Template struct {
	ID          string `json:"id"`
	Scope       string `json:"scope"`
	Version     int64  `json:"version"`
	Description string `json:"description"`
	TemplateSource
	Secrets   []string  `json:"secrets"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// TemplateDraft is a template to be stored.
type TemplateDraft struct {
	TemplateSource
	Description string `json:"description,omitempty"`
}

// Templates are those of the client's scope, in the order of their ids. They are
// read page by page while the loop runs; after an error it ends.
func (c *Client) Templates(ctx context.Context) iter.Seq2[TemplateSummary, error] {
	return all[TemplateSummary](ctx, c, "/v1/templates", c.query())
}

// Template returns the stored template called id.
func (c *Client) Template(ctx context.Context, id string) (*Template, error) {
	return c.template(ctx, call{method: http.MethodGet, path: templatePath(id), query: c.query()})
}

// PutTemplate stores a template, or a new version of it. One that does not compile
// is refused.
func (c *Client) PutTemplate(ctx context.Context, id string, draft TemplateDraft) (*Template, error) {
	return c.template(ctx, call{method: http.MethodPut, path: templatePath(id), query: c.query(), in: draft, changes: true})
}

// DeleteTemplate deletes the stored template called id.
func (c *Client) DeleteTemplate(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: templatePath(id), query: c.query(), changes: true}, nil)
}

// template is do for an answer that is a stored template.
func (c *Client) template(ctx context.Context, call call) (*Template, error) {
	var t Template
	if err := c.do(ctx, call, &t); err != nil {
		return nil, err
	}
	if t.Version == 0 {
		return nil, c.lacks("version")
	}
	return &t, nil
}

func templatePath(id string) string { return "/v1/templates/" + url.PathEscape(id) }
