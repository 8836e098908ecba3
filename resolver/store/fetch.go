package store

import (
	"context"
	"slices"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Fetch implements [resolver.Provider]: the nearest scope that has the alias
// answers, also where it is archived there. A record that fails its integrity
// check makes the whole call fail: nothing takes its place.
func (s *Store) Fetch(ctx context.Context, scope resolver.Scope, aliases []string, values bool, entries []resolver.Entry) error {
	keys := make([]Key, 0, 2*len(aliases))
	for at := scope; at != ""; at = at.Parent() {
		for _, alias := range aliases {
			keys = append(keys, Key{Table: TableSecrets, Scope: string(at), Key: alias})
		}
	}
	rows, err := s.find(ctx, keys, values)
	if err != nil {
		return err
	}
	for i, row := range rows {
		entry := &entries[i%len(aliases)]
		if row == nil || entry.Status != macros.Missing {
			continue
		}
		if *entry, err = s.entry(row, values); err != nil {
			return err
		}
	}
	return nil
}

// entry returns what Fetch answers from a row that was found genuine.
func (s *Store) entry(row *Row, values bool) (resolver.Entry, error) {
	secret, err := decodeSecret(row)
	if err != nil {
		return resolver.Entry{}, err
	}
	entry := resolver.Entry{Status: macros.Known, Version: secret.version, Scope: resolver.Scope(row.Scope)}
	if secret.archived {
		entry.Status = macros.Archived
		return entry, nil
	}
	if values {
		if entry.Secret, err = s.openSecret(row, secret); err != nil {
			return resolver.Entry{}, err
		}
	}
	return entry, nil
}

// Keeps implements [resolver.Keeper].
func (s *Store) Keeps(ctx context.Context, scope resolver.Scope) (bool, error) {
	// What is left of secrets that were deleted is the scope's own, for its redactor.
	for _, table := range []Table{TableSecrets, TableRemainders} {
		rows, err := s.scan(ctx, Range{Table: table, Scope: string(scope), Limit: 1})
		if len(rows) > 0 || err != nil {
			return true, err
		}
	}
	return false, nil
}

// List implements [resolver.Lister]: the canonical aliases that are visible
// from scope and not archived, sorted.
func (s *Store) List(ctx context.Context, scope resolver.Scope) ([]string, error) {
	// nearest :: alias -> whether the nearest scope that has it can use it
	nearest := make(map[string]bool)
	for at := scope; at != ""; at = at.Parent() {
		err := s.each(ctx, TableSecrets, string(at), func(row *Row) error {
			if _, shadowed := nearest[row.Key.Key]; shadowed {
				return nil
			}
			secret, err := decodeSecret(row)
			nearest[row.Key.Key] = !secret.archived
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	aliases := make([]string, 0, len(nearest))
	for alias, usable := range nearest {
		if usable {
			aliases = append(aliases, alias)
		}
	}
	slices.Sort(aliases)
	return aliases, nil
}
