package store

import (
	"context"

	"github.com/sotto-render/sotto/resolver"
)

// TellFields makes the record of a secret tell of fields, as one that was written before
// keys counted as values, and forgets that the store's records were looked through.
func TellFields(ctx context.Context, s *Store, scope resolver.Scope, alias string, fields ...string) error {
	err := s.changeScope(ctx, string(scope), func(c *change) error {
		row, r, err := c.secret(Key{Table: TableSecrets, Scope: string(scope), Key: alias})
		if err != nil {
			return err
		}
		r.fields = fields
		return c.put(row, TableSecrets, alias, r.encode(), nil, r.binding())
	})
	if err != nil {
		return err
	}
	return s.backend.Commit(ctx, Batch{Scope: storeScope, Delete: []Key{namesKey}})
}

// KeysAreHidden reports whether all records were looked through.
func KeysAreHidden(ctx context.Context, s *Store) bool {
	rows, err := s.backend.Find(ctx, []Key{namesKey}, false)
	return err == nil && rows[0] != nil
}
