package server

import (
	"mime"
	"net/http"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store"
)

// sessionDraft is the body of POST /console/session: a token, or the code of a link.
type sessionDraft struct{ token, code string }

// Field implements [jsonread.Fields].
func (q *sessionDraft) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "token":
		q.token = r.String()
	case "code":
		q.code = r.String()
	default:
		return false
	}
	return true
}

// sessionAnswer says who is signed in.
type sessionAnswer struct {
	Token string   `json:"token"`
	Role  api.Role `json:"role"`
	// Scope is "/" for all scopes.
	Scope string `json:"scope"`
	// ExpiresAt is that of the session.
	ExpiresAt time.Time `json:"expires_at"`
}

func sessionOf(c caller, expires time.Time) sessionAnswer {
	scope := string(c.scope)
	if scope == "" {
		scope = rootScope
	}
	return sessionAnswer{Token: c.id, Role: c.role, Scope: scope, ExpiresAt: expires}
}

// accessToken is what the store is told of the caller's token.
func (c caller) accessToken() store.AccessToken {
	return store.AccessToken{ID: c.id, Role: store.Role(c.role), Scope: c.scope}
}

// createSession answers POST /console/session: it exchanges the text of a token, or the
// code of a link, for a cookie that scripts cannot read.
func (s *Server) createSession(x *exchange) error {
	q, err := s.signInBody(x)
	if err != nil {
		return err
	}
	var id redact.Secret
	var made store.Session
	switch {
	case q.code != "" && q.token != "":
		return fail(api.InvalidRequest, "send a token or a code, not both")
	case q.code != "":
		id, made, err = s.enterByCode(x, q.code)
	default:
		id, made, err = s.enterByToken(x, q.token)
	}
	if err != nil {
		return err
	}
	// A value of ours that lives in a browser may come back in anything it sends.
	s.redactor.Add(id)
	http.SetCookie(x, s.sessionCookie(id, int(store.SessionLifetime/time.Second)))
	return x.replyJSON(http.StatusCreated, sessionOf(x.caller, made.ExpiresAt))
}

// signInBody reads the body of who has no session yet.
func (s *Server) signInBody(x *exchange) (q sessionDraft, err error) {
	if err := s.fromConsole(x, true); err != nil {
		return q, err
	}
	body, err := x.readBody(maxSignInBytes)
	if err != nil {
		return q, err
	}
	return q, s.requests.Decode(string(body), &q)
}

func (s *Server) enterByToken(x *exchange, token string) (id redact.Secret, made store.Session, err error) {
	if x.caller, err = s.authenticate(x.r.Context(), token); err != nil {
		return id, made, s.refusedSignIn(x, err)
	}
	return s.openSession(x, token)
}

// openSession makes a session of the caller's token, which has this text.
func (s *Server) openSession(x *exchange, token string) (id redact.Secret, made store.Session, err error) {
	if err := x.enter(); err != nil {
		return id, made, err
	}
	return s.store.CreateSession(x.r.Context(), x.actor(), x.caller.accessToken(), token)
}

// maxSignInBytes is the size of the largest body with a token.
const maxSignInBytes = 16 << 10

// showSession answers GET /console/session.
func (s *Server) showSession(x *exchange) error {
	found, err := s.store.Session(x.r.Context(), x.sessionID())
	if err != nil {
		return noSession(err)
	}
	return x.replyJSON(http.StatusOK, sessionOf(x.caller, found.ExpiresAt))
}

// endSession answers DELETE /console/session.
func (s *Server) endSession(x *exchange) error {
	id := x.sessionID()
	if err := s.store.EndSession(x.r.Context(), x.actor(), x.caller.accessToken(), id); err != nil {
		return err
	}
	s.redactor.Forget(redact.NewSecret(id))
	http.SetCookie(x, s.sessionCookie(redact.Secret{}, -1))
	return x.replyNothing()
}

// sessionCookieName names the cookie. With TLS it is bound to this host by its name.
func (s *Server) sessionCookieName() string {
	if s.secure() {
		return "__Host-sotto_session"
	}
	return "sotto_session"
}

// secure reports whether browsers reach the server by TLS alone.
func (s *Server) secure() bool { return s.tls != nil || s.console.secure }

func (s *Server) sessionCookie(id redact.Secret, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.sessionCookieName(), Value: id.Reveal(), Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteStrictMode,
	}
}

// sessionID returns the id in the request's cookie, or "".
func (x *exchange) sessionID() string {
	if x.r.Header["Cookie"] == nil || x.server.console == nil {
		return ""
	}
	cookie, err := x.r.Cookie(x.server.sessionCookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// fromConsole refuses what another site may have made a browser send.
func (s *Server) fromConsole(x *exchange, body bool) error {
	if err := s.console.origins.Check(x.r); err != nil {
		return fail(api.Forbidden, "a session works for the console's own pages alone: another site made this request")
	}
	if !body && x.r.ContentLength == 0 {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return fail(api.UnsupportedMediaType, "a body with a session has the Content-Type application/json")
	}
	return nil
}

// authenticateSession finds out whose session it is. What its token may do is asked
// anew each time: the session of a revoked token is worth nothing.
func (s *Server) authenticateSession(x *exchange, id string) (caller, error) {
	found, err := s.store.Session(x.r.Context(), id)
	if err != nil {
		return caller{}, noSession(err)
	}
	if s.admin.isHash(found.TokenHash) {
		return adminCaller, nil
	}
	known, err := s.store.AuthenticateHash(x.r.Context(), found.TokenID, found.TokenHash)
	return callerOf(known, noSession(err))
}

var errNoSession = fail(api.Unauthorized, "the session has ended: sign in again")

func noSession(err error) error {
	if store.CodeOf(err) == store.Unauthorized {
		return errNoSession
	}
	return err
}
