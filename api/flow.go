package api

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// FlowExpression is one expression of a flow.
type FlowExpression struct {
	Expression string
	// Language is its own; "" is that of the flow.
	Language Language
}

type flowExpression struct {
	Expression string   `json:"expression"`
	Language   Language `json:"language,omitempty"`
}

// MarshalJSON implements [json.Marshaler]: a text, or an object where the expression
// has a language of its own.
func (e FlowExpression) MarshalJSON() ([]byte, error) {
	if e.Language == "" {
		return json.Marshal(e.Expression)
	}
	return json.Marshal(flowExpression(e))
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *FlowExpression) UnmarshalJSON(data []byte) error {
	*e = FlowExpression{}
	if len(data) > 0 && data[0] == '{' {
		return json.Unmarshal(data, (*flowExpression)(e))
	}
	return json.Unmarshal(data, &e.Expression)
}

// FlowSource is what an author wrote: expressions that belong together.
type FlowSource struct {
	Expressions map[string]FlowExpression `json:"expressions"`
	// Language is that of all expressions that name none; "" is CEL.
	Language Language `json:"language,omitempty"`
	// RequiredSecrets is null where nothing was declared, unlike an empty list.
	RequiredSecrets []string `json:"required_secrets"`
	// SampleVars is an object of variables; a preview without variables has them.
	SampleVars json.RawMessage `json:"sample_vars,omitempty"`
}

// Flow is a stored flow with its source.
type Flow struct {
	DocumentInfo
	FlowSource
}

// FlowDraft is a flow to be stored.
type FlowDraft struct {
	FlowSource
	Description string `json:"description,omitempty"`
	// Note says what this version changes.
	Note string `json:"note,omitempty"`
	// Of is the version that was read and changed, and New says that there is to be
	// none; without either, whatever is stored is replaced.
	Of  int64 `json:"-"`
	New bool  `json:"-"`
}

// Flows are those of the client's scope, in the order of their ids. They are read
// page by page while the loop runs; after an error it ends.
func (c *Client) Flows(ctx context.Context) iter.Seq2[DocumentInfo, error] {
	return all[DocumentInfo](ctx, c, "/v1/flows", c.query())
}

// Flow returns the stored flow called id.
func (c *Client) Flow(ctx context.Context, id string) (*Flow, error) {
	return c.flow(ctx, call{method: http.MethodGet, path: flowPath(id), query: c.query()})
}

// PutFlow stores a flow, or a new version of it; where it is stored like this already,
// nothing changes. One that does not compile is refused,
// and so, with [VersionConflict], is one whose draft is of another version than the one
// that is stored.
func (c *Client) PutFlow(ctx context.Context, id string, draft FlowDraft) (*Flow, error) {
	return c.flow(ctx, call{
		method: http.MethodPut, path: flowPath(id), query: c.query(), header: condition(draft.Of, draft.New), in: draft, changes: true,
	})
}

// FlowVersions returns the versions of a flow that are kept, newest first.
func (c *Client) FlowVersions(ctx context.Context, id string) ([]DocumentInfo, error) {
	return c.versions(ctx, flowPath(id))
}

// FlowVersion returns one version of the flow called id.
func (c *Client) FlowVersion(ctx context.Context, id string, version int64) (*Flow, error) {
	return c.flow(ctx, call{method: http.MethodGet, path: versionPath(flowPath(id), version), query: c.query()})
}

// RestoreFlow makes an earlier version of a flow the newest once more.
func (c *Client) RestoreFlow(ctx context.Context, id string, version int64) (*Flow, error) {
	return c.flow(ctx, call{
		method: http.MethodPost, path: versionPath(flowPath(id), version) + "/restore", query: c.query(), changes: true,
	})
}

// DeleteFlow deletes the stored flow called id, with all its versions.
func (c *Client) DeleteFlow(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: flowPath(id), query: c.query(), changes: true}, nil)
}

// flow is do for an answer that is a stored flow.
func (c *Client) flow(ctx context.Context, call call) (*Flow, error) {
	return one(ctx, c, call, func(f *Flow) int64 { return f.Version })
}

func flowPath(id string) string { return "/v1/flows/" + url.PathEscape(id) }

// versions returns the versions of the document at path.
func (c *Client) versions(ctx context.Context, path string) ([]DocumentInfo, error) {
	var page Page[DocumentInfo]
	err := c.do(ctx, call{method: http.MethodGet, path: path + "/versions", query: c.query()}, &page)
	if err == nil && page.Items == nil {
		err = c.lacks("items")
	}
	return page.Items, err
}

func versionPath(document string, version int64) string {
	return document + "/versions/" + strconv.FormatInt(version, 10)
}

// condition says in a header of which version a draft is; nil for whichever.
func condition(of int64, isNew bool) http.Header {
	switch {
	case isNew:
		return http.Header{"If-None-Match": {"*"}}
	case of > 0:
		return http.Header{"If-Match": {`"` + strconv.FormatInt(of, 10) + `"`}}
	}
	return nil
}
