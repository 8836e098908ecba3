package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"

	"github.com/sotto-render/sotto/resolver"
)

// Update edits a secret, with effect at once; a new value makes a new version.
// Errors: [NotFound], [LockedField], [InvalidValue], [InvalidRequest], and
// [NoChanges] where the patch holds nothing new.
func (s *Store) Update(ctx context.Context, by Actor, scope resolver.Scope, alias string, p Patch) (Metadata, error) {
	return s.edit(ctx, by, "secret.update", scope, alias, func(_ *change, row *Row, r *secretRecord) ([]byte, error) {
		if err := p.checkLocked(r); err != nil {
			return nil, err
		}
		changed := false
		if p.Description != nil && *p.Description != r.description {
			if err := checkDescription(*p.Description); err != nil {
				return nil, err
			}
			r.description, changed = *p.Description, true
		}
		plain, err := s.newValue(row, r, p.Value)
		if err != nil {
			return nil, err
		}
		if p.Unmasked != nil || plain != nil {
			remasked, err := s.newMasking(row, r, p.Unmasked, plain)
			if err != nil {
				return nil, err
			}
			changed = changed || remasked
		}
		if plain == nil && !changed {
			return nil, refusal(NoChanges, "No changes to save: give a new value or a new description")
		}
		return plain, nil
	})
}

// newMasking gives r the unmasked fields that a patch names, and drops those that the new
// value, if any, has no more. It reports whether that changes anything.
func (s *Store) newMasking(row *Row, r *secretRecord, fields *[]string, plain []byte) (changed bool, err error) {
	before := r.unmasked
	if plain == nil {
		if plain, err = s.openPlain(row, *r); err != nil {
			return false, err
		}
	}
	switch {
	case fields != nil:
		err = r.setUnmasked(*fields, plain)
	case before != nil:
		secret, failed := r.kind.secret(plain)
		if failed != nil {
			return false, damage(row.Key)
		}
		present := fieldsBelow(secret.Tree(), nil)
		r.unmasked = slices.DeleteFunc(slices.Clone(before), func(field string) bool { return !slices.Contains(present, field) })
	}
	return (before == nil) != (r.unmasked == nil) || !slices.Equal(before, r.unmasked), err
}

func (p Patch) checkLocked(r *secretRecord) error {
	if p.Alias != nil && *p.Alias != r.display {
		return refusal(LockedField, "the alias cannot be changed: create a secret with the new alias and archive this one").field("alias")
	}
	if p.Type != nil && *p.Type != r.kind {
		return refusal(LockedField, "the type cannot be changed: create another secret with the new type").field("type")
	}
	return nil
}

// newValue returns the plain form of v and counts up the version of r, or nil
// where v is empty or what the secret holds already.
func (s *Store) newValue(row *Row, r *secretRecord, v Value) ([]byte, error) {
	if v.empty(r.kind) {
		return nil, nil
	}
	present, err := s.openPlain(row, *r)
	if err != nil {
		return nil, err
	}
	var fill *credentials
	if r.kind == Credentials {
		if fill, err = credentialsOf(present); err != nil {
			return nil, damage(row.Key)
		}
	}
	value, err := v.check(r.kind, fill)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(value.plain, present) == 1 {
		return nil, nil
	}
	r.version++
	r.fields = value.fields
	return value.plain, nil
}

// errRepeated says that there is nothing to do: another node was first with the same request.
var errRepeated = errors.New("store: the request was carried out before")

// changeSecret changes one secret, records what was done and tells the
// listeners. Apply gets the row and its decoded meta, and writes them; what it
// leaves in r is what the audit trail says.
func (s *Store) changeSecret(ctx context.Context, by Actor, what string, scope resolver.Scope, alias string, apply func(c *change, row *Row, r *secretRecord) error) error {
	key, err := address(scope, alias)
	if err != nil {
		return err
	}
	err = s.changeScope(ctx, key.Scope, func(c *change) error {
		row, r, err := c.secret(key)
		if err != nil {
			return err
		}
		if err := apply(c, row, &r); err != nil {
			if err == errRepeated {
				return nil
			}
			return err
		}
		return c.audit(by.event(what, scope, key.Key, r.version))
	})
	if err != nil {
		return err
	}
	s.listeners.tell(resolver.Change{Scope: scope, Alias: key.Key})
	return nil
}

// edit changes one record. Apply changes r and returns the new value, or nil to
// keep the one there is.
func (s *Store) edit(ctx context.Context, by Actor, what string, scope resolver.Scope, alias string, apply func(c *change, row *Row, r *secretRecord) ([]byte, error)) (Metadata, error) {
	var edited answered
	change := func() error {
		// Beside the rest: each look takes as long as the way to the backend, and nobody is
		// to wait for an edit for two seconds.
		key, err := address(scope, alias)
		if err != nil {
			return err
		}
		used := s.beginLastUsed(ctx, key)
		defer func() { _ = used(new(Metadata)) }() // it ends before the edit, whatever becomes of that
		return s.changeSecret(ctx, by, what, scope, alias, func(c *change, row *Row, r *secretRecord) error {
			if done, err := c.repeated(by, &edited); err != nil {
				return err
			} else if done {
				return errRepeated
			}
			before := *r
			plain, err := apply(c, row, r)
			if err != nil {
				return err
			}
			if plain != nil {
				if err := c.keep(row); err != nil {
					return err
				}
			}
			r.updated = s.now()
			r.fields = r.names()
			meta := r.encode()
			if err := c.put(row, TableSecrets, row.Key.Key, meta, plain, r.binding()); err != nil {
				return err
			}
			// Times as they are stored.
			stored, err := decodeSecret(&Row{Key: row.Key, Meta: meta})
			if err != nil {
				return err
			}
			edited = answered{Metadata: stored.metadata(row.Scope)}
			// Before the commit: whatever fails after it would tell the caller
			// that the edit was not made.
			if err := used(&edited.Metadata); err != nil {
				return err
			}
			if plain == nil && by.Request != nil {
				if plain, err = s.openPlain(row, before); err != nil {
					return err
				}
			}
			if err := edited.mask(by, &stored, plain); err != nil {
				return err
			}
			return c.remember(by, edited)
		})
	}
	err := s.audited(ctx, by, what, scope, alias, func() error {
		return s.once(ctx, by, string(scope), &edited, change)
	})
	return edited.told(), err
}

// secret returns the row at key with its value, and its meta, or [NotFound].
func (c *change) secret(key Key) (*Row, secretRecord, error) {
	row, err := c.find(TableSecrets, key.Key, true)
	if err != nil {
		return nil, secretRecord{}, err
	}
	if row == nil {
		return nil, secretRecord{}, absent(key)
	}
	r, err := decodeSecret(row)
	return row, r, err
}
