package store

import (
	"context"
	"slices"
	"time"

	"github.com/sotto-render/sotto/resolver"
)

// Scopes implements [resolver.Scoper].
func (s *Store) Scopes(ctx context.Context, scope resolver.Scope) ([]resolver.Scope, error) {
	found, err := s.below(ctx, scope)
	scopes := make([]resolver.Scope, len(found))
	for i, at := range found {
		scopes[i] = resolver.Scope(at)
	}
	return scopes, err
}

// discloseBatch is how many values are read at once.
const discloseBatch = 256

// Disclose implements [resolver.Discloser]. Besides what is seen from scope it tells of
// what was replaced, archived or deleted within [Options.Grace]; what a nearer scope
// hides is not told.
func (s *Store) Disclose(ctx context.Context, scope resolver.Scope, aliases []string, tell func(resolver.Disclosure)) error {
	d := s.disclosure(ctx, aliases, tell)
	for at := scope; at != ""; at = at.Parent() {
		d.here = d.here[:0]
		if err := d.secrets(string(at)); err != nil {
			return err
		}
		if err := d.remainders(string(at)); err != nil {
			return err
		}
		if at.Parent() == "" {
			break
		}
		for _, alias := range d.here {
			d.hidden[alias] = true
		}
	}
	return nil
}

// DiscloseOwn implements [resolver.OwnDiscloser].
func (s *Store) DiscloseOwn(ctx context.Context, scope resolver.Scope, aliases []string, tell func(resolver.Disclosure)) error {
	d := s.disclosure(ctx, aliases, tell)
	if err := d.secrets(string(scope)); err != nil {
		return err
	}
	return d.remainders(string(scope))
}

func (s *Store) disclosure(ctx context.Context, aliases []string, tell func(resolver.Disclosure)) *disclosure {
	return &disclosure{s: s, ctx: ctx, aliases: aliases, tell: tell, now: s.now(), hidden: make(map[string]bool)}
}

// disclosure is one call of Disclose.
type disclosure struct {
	s       *Store
	ctx     context.Context // lives as long as one call
	aliases []string
	tell    func(resolver.Disclosure)
	now     time.Time
	// hidden are the aliases that a nearer scope has; here those of the scope that is
	// being read.
	hidden map[string]bool
	here   []string
}

// secrets tells of the values that secrets of one scope hold.
func (d *disclosure) secrets(scope string) error {
	return d.rows(TableSecrets, scope, d.aliases != nil, func(row *Row) error {
		d.here = append(d.here, row.Key.Key)
		if d.hidden[row.Key.Key] {
			return nil
		}
		r, err := decodeSecret(row)
		if err != nil {
			return err
		}
		told := resolver.Disclosure{Alias: row.Key.Key}
		if r.archived {
			if told.Until = r.updated.Add(d.s.grace); !d.now.Before(told.Until) {
				return nil
			}
		}
		if told.Secret, err = d.s.openSecret(row, r); err != nil {
			told.Err = err
		}
		d.tell(told)
		return nil
	})
}

// remainders tells of the values that were replaced or deleted in one scope.
func (d *disclosure) remainders(scope string) error {
	return d.rows(TableRemainders, scope, false, func(row *Row) error {
		alias, purged := aliasOf(row.Key.Key)
		if purged || d.hidden[alias] {
			return nil
		}
		r, err := decodeRemainder(row)
		if err != nil || !d.now.Before(r.until) {
			return err
		}
		told := resolver.Disclosure{Alias: alias, Until: r.until}
		if told.Secret, err = d.s.openRemainder(row, r); err != nil {
			told.Err = err
		}
		d.tell(told)
		return nil
	})
}

// rows calls do with the rows of a table, values included, in batches: of all aliases, or
// of those that were asked for, each of which has one row where exact is set.
func (d *disclosure) rows(table Table, scope string, exact bool, do func(*Row) error) error {
	var keys []Key
	note := func(row *Row) error {
		keys = append(keys, row.Key)
		return nil
	}
	var err error
	switch {
	case exact:
		for _, alias := range d.aliases {
			keys = append(keys, Key{Table: table, Scope: scope, Key: alias})
		}
	case d.aliases == nil:
		err = d.s.each(d.ctx, table, scope, note)
	default:
		for _, alias := range d.aliases {
			if err = d.s.eachOf(d.ctx, table, scope, alias, note); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(keys, discloseBatch) {
		found, err := d.s.find(d.ctx, batch, true)
		if err != nil {
			return err
		}
		for _, row := range found {
			if row == nil { // removed since, or never there
				continue
			}
			if err := do(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachOf is each for the rows of a table whose keys begin with one alias and a slash.
func (s *Store) eachOf(ctx context.Context, table Table, scope, alias string, do func(*Row) error) error {
	r := Range{Table: table, Scope: scope, After: alias + "/", Limit: expireBatch}
	for {
		rows, err := s.scan(ctx, r)
		if err != nil {
			return err
		}
		for i := range rows {
			if at, _ := aliasOf(rows[i].Key.Key); at != alias {
				return nil
			}
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < r.Limit {
			return nil
		}
		r.After = rows[len(rows)-1].Key.Key
	}
}
