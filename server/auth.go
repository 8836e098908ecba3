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

// role is what a token may do. Each role may do all that those below it may.
type role uint8

const (
	// anyone needs no token.
	anyone role = iota
	// rolePreview may preview, lint and list names.
	rolePreview
	// roleRender may also send, and so read what its scope resolves.
	roleRender
	// roleAdmin may do everything.
	roleAdmin
)

// roleNames :: role -> its name in the API
var roleNames = [...]api.Role{"anyone", api.Preview, api.Render, api.Admin}

func (r role) String() string { return string(roleNames[r]) }

func parseRole(name api.Role) (role, bool) {
	for r := rolePreview; r <= roleAdmin; r++ {
		if roleNames[r] == name {
			return r, true
		}
	}
	return anyone, false
}

// caller is who a token belongs to. The zero caller is nobody.
type caller struct {
	// id names the token in logs and the audit trail; it opens nothing.
	id   string
	role role
	// scope is the token's own; "" is above all scopes.
	scope resolver.Scope
	// limits are the token's own.
	limits admission.Limits
}

// adminToken is the hash of the token that the process was started with, so
// that comparing it takes the same time whatever is sent.
type adminToken struct {
	set  bool
	hash [sha256.Size]byte
}

func newAdminToken(token redact.Secret) adminToken {
	text := token.Reveal()
	return adminToken{set: text != "", hash: sha256.Sum256([]byte(text))}
}

func (a adminToken) is(token string) bool {
	// Without a token of its own the hash is that of no text, which the second
	// half keeps from matching; it comes last, so that the time is the same.
	hash := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(hash[:], a.hash[:]) == 1 && a.set
}

var errUnauthorized = fail(api.Unauthorized, "send a valid token as `Authorization: Bearer <token>`")

// admit finds out who calls and whether the role suffices for the route. It runs
// before anything of the body is read, so that nobody without a token costs more
// than a header.
func (s *Server) admit(x *exchange) error {
	if x.route.needs == anyone {
		return nil
	}
	token, ok := bearer(x.r.Header["Authorization"])
	if !ok {
		return errUnauthorized
	}
	var err error
	if x.caller, err = s.authenticate(x.r.Context(), token); err != nil {
		if err == errUnauthorized {
			if slowed := s.admission.FailSignIn(x.r.RemoteAddr); slowed != nil {
				return slowed
			}
		}
		return err
	}
	if err := x.enter(); err != nil {
		return err
	}
	return x.need(x.route.needs)
}

func (s *Server) authenticate(ctx context.Context, token string) (caller, error) {
	if s.admin.is(token) {
		return caller{id: "admin", role: roleAdmin}, nil
	}
	if s.store == nil {
		return caller{}, errUnauthorized
	}
	known, err := s.store.Authenticate(ctx, token)
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
	r, ok := parseRole(api.Role(known.Role))
	if !ok {
		return caller{}, errUnauthorized
	}
	return caller{id: known.ID, role: r, scope: known.Scope, limits: ownLimits(known.Limits)}, nil
}

// need refuses a caller whose role is below wanted.
func (x *exchange) need(wanted role) error {
	if x.caller.role < wanted {
		return fail(api.Forbidden, "this call needs the role "+wanted.String()+"; the token has the role "+x.caller.role.String())
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
