package api

import (
	"context"
	"net/http"
)

// Resolution says where a secret comes from, and never what it holds.
type Resolution struct {
	Alias string `json:"alias"`
	Scope string `json:"scope"`
	// Status is "known", "missing" or "archived", or "unavailable" where a provider
	// that comes first cannot tell.
	Status string `json:"status"`
	// Answers are in the order in which they count.
	Answers []ResolutionAnswer `json:"answers"`
	// Cached is what the node gives without asking anybody; nil for nothing.
	Cached *CachedAnswer `json:"cached,omitempty"`
}

// ResolutionAnswer is what one provider says of a secret, or of one of the scopes
// where it has it.
type ResolutionAnswer struct {
	Provider string `json:"provider"`
	// BoundTo is the scope that the provider serves, "" for all.
	BoundTo string `json:"bound_to,omitempty"`
	// Scope is where the provider has the secret, "" where it keeps no scopes.
	Scope string `json:"scope,omitempty"`
	// Status is "known", "missing", "archived" or "unavailable".
	Status string `json:"status"`
	// Version is 0 where the provider keeps none.
	Version int64 `json:"version,omitempty"`
	// Outcome is "answers", "shadowed" by one before it, "lacks", "unavailable", or
	// "unreached" behind a provider that is unavailable.
	Outcome string `json:"outcome"`
}

// CachedAnswer is an answer that a node holds.
type CachedAnswer struct {
	// Provider is "" for a secret that is missing.
	Provider string `json:"provider,omitempty"`
	Scope    string `json:"scope,omitempty"`
	Status   string `json:"status"`
	Version  int64  `json:"version,omitempty"`
	// AgeSeconds is the time since the provider was asked.
	AgeSeconds float64 `json:"age_seconds"`
	// Fresh says that it is given without asking again.
	Fresh bool `json:"fresh"`
}

// SecretResolution says which provider and scope answer for a secret and what
// shadows what. A secret that nobody has is no error.
func (c *Client) SecretResolution(ctx context.Context, alias string) (*Resolution, error) {
	var r Resolution
	if err := c.do(ctx, call{method: http.MethodGet, path: secretPath(alias) + "/resolution", query: c.query()}, &r); err != nil {
		return nil, err
	}
	if r.Status == "" {
		return nil, c.lacks("status")
	}
	return &r, nil
}
