package api

import (
	"context"
	"encoding/json"
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
	// SampleVars is an object of variables; a preview without variables has them.
	SampleVars json.RawMessage `json:"sample_vars,omitempty"`
}

// DocumentInfo is what is told of one version of a stored template or flow.
type DocumentInfo struct {
	ID    string `json:"id"`
	Scope string `json:"scope"`
	// Version counts the edits: 1 at creation. In the place of a deleted one it goes
	// on, so that none comes twice.
	Version int64 `json:"version"`
	// Author is the id of the token that stored this version; "" where that is not
	// known.
	Author      string `json:"author,omitempty"`
	Note        string `json:"note,omitempty"`
	Description string `json:"description"`
	// Secrets are the canonical aliases that it mentions or declares.
	Secrets   []string  `json:"secrets"`
	CreatedAt time.Time `json:"created_at"`
	// UpdatedAt is when this version was stored.
	UpdatedAt time.Time `json:"updated_at"`
}

// Template is a stored template with its source.
type Template struct {
	DocumentInfo
	TemplateSource
}

// TemplateDraft is a template to be stored.
type TemplateDraft struct {
	TemplateSource
	Description string `json:"description,omitempty"`
	// Note says what this version changes.
	Note string `json:"note,omitempty"`
	// Of is the version that was read and changed, and New says that there is to be
	// none; without either, whatever is stored is replaced.
	Of  int64 `json:"-"`
	New bool  `json:"-"`
}

// Templates are those of the client's scope, in the order of their ids. They are
// read page by page while the loop runs; after an error it ends.
func (c *Client) Templates(ctx context.Context) iter.Seq2[DocumentInfo, error] {
	return all[DocumentInfo](ctx, c, "/v1/templates", c.query())
}

// Template returns the stored template called id.
func (c *Client) Template(ctx context.Context, id string) (*Template, error) {
	return c.template(ctx, call{method: http.MethodGet, path: templatePath(id), query: c.query()})
}

// PutTemplate stores a template, or a new version of it; where it is stored like this
// already, nothing changes. One that does not compile
// is refused, and so, with [VersionConflict], is one whose draft is of another version
// than the one that is stored.
func (c *Client) PutTemplate(ctx context.Context, id string, draft TemplateDraft) (*Template, error) {
	return c.template(ctx, call{
		method: http.MethodPut, path: templatePath(id), query: c.query(), header: condition(draft.Of, draft.New), in: draft, changes: true,
	})
}

// TemplateVersions returns the versions of a template that are kept, newest first.
func (c *Client) TemplateVersions(ctx context.Context, id string) ([]DocumentInfo, error) {
	return c.versions(ctx, templatePath(id))
}

// TemplateVersion returns one version of the template called id.
func (c *Client) TemplateVersion(ctx context.Context, id string, version int64) (*Template, error) {
	return c.template(ctx, call{method: http.MethodGet, path: versionPath(templatePath(id), version), query: c.query()})
}

// RestoreTemplate makes an earlier version of a template the newest once more.
func (c *Client) RestoreTemplate(ctx context.Context, id string, version int64) (*Template, error) {
	return c.template(ctx, call{
		method: http.MethodPost, path: versionPath(templatePath(id), version) + "/restore", query: c.query(), changes: true,
	})
}

// DeleteTemplate deletes the stored template called id, with all its versions.
func (c *Client) DeleteTemplate(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: templatePath(id), query: c.query(), changes: true}, nil)
}

// template is do for an answer that is a stored template.
func (c *Client) template(ctx context.Context, call call) (*Template, error) {
	return one(ctx, c, call, func(t *Template) int64 { return t.Version })
}

func templatePath(id string) string { return "/v1/templates/" + url.PathEscape(id) }
