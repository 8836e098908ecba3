package server

import (
	"net/http"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// tokenDraft is the body of POST /v1/tokens.
type tokenDraft struct {
	role        string
	scope       string
	description string
	expires     string
	limits      tokenLimits
}

// Field implements [jsonread.Fields].
func (q *tokenDraft) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "role":
		q.role = r.String()
	case "scope":
		q.scope = r.String()
	case "description":
		q.description = r.String()
	case "expires_at":
		q.expires = r.String()
	case "limits":
		r.Object(&q.limits)
	default:
		return false
	}
	return true
}

// draft returns what the store is to make.
func (q *tokenDraft) draft(scope resolver.Scope) (store.TokenDraft, error) {
	d := store.TokenDraft{Role: store.Role(q.role), Scope: scope, Description: q.description, Limits: &q.limits.TokenLimits}
	if rights[api.Role(q.role)] == 0 {
		return d, fail(api.InvalidRequest, "role must be admin, render, author or preview")
	}
	if q.expires != "" {
		at, err := time.Parse(time.RFC3339, q.expires)
		if err != nil {
			return d, fail(api.InvalidRequest, "expires_at must be a time such as 2030-01-31T00:00:00Z")
		}
		d.ExpiresAt = &at
	}
	return d, nil
}

// newToken is the answer to POST /v1/tokens: the only time the text is shown. The answer to
// a request that was carried out before has none.
type newToken struct {
	Text string `json:"token,omitempty"`
	api.Token
}

func tokenOf(t store.AccessToken) api.Token {
	token := api.Token{
		ID: t.ID, Role: api.Role(t.Role), Scope: string(t.Scope), Description: t.Description,
		CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
	}
	if t.Limits != nil {
		limits := api.TokenLimits(*t.Limits)
		token.Limits = &limits
	}
	return token
}

// createToken answers POST /v1/tokens.
func (s *Server) createToken(x *exchange) error {
	var q tokenDraft
	if err := s.decode(x, &q); err != nil {
		return err
	}
	asked, err := x.askedScope(q.scope)
	if err != nil {
		return err
	}
	scope, err := x.tokenScope(asked)
	if err != nil {
		return err
	}
	draft, err := q.draft(scope)
	if err != nil {
		return err
	}
	if err := x.mayLimit(draft.Limits); err != nil {
		return err
	}
	secret, token, err := s.store.CreateToken(x.r.Context(), x.actor(), draft)
	if err != nil {
		return err
	}
	if !x.repeat.Repeated() {
		s.redactor.Add(secret)
	}
	return x.replyCreated("/v1/tokens", token.ID, string(token.Scope), newToken{Text: secret.Reveal(), Token: tokenOf(token)})
}

// tokenScope is [exchange.scope], and "/" for a token that reaches all scopes.
func (x *exchange) tokenScope(given string) (resolver.Scope, error) {
	if given == rootScope {
		return x.reach(given)
	}
	return x.scope(given)
}

// listTokens answers GET /v1/tokens.
func (s *Server) listTokens(x *exchange) error {
	return replyList(x, x.reach, s.store.Tokens, tokenOf)
}

// showToken answers GET /v1/tokens/{id}.
func (s *Server) showToken(x *exchange) error {
	values, err := x.query("scope")
	if err != nil {
		return err
	}
	scope, err := x.reach(values.Get("scope"))
	var token store.AccessToken
	if err == nil {
		token, err = s.store.Token(x.r.Context(), scope, x.r.PathValue("id"))
	}
	if err != nil {
		return tokenError(err)
	}
	return x.replyJSON(http.StatusOK, tokenOf(token))
}

// revokeToken answers DELETE /v1/tokens/{id}.
func (s *Server) revokeToken(x *exchange) error {
	values, err := x.query("scope")
	if err != nil {
		return err
	}
	scope, err := x.reach(values.Get("scope"))
	if err == nil {
		err = s.store.RevokeToken(x.r.Context(), x.actor(), scope, x.r.PathValue("id"))
	}
	if err != nil {
		return tokenError(err)
	}
	return x.replyNothing()
}

// tokenError makes a token in a scope that the caller does not reach read the same
// as one that does not exist.
func tokenError(err error) error {
	if err == errOutOfScope || store.CodeOf(err) == store.NotFound {
		return fail(api.NotFound, "there is no token with this id in this scope")
	}
	return err
}
