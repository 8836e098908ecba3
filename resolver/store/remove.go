package store

import (
	"context"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Archive makes a secret unusable at once and keeps its record. Errors:
// [NotFound], [NoChanges] where it is archived, and [InUse] where a stored
// template mentions it and force is not set.
func (s *Store) Archive(ctx context.Context, by Actor, scope resolver.Scope, alias string, force bool) (Metadata, error) {
	unused := s.unused(ctx, scope, alias, force)
	return s.edit(ctx, by, "secret.archive", scope, alias, func(c *change, _ *Row, r *secretRecord) ([]byte, error) {
		if r.archived {
			return nil, refusal(NoChanges, "the secret is archived already")
		}
		r.archived = true
		return nil, unused(c)
	})
}

// Restore makes an archived secret usable again. Errors: [NotFound], and
// [NoChanges] where it is not archived.
func (s *Store) Restore(ctx context.Context, by Actor, scope resolver.Scope, alias string) (Metadata, error) {
	return s.edit(ctx, by, "secret.restore", scope, alias, func(_ *change, _ *Row, r *secretRecord) ([]byte, error) {
		if !r.archived {
			return nil, refusal(NoChanges, "the secret is not archived")
		}
		r.archived = false
		return nil, nil
	})
}

// Delete removes a secret for ever. What it held is kept for the redactor alone until
// the grace time ends: nobody can resolve or restore it. Errors: [InvalidRequest] where
// confirm is not the alias, [NotFound], and [InUse] where a stored template mentions it
// and force is not set.
func (s *Store) Delete(ctx context.Context, by Actor, scope resolver.Scope, alias, confirm string, force bool) error {
	unused := s.unused(ctx, scope, alias, force)
	return s.audited(ctx, by, "secret.delete", scope, alias, func() error {
		return s.changeSecret(ctx, by, "secret.delete", scope, alias, func(c *change, row *Row, _ *secretRecord) error {
			if err := confirmed(confirm, row.Key.Key); err != nil {
				return err
			}
			if err := unused(c); err != nil {
				return err
			}
			if err := c.keep(row); err != nil {
				return err
			}
			c.batch.Delete = append(c.batch.Delete, usedKey(row.Key))
			return c.delete(row)
		})
	})
}

func confirmed(confirm, alias string) error {
	if given, _ := macros.Canonical(confirm); given != alias {
		return refusal(InvalidRequest, "deleting is for ever: repeat the alias in confirm").field("confirm")
	}
	return nil
}

// Purge is Delete, and drops at once what the secret holds and held, also of one that is
// deleted already. From then on it is masked nowhere.
func (s *Store) Purge(ctx context.Context, by Actor, scope resolver.Scope, alias, confirm string, force bool) error {
	unused := s.unused(ctx, scope, alias, force)
	return s.audited(ctx, by, "secret.purge", scope, alias, func() error {
		key, err := address(scope, alias)
		if err != nil {
			return err
		}
		if err := confirmed(confirm, key.Key); err != nil {
			return err
		}
		err = s.changeScope(ctx, key.Scope, func(c *change) error {
			row, err := c.find(TableSecrets, key.Key, false)
			if err != nil {
				return err
			}
			var version int64
			if row != nil {
				r, err := decodeSecret(row)
				if err != nil {
					return err
				}
				if err := unused(c); err != nil {
					return err
				}
				version = r.version
				c.batch.Delete = append(c.batch.Delete, usedKey(row.Key))
				if err := c.delete(row); err != nil {
					return err
				}
			}
			held, err := c.purge(key.Key)
			switch {
			case err != nil:
				return err
			case !held && row == nil:
				return absent(key)
			}
			return c.audit(by.event("secret.purge", scope, key.Key, version))
		})
		if err == nil {
			s.listeners.tell(resolver.Change{Scope: scope, Alias: key.Key, Purged: true})
		}
		return err
	})
}
