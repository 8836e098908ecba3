package api

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/sotto-render/sotto/redact"
)

// Token is what is told of a token. Its text is told once: see [NewToken].
type Token struct {
	// ID names the token in lists and in the audit trail. It opens nothing.
	ID          string    `json:"id"`
	Role        Role      `json:"role"`
	Scope       string    `json:"scope"`
	Description string    `json:"description"`
	CreatedAt   time.Time `json:"created_at"`
	// ExpiresAt is nil for a token without an end.
	ExpiresAt *time.Time `json:"expires_at"`
	// Limits are the token's own; nil for a token that has those of the server.
	Limits *TokenLimits `json:"limits,omitempty"`
}

// TokenLimits bound what one token takes of each node. A field that is 0 leaves it
// to what the server gives each token.
type TokenLimits struct {
	// Rate is how many requests it may make in a second.
	Rate int64 `json:"rate,omitempty"`
	// Concurrency is how many of its requests are answered at once.
	Concurrency int64 `json:"concurrency,omitempty"`
	// Bytes is how much of its requests and answers is held at once.
	Bytes int64 `json:"bytes,omitempty"`
}

// TokenDraft is a token to be created.
type TokenDraft struct {
	Role Role `json:"role"`
	// Scope is what the token reaches, with all below: "" is the client's, and
	// "/" all scopes.
	Scope       string     `json:"scope,omitempty"`
	Description string     `json:"description,omitempty"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty"`
	// Limits are the token's own. Only an admin of all scopes may set one above
	// what the server gives each token.
	Limits *TokenLimits `json:"limits,omitempty"`
}

// NewToken is a token that was just created, with its text, which nobody tells
// again.
type NewToken struct {
	Token
	Text redact.Secret
}

// Tokens are those of the client's scope and of those below, in the order of their
// ids. They are read page by page while the loop runs; after an error it ends.
func (c *Client) Tokens(ctx context.Context) iter.Seq2[Token, error] {
	return all[Token](ctx, c, "/v1/tokens", c.query())
}

// CreateToken creates a token.
func (c *Client) CreateToken(ctx context.Context, draft TokenDraft) (*NewToken, error) {
	draft.Scope = c.scopeOr(draft.Scope)
	var made struct {
		Token
		Text string `json:"token"`
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/tokens", in: draft, changes: true}, &made); err != nil {
		return nil, err
	}
	if made.Text == "" {
		return nil, c.lacks("token")
	}
	return &NewToken{Token: made.Token, Text: redact.NewSecret(made.Text)}, nil
}

// RevokeToken ends the token called id.
func (c *Client) RevokeToken(ctx context.Context, id string) error {
	return c.do(ctx, call{method: http.MethodDelete, path: "/v1/tokens/" + url.PathEscape(id), query: c.query(), changes: true}, nil)
}
