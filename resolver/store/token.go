package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"strings"
	"time"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// Role says what the bearer of a token may do.
type Role string

// The roles.
const (
	// Admin may do everything in the token's scope and below.
	Admin Role = "admin"
	// Render may send, preview, lint and list names.
	Render Role = "render"
	// Author may write templates and flows, preview, lint and list names.
	Author Role = "author"
	// Preview may preview, lint and list names.
	Preview Role = "preview"
)

// TokenPrefix starts the text of every token, so that scanners for leaked
// secrets can find one.
const TokenPrefix = "sotto_"

// tokenIDBytes is the length of a token's id in its text: 80 random bits.
const tokenIDBytes = 16

var tokenIDEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567")

// validTokenID reports whether id is of the form that [Store.CreateToken] makes.
func validTokenID(id string) bool {
	raw, err := tokenIDEncoding.DecodeString(id)
	return err == nil && len(id) == tokenIDBytes && len(raw) == tokenIDBytes*5/8
}

// AdminTokenID is the id of [Options.AdminToken].
const AdminTokenID = "admin"

// TokenDraft is a token to be created.
type TokenDraft struct {
	Role Role `json:"role"`
	// Scope is where the token reaches, and below; "" is all scopes.
	Scope       resolver.Scope `json:"scope"`
	Description string         `json:"description"`
	// ExpiresAt is when it stops working; nil is never.
	ExpiresAt *time.Time `json:"expires_at"`
	// Limits are what the token may take; nil is what the server gives each.
	Limits *TokenLimits `json:"limits,omitempty"`
}

// AccessToken is what may be known of a token.
type AccessToken struct {
	// ID names the token in lists, in the audit trail and for revocation. It
	// is no secret.
	ID          string         `json:"id"`
	Role        Role           `json:"role"`
	Scope       resolver.Scope `json:"scope"`
	Description string         `json:"description"`
	CreatedAt   time.Time      `json:"created_at"`
	ExpiresAt   *time.Time     `json:"expires_at"`
	// Limits are nil for a token that has what the server gives each.
	Limits *TokenLimits `json:"limits,omitempty"`
}

// tokenRecord is the meta of a row of tokens.
type tokenRecord struct {
	AccessToken
	hash [sha256.Size]byte
}

// A token without limits is kept in the first format, which all versions read.
const (
	tokenFormat       = 1
	tokenFormatLimits = 2
)

func (r *tokenRecord) encode() []byte {
	var e encoder
	if r.Limits != nil {
		e.int(tokenFormatLimits)
	} else {
		e.int(tokenFormat)
	}
	e.string(string(r.Role))
	e.string(string(r.Scope))
	e.string(r.Description)
	e.time(r.CreatedAt)
	if r.ExpiresAt != nil {
		e.time(*r.ExpiresAt)
	} else {
		e.time(time.Time{})
	}
	e.bytes(r.hash[:])
	if r.Limits != nil {
		r.Limits.encode(&e)
	}
	return e.buf
}

func decodeToken(row *Row) (tokenRecord, error) {
	var r tokenRecord
	d := decoder{buf: row.Meta}
	format := d.format(tokenFormatLimits)
	r.ID = row.Key.Key
	r.Role = Role(d.string())
	r.Scope = resolver.Scope(d.string())
	r.Description = d.string()
	r.CreatedAt = d.time()
	if at := d.time(); !at.IsZero() {
		r.ExpiresAt = &at
	}
	n := copy(r.hash[:], d.bytes())
	if format == tokenFormatLimits {
		r.Limits = decodeTokenLimits(&d)
	}
	if d.end() != nil || n != len(r.hash) {
		return r, damage(row.Key)
	}
	return r, nil
}

// CreateToken makes a token. Its text, "sotto_", its id and 256 random bits, is
// returned here and never again: a request that was carried out before gets none. Errors: [InvalidRequest] for an unknown role,
// a scope that is none, limits that cannot be, or an expiry that has passed.
func (s *Store) CreateToken(ctx context.Context, by Actor, d TokenDraft) (redact.Secret, AccessToken, error) {
	id, random := make([]byte, 10), make([]byte, 32)
	_, _ = rand.Read(id) // never fails: see crypto/rand
	_, _ = rand.Read(random)
	r := tokenRecord{AccessToken: AccessToken{
		ID:   tokenIDEncoding.EncodeToString(id),
		Role: d.Role, Scope: d.Scope, Description: d.Description,
		CreatedAt: s.now(), ExpiresAt: d.ExpiresAt, Limits: d.Limits.orNil(),
	}}
	text := TokenPrefix + r.ID + "_" + base64.RawURLEncoding.EncodeToString(random)
	r.hash = sha256.Sum256([]byte(text))
	create := func() error {
		if err := d.check(); err != nil {
			return err
		}
		if d.ExpiresAt != nil && !d.ExpiresAt.After(s.now()) {
			return refusal(InvalidRequest, "expires_at has passed: give a time to come, or none").field("expires_at")
		}
		_, err := s.insertToken(ctx, by, "token.create", &r)
		return err
	}
	err := s.audited(ctx, by, "token.create", d.Scope, "", func() error {
		return s.once(ctx, by, storeScope, &r.AccessToken, create)
	})
	if err != nil {
		return redact.Secret{}, AccessToken{}, err
	}
	if by.Request.Repeated() {
		return redact.Secret{}, r.AccessToken, nil
	}
	return redact.NewSecret(text), r.AccessToken, nil
}

// check refuses what no token can be.
func (d TokenDraft) check() error {
	switch d.Role {
	case Admin, Render, Author, Preview:
	default:
		return refusal(InvalidRequest, "the role must be admin, render, author or preview").field("role")
	}
	if d.Scope != "" {
		if err := checkScope(d.Scope); err != nil {
			return err
		}
	}
	if err := d.Limits.check(); err != nil {
		return err
	}
	return checkDescription(d.Description)
}

// insertToken writes r as it is read back, unless its id exists.
func (s *Store) insertToken(ctx context.Context, by Actor, what string, r *tokenRecord) (inserted bool, err error) {
	meta := r.encode()
	kept, err := decodeToken(&Row{Key: Key{Key: r.ID}, Meta: meta})
	if err != nil {
		return false, err
	}
	err = s.changeScope(ctx, storeScope, func(c *change) error {
		if done, err := c.repeated(by, &kept.AccessToken); done || err != nil {
			return err
		}
		old, err := c.find(TableTokens, r.ID, false)
		if err != nil {
			return err
		}
		if inserted = old == nil; !inserted {
			return nil
		}
		if err := c.put(nil, TableTokens, r.ID, meta, nil, nil); err != nil {
			return err
		}
		if err := c.remember(by, kept.AccessToken); err != nil {
			return err
		}
		return c.audit(by.event(what, r.Scope, r.ID, 0))
	})
	if err != nil || !inserted && !by.Request.Repeated() {
		return false, err
	}
	*r = kept
	return inserted, nil
}

// Authenticate returns the token with this text, or [Unauthorized] where there
// is none or it has expired. It does no I/O for a token seen lately, and waits no
// longer than half a second for a store that does not answer: then a token is what
// it was, see [Options.TokenStaleTTL].
func (s *Store) Authenticate(ctx context.Context, text string) (AccessToken, error) {
	hash := sha256.Sum256([]byte(text))
	// That of the admin token may have any form.
	id, ok := tokenID(text)
	if !ok {
		id = AdminTokenID
	}
	return s.AuthenticateHash(ctx, id, hash)
}

// AuthenticateHash is [Store.Authenticate] for who knows the id of a token and the
// SHA-256 of its text alone.
func (s *Store) AuthenticateHash(ctx context.Context, id string, hash [sha256.Size]byte) (AccessToken, error) {
	if s.admin != nil && subtle.ConstantTimeCompare(hash[:], s.admin[:]) == 1 {
		return AccessToken{ID: AdminTokenID, Role: Admin}, nil
	}
	if id == AdminTokenID {
		return AccessToken{}, unauthorized()
	}
	token, err := s.tokens.get(ctx, hash, id)
	if err != nil {
		return AccessToken{}, err
	}
	if expired(&token, s.now()) {
		return AccessToken{}, refusal(Unauthorized, "the token has expired: ask for a new one")
	}
	return token, nil
}

// TokensAnswer reports whether any token would be let in if the backend could not be
// reached now: one that is known, or [Options.AdminToken] where no other was seen.
func (s *Store) TokensAnswer() bool { return s.tokens.answers(s.now()) }

func expired(token *AccessToken, now time.Time) bool {
	return token.ExpiresAt != nil && !now.Before(*token.ExpiresAt)
}

func unauthorized() *Error {
	return refusal(Unauthorized, "the token is not known, or was revoked: send one that works as Authorization: Bearer <token>")
}

func tokenID(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, TokenPrefix)
	if !ok || len(rest) <= tokenIDBytes || rest[tokenIDBytes] != '_' {
		return "", false
	}
	id := rest[:tokenIDBytes]
	return id, validTokenID(id)
}

func (s *Store) findToken(ctx context.Context, id string, hash tokenHash) (AccessToken, error) {
	rows, err := s.find(ctx, []Key{{Table: TableTokens, Scope: storeScope, Key: id}}, false)
	if err != nil {
		return AccessToken{}, err
	}
	if rows[0] == nil {
		return AccessToken{}, unauthorized()
	}
	r, err := decodeToken(rows[0])
	if err != nil {
		return AccessToken{}, err
	}
	if subtle.ConstantTimeCompare(hash[:], r.hash[:]) != 1 {
		return AccessToken{}, unauthorized()
	}
	return r.AccessToken, nil
}

// Tokens lists the tokens of scope and those below, in order of their ids.
func (s *Store) Tokens(ctx context.Context, scope resolver.Scope, p Paging) (Page[AccessToken], error) {
	return list(ctx, s, TableTokens, storeScope, p, func(row *Row) (AccessToken, bool, error) {
		r, err := decodeToken(row)
		return r.AccessToken, scope.Covers(r.Scope), err
	})
}

// Token returns what is known of a token of scope or below, or [NotFound].
func (s *Store) Token(ctx context.Context, scope resolver.Scope, id string) (AccessToken, error) {
	if !validTokenID(id) { // it may be the text of a token
		return AccessToken{}, refusal(NotFound, "there is no such token: give the id that the list of tokens shows")
	}
	rows, err := s.find(ctx, []Key{{Table: TableTokens, Scope: storeScope, Key: id}}, false)
	if err != nil {
		return AccessToken{}, err
	}
	if rows[0] == nil {
		return AccessToken{}, refusal(NotFound, "there is no such token")
	}
	r, err := decodeToken(rows[0])
	if err == nil && !scope.Covers(r.Scope) {
		err = refusal(NotFound, "there is no such token")
	}
	return r.AccessToken, err
}

// RevokeToken ends a token of scope or below: at once on this node, within
// [Options.TokenTTL] on all others. Errors: [NotFound].
func (s *Store) RevokeToken(ctx context.Context, by Actor, scope resolver.Scope, id string) error {
	if !validTokenID(strings.ToLower(id)) {
		// It may be the text of a token: no backend and no audit row is to
		// see that.
		return s.audited(ctx, by, "token.revoke", scope, "", func() error {
			return refusal(NotFound, "there is no such token: give the id that the list of tokens shows")
		})
	}
	return s.audited(ctx, by, "token.revoke", scope, id, func() error {
		err := s.changeScope(ctx, storeScope, func(c *change) error {
			row, err := c.find(TableTokens, id, false)
			if err != nil {
				return err
			}
			if row == nil {
				return refusal(NotFound, "there is no such token")
			}
			r, err := decodeToken(row)
			if err != nil {
				return err
			}
			if !scope.Covers(r.Scope) {
				return refusal(NotFound, "there is no such token")
			}
			if err := c.delete(row); err != nil {
				return err
			}
			return c.audit(by.event("token.revoke", r.Scope, id, 0))
		})
		s.tokens.drop(id)
		return err
	})
}
