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
	scopes := make([]*scopeState, len(keys))
	for i, key := range keys {
		if i > 0 && key.Scope == keys[i-1].Scope {
			scopes[i] = scopes[i-1]
			continue
		}
		st, err := s.ready(ctx, key.Scope)
		if err != nil {
			return nil, err
		}
		scopes[i] = st
	}
	rows, err := s.backend.Find(ctx, keys, values)
	if err != nil {
		return nil, unavailable(err)
	}
	for i, row := range rows {
		if rows[i], err = s.checkRow(ctx, scopes[i], keys[i], row, values); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// checkRow checks one row that the backend found at key, which may be nil. Where
// it looks older than what was seen, the whole scope is checked: either another
// node changed it, or somebody put back what had been.
func (s *Store) checkRow(ctx context.Context, st *scopeState, key Key, row *Row, values bool) (*Row, error) {
	ok, err := s.current(ctx, st, key, row)
	if ok || err != nil {
		return row, err
	}
	if err := st.lock(ctx); err != nil {
		return nil, err
	}
	defer st.unlock()
	return s.recheckRow(ctx, st, key, values)
}

// recheckRow reads the row at key again, and the whole scope if need be. The
// caller has the lock.
func (s *Store) recheckRow(ctx context.Context, st *scopeState, key Key, values bool) (*Row, error) {
	for attempt := 0; ; attempt++ {
		rows, err := s.backend.Find(ctx, []Key{key}, values)
		if err != nil {
			return nil, unavailable(err)
		}
		ok, err := s.current(ctx, st, key, rows[0])
		switch {
		case ok || err != nil:
			return rows[0], err
		case attempt == maxReloads:
			return nil, damage(key)
		}
		if attempt == 0 {
			st.invalidate()
		} else {
			st.doubt() // what others changed does not explain it
		}
		if err := s.load(ctx, st); err != nil {
			return nil, err
		}
	}
}

// maxReloads is how often other nodes may change a row while it is read.
const maxReloads = 3

// current reports whether row is what stands at key now, as far as this process
// can know. An error says that it is not what this store wrote there, ever.
func (s *Store) current(ctx context.Context, st *scopeState, key Key, row *Row) (bool, error) {
	if row == nil {
		return st.accepts(key, nil, knownRow{}), nil
	}
	if row.Key != key {
		return false, damage(key)
	}
	m := versionOf(row)
	if st.checked(row, m) {
		return true, nil
	}
	share, err := s.openRow(ctx, row)
	if err != nil {
		return false, sealFailure(err, key)
	}
	return st.accepts(key, row, knownRow{m, share}), nil
}
