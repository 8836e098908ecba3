package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store"
)

const (
	// SignInCodeLifetime is how long a code of [Server.SignInCode] is worth something.
	SignInCodeLifetime = time.Minute
	signInCodeBytes    = 16
)

// SignInCode returns a code of 128 random bits in base64url that signs one browser in as
// the admin, within [SignInCodeLifetime]: its page is /console/#/sign-in/CODE. The code is
// known to this process alone, never appears in its log, and ends the one before. It is
// empty where there is no console or no admin token.
func (s *Server) SignInCode() redact.Secret {
	if s.console == nil || !s.admin.set {
		return redact.Secret{}
	}
	random := make([]byte, signInCodeBytes)
	_, _ = rand.Read(random) // never fails: see crypto/rand
	text := base64.RawURLEncoding.EncodeToString(random)
	code := redact.NewSecret(text)
	s.redactor.Add(code)
	s.console.code.set(text, time.Now().Add(SignInCodeLifetime))
	return code
}

// signInCode is the code that is open, if any. Its zero value is none.
type signInCode struct {
	mu      sync.Mutex
	hash    [sha256.Size]byte
	expires time.Time
}

func (c *signInCode) set(text string, expires time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hash, c.expires = sha256.Sum256([]byte(text)), expires
}

var errNoCode = fail(api.Unauthorized, "this sign-in link is wrong, has been used or is older than a minute: start the server again, or sign in with a token")

// is reports whether text is the code, at this time. c.mu must be held.
func (c *signInCode) is(text string, now time.Time) bool {
	hash := sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(hash[:], c.hash[:]) == 1 && now.Before(c.expires)
}

// use does what the code is for, if text is it. The code ends with what succeeds, and
// with its time; whoever comes meanwhile waits.
func (c *signInCode) use(text string, now time.Time, do func() error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.is(text, now) {
		return errNoCode
	}
	if err := do(); err != nil {
		return err
	}
	c.hash, c.expires = [sha256.Size]byte{}, time.Time{}
	return nil
}

// end is when the code ends, if text is it.
func (c *signInCode) end(text string, now time.Time) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.is(text, now) {
		return time.Time{}, errNoCode
	}
	return c.expires, nil
}

// showSignInCode answers POST /console/sign-in: whom the code would sign in, so that a
// person knows it before. It is a POST because a code must be in no URL that a server or
// a proxy logs.
func (s *Server) showSignInCode(x *exchange) error {
	q, err := s.signInBody(x)
	if err != nil {
		return err
	}
	end, err := s.console.code.end(q.code, time.Now())
	if err != nil {
		return s.refusedSignIn(x, err)
	}
	return x.replyJSON(http.StatusOK, sessionOf(adminCaller, end))
}

// enterByCode makes a session of the admin token for who has the code.
func (s *Server) enterByCode(x *exchange, code string) (id redact.Secret, made store.Session, err error) {
	err = s.console.code.use(code, time.Now(), func() error {
		x.caller = adminCaller
		id, made, err = s.openSession(x, s.admin.text.Reveal())
		return err
	})
	return id, made, s.refusedSignIn(x, err)
}
