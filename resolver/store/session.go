package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/sotto-render/sotto/redact"
)

// SessionLifetime is how long a [Session] lasts.
const SessionLifetime = 12 * time.Hour

const (
	// sessionBytes is the length of a session's id: as hard to guess as a token.
	sessionBytes  = 32
	sessionFormat = 1
	// maxSessions is how many one token has at once; the next one ends the oldest.
	maxSessions = 50
)

// Session stands for a token where its text must not be kept, as in a browser. It
// gives nothing that the token would not give now: see [Store.AuthenticateHash].
type Session struct {
	// TokenID and TokenHash are those of the token.
	TokenID   string
	TokenHash [sha256.Size]byte
	ExpiresAt time.Time
}

func (r *Session) encode() []byte {
	var e encoder
	e.int(sessionFormat)
	e.string(r.TokenID)
	e.bytes(r.TokenHash[:])
	e.time(r.ExpiresAt)
	return e.buf
}

func decodeSession(row *Row) (Session, error) {
	d := decoder{buf: row.Meta}
	d.format(sessionFormat)
	r := Session{TokenID: d.string()}
	n := copy(r.TokenHash[:], d.bytes())
	r.ExpiresAt = d.time()
	if d.end() != nil || n != len(r.TokenHash) {
		return r, damage(row.Key)
	}
	return r, nil
}

// sessionKey is where the session with this id stands: its SHA-256, so that who
// reads the backend can use none.
func sessionKey(id string) (Key, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil || len(raw) != sessionBytes {
		return Key{}, false
	}
	sum := sha256.Sum256([]byte(id))
	return Key{Table: TableSessions, Scope: storeScope, Key: hex.EncodeToString(sum[:])}, true
}

// CreateSession makes a session of the token with this id and this text, which the
// caller has authenticated. The session's id is returned here and never again.
func (s *Store) CreateSession(ctx context.Context, by Actor, token AccessToken, text string) (redact.Secret, Session, error) {
	random := make([]byte, sessionBytes)
	_, _ = rand.Read(random) // never fails: see crypto/rand
	id := base64.RawURLEncoding.EncodeToString(random)
	key, _ := sessionKey(id)
	made := Session{TokenID: token.ID, TokenHash: sha256.Sum256([]byte(text)), ExpiresAt: s.now().Add(SessionLifetime)}
	err := s.audited(ctx, by, "session.create", token.Scope, "", func() error {
		return s.changeScope(ctx, storeScope, func(c *change) error {
			if err := c.endSessions(&made); err != nil {
				return err
			}
			if err := c.put(nil, TableSessions, key.Key, made.encode(), nil, nil); err != nil {
				return err
			}
			return c.audit(by.event("session.create", token.Scope, "", 0))
		})
	})
	if err != nil {
		return redact.Secret{}, Session{}, err
	}
	return redact.NewSecret(id), made, nil
}

// endSessions makes room for one more: it removes those that have expired, and the
// oldest of a token that has too many.
func (c *change) endSessions(next *Session) error {
	var oldest *Row
	var oldestEnd time.Time
	own := 0
	err := c.each(TableSessions, func(row *Row) error {
		r, err := decodeSession(row)
		if err != nil {
			return err
		}
		if !c.s.now().Before(r.ExpiresAt) {
			return c.delete(row)
		}
		if r.TokenID == next.TokenID {
			if own++; oldest == nil || r.ExpiresAt.Before(oldestEnd) {
				kept := *row
				oldest, oldestEnd = &kept, r.ExpiresAt
			}
		}
		return nil
	})
	if err != nil || own < maxSessions {
		return err
	}
	return c.delete(oldest)
}

// Session returns the session with this id, or [Unauthorized] where there is none or
// it has expired. It does no I/O for one seen lately.
func (s *Store) Session(ctx context.Context, id string) (Session, error) {
	key, ok := sessionKey(id)
	if !ok {
		return Session{}, sessionEnded()
	}
	ctx, cancel := context.WithTimeout(ctx, tokenPatience)
	defer cancel()
	found, err := s.sessions.get(key, func() (Session, error) {
		rows, err := s.find(ctx, []Key{key}, false)
		if err != nil {
			return Session{}, err
		}
		if rows[0] == nil {
			return Session{}, sessionEnded()
		}
		return decodeSession(rows[0])
	})
	if err != nil {
		return Session{}, err
	}
	if !s.now().Before(found.ExpiresAt) {
		return Session{}, sessionEnded()
	}
	return found, nil
}

func sessionEnded() *Error { return refusal(Unauthorized, "the session has ended: sign in again") }

// EndSession ends a session: at once on this node, within [Options.TokenTTL] on all
// others. One that has ended already is no error.
func (s *Store) EndSession(ctx context.Context, by Actor, token AccessToken, id string) error {
	key, ok := sessionKey(id)
	if !ok {
		return nil
	}
	err := s.audited(ctx, by, "session.end", token.Scope, "", func() error {
		return s.changeScope(ctx, storeScope, func(c *change) error {
			row, err := c.find(TableSessions, key.Key, false)
			if err != nil || row == nil {
				return err
			}
			if err := c.delete(row); err != nil {
				return err
			}
			return c.audit(by.event("session.end", token.Scope, "", 0))
		})
	})
	s.sessions.drop(key)
	return err
}
