package store

import (
	"context"
	"errors"
)

// openRow checks the seal of row. A key that another node made is fetched.
func (s *Store) openRow(ctx context.Context, row *Row) (element, error) {
	share, err := s.keys().openRow(row)
	if !errors.Is(err, errUnknownKey) {
		return share, err
	}
	if err := s.reloadKeys(ctx); err != nil {
		return element{}, err
	}
	return s.keys().openRow(row)
}

// find reads rows and proves that each is authentic and not older than what
// this process saw. It answers nil for a row that does not exist.
func (s *Store) find(ctx context.Context, keys []Key, values bool) ([]*Row, error) {
	ledgers := make([]*ledger, len(keys))
	for i, key := range keys {
		if i > 0 && key.Scope == keys[i-1].Scope {
			ledgers[i] = ledgers[i-1]
			continue
		}
		l, err := s.ready(ctx, key.Scope)
		if err != nil {
			return nil, err
		}
		ledgers[i] = l
	}
	rows, err := s.backend.Find(ctx, keys, values)
	if err != nil {
		return nil, unavailable(err)
	}
	for i, row := range rows {
		if rows[i], err = s.admit(ctx, ledgers[i], keys[i], row, values); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// admit checks one row that the backend found at key, which may be nil. Where
// it looks older than what was seen, the whole scope is checked: either another
// node changed it, or somebody put back what had been.
func (s *Store) admit(ctx context.Context, l *ledger, key Key, row *Row, values bool) (*Row, error) {
	ok, err := s.current(ctx, l, key, row)
	if ok || err != nil {
		return row, err
	}
	if err := l.take(ctx); err != nil {
		return nil, err
	}
	defer l.give()
	return s.readmit(ctx, l, key, values)
}

// readmit reads the row at key again, and the whole scope if need be. The
// caller has the turn.
func (s *Store) readmit(ctx context.Context, l *ledger, key Key, values bool) (*Row, error) {
	for attempt := 0; ; attempt++ {
		rows, err := s.backend.Find(ctx, []Key{key}, values)
		if err != nil {
			return nil, unavailable(err)
		}
		ok, err := s.current(ctx, l, key, rows[0])
		switch {
		case ok || err != nil:
			return rows[0], err
		case attempt == maxReloads:
			return nil, damage(key)
		}
		l.forget()
		if err := s.load(ctx, l); err != nil {
			return nil, err
		}
	}
}

// maxReloads is how often other nodes may change a row while it is read.
const maxReloads = 3

// current reports whether row is what stands at key now, as far as this process
// can know. An error says that it is not what this store wrote there, ever.
func (s *Store) current(ctx context.Context, l *ledger, key Key, row *Row) (bool, error) {
	if row == nil {
		return l.accepts(key, nil, mark{}), nil
	}
	if row.Key != key {
		return false, damage(key)
	}
	m := markOf(row)
	if l.checked(row, m) {
		return true, nil
	}
	if _, err := s.openRow(ctx, row); err != nil {
		return false, sealFailure(err, key)
	}
	return l.accepts(key, row, m), nil
}
