package store

import (
	"context"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// address returns where a secret would stand. What cannot exist is not found.
func address(scope resolver.Scope, alias string) (Key, error) {
	canonical, ok := macros.Canonical(alias)
	if !ok {
		return Key{}, refusal(NotFound, "there is no such secret: this is not an alias")
	}
	key := Key{Table: TableSecrets, Scope: string(scope), Key: canonical}
	if checkScope(scope) != nil {
		return Key{}, absent(key)
	}
	return key, nil
}

func absent(key Key) *Error {
	return refusal(NotFound, "there is no %s %q in scope %q", key.Table.noun(), key.Key, key.Scope)
}

// Get returns the metadata of a secret, or [NotFound].
func (s *Store) Get(ctx context.Context, scope resolver.Scope, alias string) (Metadata, error) {
	key, err := address(scope, alias)
	if err != nil {
		return Metadata{}, err
	}
	rows, err := s.find(ctx, []Key{key}, false)
	if err != nil {
		return Metadata{}, err
	}
	if rows[0] == nil {
		return Metadata{}, absent(key)
	}
	r, err := decodeSecret(rows[0])
	if err != nil {
		return Metadata{}, err
	}
	found := r.metadata(key.Scope)
	return found, s.lastUsed(ctx, key, &found)
}

// Secrets lists the secrets of exactly this scope, in order of their aliases.
func (s *Store) Secrets(ctx context.Context, scope resolver.Scope, p Paging) (Page[Metadata], error) {
	page, err := list(ctx, s, TableSecrets, string(scope), p, func(row *Row) (Metadata, bool, error) {
		r, err := decodeSecret(row)
		return r.metadata(row.Scope), true, err
	})
	if err != nil {
		return page, err
	}
	after, err := p.after()
	if err != nil {
		return page, err
	}
	return page, s.addLastUsed(ctx, scope, after, page.Items)
}
