package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// right is something that roles allow, or several of it.
type right uint8

const (
	// mayPreview: preview, lint and list names.
	mayPreview right = 1 << iota
	// mayReview: read what authors wrote, in all versions.
	mayReview
	// mayWrite: store templates and flows.
	mayWrite
	// maySend: resolve, and so read what the scope resolves.
	maySend
	// mayAdminister: everything else.
	mayAdminister

	// anyone needs no token.
	anyone right = 0
)

// rights :: role -> what it allows. A role that is not in it allows nothing.
var rights = map[api.Role]right{
	api.Preview: mayPreview,
	api.Author:  mayPreview | mayReview | mayWrite,
	api.Render:  mayPreview | mayReview | maySend,
	api.Admin:   mayPreview | mayReview | mayWrite | maySend | mayAdminister,
}

// least :: right -> the role to ask for, where a token lacks it
var least = map[right]api.Role{
	mayPreview: api.Preview, mayReview: api.Author, mayWrite: api.Author, maySend: api.Render, mayAdminister: api.Admin,
}

// caller is who a token belongs to. The zero caller is nobody.
type caller struct {
	// id names the token in logs and the audit trail; it opens nothing.
	id   string
	role api.Role
	// scope is the token's own; "" is above all scopes.
	scope resolver.Scope
	// limits are the token's own.
	limits admission.Limits
	// session says that the caller is a browser with a session of the token.
	session bool
}

// adminToken is the hash of the token that the process was started with, so
// that comparing it takes the same time whatever is sent.
type adminToken struct {
	set  bool
	hash [sha256.Size]byte
	text redact.Secret
}

func newAdminToken(token redact.Secret) adminToken {
	text := token.Reveal()
	return adminToken{set: text != "", hash: sha256.Sum256([]byte(text)), text: token}
}

func (a adminToken) is(token string) bool {
	return a.isHash(sha256.Sum256([]byte(token)))
}

func (a adminToken) isHash(hash [sha256.Size]byte) bool {
	// Without a token of its own the hash is that of no text, which the second
	// half keeps from matching; it comes last, so that the time is the same.
	return subtle.ConstantTimeCompare(hash[:], a.hash[:]) == 1 && a.set
}

// errRevoked ends a stream whose caller is nobody any more.
var errRevoked = fail(api.Unauthorized, "the token was revoked or expired meanwhile: what is answered is done")

var (
	errUnauthorized = fail(api.Unauthorized, "send a valid token as `Authorization: Bearer <token>`")
	// errNoToken says the same where there is no token, and so no guess, in the header.
	errNoToken = fail(api.Unauthorized, "send a valid token as `Authorization: Bearer <token>`")
)

// admit finds out who calls and whether the role suffices for the route. It runs
// before anything of the body is read, so that nobody without a token costs more
// than a header.
func (s *Server) admit(x *exchange) error {
	if x.route.needs == anyone {
		return nil
	}
	var err error
	if x.caller, err = s.identify(x); err != nil {
		return err
	}
	if err := x.enter(); err != nil {
		return err
	}
	return x.need(x.route.needs)
}

// identify finds out who calls: by the token in the header, else by the session in
// the cookie, else by the client's certificate. The one is never tried for the other.
func (s *Server) identify(x *exchange) (caller, error) {
	if x.r.Header["Authorization"] == nil {
		if x.sessionID() == "" {
			return s.certified(x)
		}
		if err := s.fromConsole(x, false); err != nil {
			return caller{}, err
		}
	}
	c, err := s.known(x)
	return c, s.refusedSignIn(x, err)
}

// known returns whom the store knows by the token of a request, or by the session where
// it has no header. It counts no failure: a stream asks again and again (see recheck).
func (s *Server) known(x *exchange) (caller, error) {
	header := x.r.Header["Authorization"]
	if header == nil {
		c, err := s.authenticateSession(x, x.sessionID())
		c.session = true
		return c, err
	}
	token, ok := bearer(header)
	if !ok {
		return caller{}, errNoToken
	}
	return s.authenticate(x.r.Context(), token)
}

// refusedSignIn counts a sign-in that failed, so that guessing takes time.
func (s *Server) refusedSignIn(x *exchange, err error) error {
	if err == errUnauthorized || err == errNoSession || err == errNoCode {
		s.metrics.signIns.Inc()
		if slowed := s.admission.FailSignIn(x.r.RemoteAddr); slowed != nil {
			return slowed
		}
	}
	return err
}

// adminCaller has the token that the process was started with.
var adminCaller = caller{id: store.AdminTokenID, role: api.Admin}

func (s *Server) authenticate(ctx context.Context, token string) (caller, error) {
	if s.admin.is(token) {
		return adminCaller, nil
	}
	if s.store == nil {
		return caller{}, errUnauthorized
	}
	return callerOf(s.store.Authenticate(ctx, token))
}

// callerOf returns whom the store knows a token as.
func callerOf(known store.AccessToken, err error) (caller, error) {
	if store.CodeOf(err) == store.Unauthorized {
		return caller{}, errUnauthorized
	}
	// A store that cannot be asked is no refusal: the client keeps its token and
	// tries again.
	if err != nil {
		return caller{}, err
	}
	// A role that this version does not know, as after a downgrade, may do nothing:
	// guessing one could give more than was granted.
	role := api.Role(known.Role)
	if rights[role] == 0 {
		return caller{}, errUnauthorized
	}
	return caller{id: known.ID, role: role, scope: known.Scope, limits: ownLimits(known.Limits)}, nil
}

// may reports whether the caller's role allows what is wanted.
func (c caller) may(wanted right) bool { return rights[c.role]&wanted == wanted }

// need refuses a caller whose role does not allow what is wanted.
func (x *exchange) need(wanted right) error {
	if !x.caller.may(wanted) {
		return fail(api.Forbidden, "this call needs the role "+string(least[wanted])+"; the token has the role "+string(x.caller.role))
	}
	return nil
}

// bearer returns the token of an Authorization header.
func bearer(header []string) (string, bool) {
	const scheme = "bearer "
	if len(header) != 1 || len(header[0]) <= len(scheme) || !strings.EqualFold(header[0][:len(scheme)], scheme) {
		return "", false
	}
	return strings.TrimLeft(header[0][len(scheme):], " "), true
}
