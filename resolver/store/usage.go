package store

import (
	"context"
	"slices"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Usage returns the stored templates and flows, of this scope and those below, for which
// alias means this secret; or [NotFound].
func (s *Store) Usage(ctx context.Context, scope resolver.Scope, alias string) ([]DocumentRef, error) {
	key, err := address(scope, alias)
	if err != nil {
		return nil, err
	}
	rows, err := s.find(ctx, []Key{key}, false)
	if err != nil {
		return nil, err
	}
	if rows[0] == nil {
		return nil, absent(key)
	}
	scopes, err := s.below(ctx, scope)
	if err != nil {
		return nil, err
	}
	used := []DocumentRef{}
	for _, at := range scopes {
		hidden, err := s.shadowed(ctx, key, resolver.Scope(at))
		if err != nil {
			return nil, err
		}
		if hidden {
			continue
		}
		for _, kind := range kinds {
			err = s.each(ctx, kind.table(), at, func(row *Row) error {
				d, err := decodeDocument(row)
				if slices.Contains(d.Aliases, key.Key) {
					used = append(used, d.ref())
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return used, nil
}

// shadowed reports whether from sees another secret than the one at key, nearer
// to it.
func (s *Store) shadowed(ctx context.Context, key Key, from resolver.Scope) (bool, error) {
	entries := make([]resolver.Entry, 1)
	if err := s.Fetch(ctx, from, []string{key.Key}, false, entries); err != nil {
		return false, err
	}
	return string(entries[0].Scope) != key.Scope, nil
}

// unused returns a check for the plan of a change: [InUse], with the list, where
// stored documents mean this secret and force is not set. It looks at the scopes
// below now, and once more at the secret's own scope as part of the change, so
// that none stored there meanwhile loses its secret.
func (s *Store) unused(ctx context.Context, scope resolver.Scope, alias string, force bool) func(*change) error {
	if force {
		return func(*change) error { return nil }
	}
	used, err := s.Usage(ctx, scope, alias)
	if err == nil {
		err = inUse(used)
	}
	return func(c *change) error {
		if err != nil {
			return err
		}
		used, err := c.documentsOf(alias)
		if err != nil {
			return err
		}
		return inUse(used)
	}
}

// inUse returns [InUse] where there are documents that use a secret.
func inUse(used []DocumentRef) error {
	if len(used) == 0 {
		return nil
	}
	refused := refusal(InUse, "%d stored templates or flows use the secret: change them first, or force it", len(used))
	refused.Documents = used
	return refused
}

// documentsOf returns the documents of the changed scope that mention alias.
func (c *change) documentsOf(alias string) ([]DocumentRef, error) {
	alias, _ = macros.Canonical(alias)
	var used []DocumentRef
	for _, kind := range kinds {
		err := c.each(kind.table(), func(row *Row) error {
			d, err := decodeDocument(row)
			if slices.Contains(d.Aliases, alias) {
				used = append(used, d.ref())
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return used, nil
}
