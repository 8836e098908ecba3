package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"time"
	"unicode/utf8"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Type is the type of a secret, by its name in the HTTP API.
type Type string

// The types.
const (
	Token       Type = "token"
	Credentials Type = "username_password"
	JSON        Type = "json"
)

// MaxDescriptionBytes is the size of the longest description.
const MaxDescriptionBytes = 4096

// Actor is who does something, for the audit trail.
type Actor struct {
	// Who is a token's id, or a word such as "cli".
	Who string
	// RequestID ties the audit row to a log line; may be "".
	RequestID string
	// Request, if not nil, has a create or an update be carried out once however
	// often it comes, and answered each time as it was.
	Request *Request
}

// Draft is a secret to be created.
type Draft struct {
	Alias string `json:"alias"`
	// Type is [Token] where it is "".
	Type        Type   `json:"type"`
	Value       Value  `json:"value"`
	Description string `json:"description"`
	// Unmasked are the fields that free text shows, none of which may name a secret; nil
	// means the default, see [redact.Secret.Unmasked].
	Unmasked []string `json:"unmasked"`
}

// Patch is an edit. A nil Description and an empty Value leave what is there;
// so does an empty field of credentials.
type Patch struct {
	Value       Value   `json:"value"`
	Description *string `json:"description"`
	// Unmasked, if not nil, is as in [Draft]: it may hold nil for the default.
	Unmasked *[]string `json:"unmasked"`
	// Alias and Type cannot be edited: anything but the present one is
	// refused with [LockedField].
	Alias *string `json:"alias"`
	Type  *Type   `json:"type"`
}

// Metadata is what may be known of a secret.
type Metadata struct {
	// Alias is the alias as it was created.
	Alias       string         `json:"alias"`
	Type        Type           `json:"type"`
	Description string         `json:"description"`
	Scope       resolver.Scope `json:"scope"`
	// Version counts the values: 1 at creation.
	Version int64 `json:"version"`
	// Fields are the names behind `secrets.alias.`: username and password,
	// or the first 256 keys of a JSON object that are names, as
	// [redact.IsFieldName] tells; empty for a token.
	Fields     []string   `json:"fields"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	Archived   bool       `json:"archived"`
	// Masking is nil unless [Store.AddMasking] gave it, or the secret was made or edited
	// for a [Request], whose answer is to be the same whenever it comes again.
	Masking *Masking `json:"-"`
}

// Create makes a secret. Errors: [InvalidAlias], [InvalidValue],
// [InvalidRequest] for an unknown type, a description over 4096 bytes or the
// root as scope, and [AliasTaken] where the scope has the alias in any letter
// case, archived or not.
func (s *Store) Create(ctx context.Context, by Actor, scope resolver.Scope, d Draft) (Metadata, error) {
	var made answered
	d.Type = cmp.Or(d.Type, Token)
	create := func() error {
		alias, err := checkDraft(scope, d)
		if err != nil {
			return err
		}
		value, err := d.Value.check(d.Type, nil)
		if err != nil {
			return err
		}
		record := secretRecord{
			display: d.Alias, kind: d.Type, description: d.Description, version: 1,
			fields: value.fields, created: s.now(), updated: s.now(),
		}
		_, _ = rand.Read(record.id[:]) // never fails: see crypto/rand
		if err := record.setUnmasked(d.Unmasked, value.plain); err != nil {
			return err
		}
		made.Metadata, err = s.insert(ctx, by, "secret.create", scope, alias, record, value.plain)
		made.Masked = made.Masking
		return err
	}
	err := s.audited(ctx, by, "secret.create", scope, d.Alias, func() error {
		return s.once(ctx, by, string(scope), &made, create)
	})
	return made.told(), err
}

// answered is what a request is answered, as it is kept.
type answered struct {
	Metadata
	Masked *Masking `json:"masking,omitempty"`
}

// mask adds how the value of r, whose plain form is given, is masked, where the answer is to
// be given again.
func (a *answered) mask(by Actor, r *secretRecord, plain []byte) error {
	if by.Request == nil {
		return nil
	}
	secret, err := r.secret(plain)
	if err != nil {
		return refusal(Internal, "the value cannot be read")
	}
	a.Masked = masking(secret)
	return nil
}

func (a *answered) told() Metadata {
	a.Masking = a.Masked
	return a.Metadata
}

// insert writes a new secret, or says that its alias is taken.
func (s *Store) insert(ctx context.Context, by Actor, what string, scope resolver.Scope, alias string, record secretRecord, plain []byte) (Metadata, error) {
	meta := record.encode()
	// Times as they are stored.
	stored, err := decodeSecret(&Row{Meta: meta})
	if err != nil {
		return Metadata{}, err
	}
	made := answered{Metadata: stored.metadata(string(scope))}
	if err := made.mask(by, &stored, plain); err != nil {
		return Metadata{}, err
	}
	err = s.changeScope(ctx, string(scope), func(c *change) error {
		if done, err := c.repeated(by, &made); done || err != nil {
			return err
		}
		old, err := c.find(TableSecrets, alias, false)
		if err != nil {
			return err
		}
		if old != nil {
			return taken(old)
		}
		if err := c.put(nil, TableSecrets, alias, meta, plain, record.binding()); err != nil {
			return err
		}
		if err := c.remember(by, made); err != nil {
			return err
		}
		return c.audit(by.event(what, scope, alias, record.version))
	})
	if err != nil {
		return Metadata{}, err
	}
	s.listeners.tell(resolver.Change{Scope: scope, Alias: alias})
	return made.told(), nil
}

func taken(old *Row) error {
	r, err := decodeSecret(old)
	if err != nil {
		return err
	}
	if r.archived {
		return refusal(AliasTaken, "the alias is taken by the archived secret %q: restore or delete that one, or choose another alias", r.display)
	}
	return refusal(AliasTaken, "the alias is taken by %q (letter case does not count): edit that secret or choose another alias", r.display)
}

func checkDraft(scope resolver.Scope, d Draft) (alias string, err error) {
	if err := checkScope(scope); err != nil {
		return "", err
	}
	if d.Alias == "" {
		return "", refusal(InvalidAlias, "Secret key is required: give an alias, by which templates name the secret").field("alias")
	}
	alias, ok := macros.Canonical(d.Alias)
	if !ok {
		return "", refusal(InvalidAlias, "the alias must have 1 to %d letters, digits, _ or -, and not start with -", macros.MaxAliasBytes).field("alias")
	}
	switch d.Type {
	case Token, Credentials, JSON:
	default:
		return "", refusal(InvalidRequest, "the type is not known: use token, username_password or json").field("type")
	}
	return alias, checkDescription(d.Description)
}

// checkScope refuses a scope that no secret can be in.
func checkScope(scope resolver.Scope) error {
	if parsed, err := resolver.ParseScope(string(scope)); err != nil || parsed != scope {
		return refusal(InvalidRequest, "the scope is not a path such as acme/shop/prod").field("scope")
	}
	return nil
}

func checkDescription(text string) error {
	if len(text) > MaxDescriptionBytes {
		return refusal(InvalidRequest, "the description is longer than %d bytes: shorten it", MaxDescriptionBytes).field("description")
	}
	if !utf8.ValidString(text) {
		return refusal(InvalidRequest, "the description is not UTF-8 text").field("description")
	}
	return nil
}
