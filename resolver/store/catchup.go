package store

import (
	"context"
	"time"
)

// progress is how far a state came by what was changed since it was read.
type progress int

const (
	// unexplained: all of the scope has to be read.
	unexplained progress = iota
	upToDate
	// anotherHistory: all that was changed is known, and does not lead from what
	// was seen to what stands there. Something that was seen was lost, though all
	// that was seen may have been changed again since.
	anotherHistory
)

// catchUp reads what was changed since the scope was read last, and proves by the
// digest that this is all: another node's edit costs as much as it changed, however
// large the scope is. Whatever else is found is left to a look at all rows. The
// caller has the lock, and nobody but it writes st.rows while st is not loaded.
func (s *Store) catchUp(ctx context.Context, st *scopeState, newest int64) (progress, error) {
	tracker, ok := s.backend.(Tracker)
	if !ok || st.rows == nil || st.head.Epoch == 0 {
		return unexplained, nil
	}
	head, changed, err := tracker.Changed(ctx, st.scope, st.head.Epoch)
	if err != nil {
		return unexplained, unavailable(err)
	}
	if changed == nil || head.Epoch < max(newest, st.head.Epoch) {
		return unexplained, nil
	}
	want, err := s.openHead(ctx, st.scope, head)
	if err != nil || want.repaired != st.repaired {
		return unexplained, nil // also where the keyring cannot be read: then nothing can
	}
	told, err := s.backend.Find(ctx, []Key{lossKey(st.scope)}, false)
	if err != nil {
		return unexplained, unavailable(err)
	}
	if s.wasLost(told[0], want) {
		return unexplained, nil
	}
	digest := st.sum
	rows := make(map[Key]knownRow, len(changed))
	for key, row := range changed {
		seen, known := st.rows[key]
		digest.xor(seen.share)
		if row == nil {
			if known && seen.revision == head.Epoch {
				return unexplained, nil // the change of this epoch that was seen made the row
			}
			continue
		}
		share, err := s.openRow(ctx, row)
		m := knownRow{versionOf(row), share}
		if err != nil || !st.succeeds(key, m, head.Epoch) {
			return unexplained, nil
		}
		digest.xor(share)
		rows[key] = m
	}
	if digest != want.digest {
		return anotherHistory, nil
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	for key := range changed {
		if m, stands := rows[key]; stands {
			st.set(key, m)
		} else {
			st.drop(key)
		}
	}
	st.loaded, st.head, st.summary, st.newest = true, head, want, max(st.newest, head.Epoch)
	return upToDate, nil
}

// refusedFor is how long a scope stays refused without another look at its rows,
// while its head stays the same and the row that fails its check, if it is one, fails
// it still.
const refusedFor = 10 * time.Second

// scopeRefusal is why a scope was refused, and the state of it that was.
type scopeRefusal struct {
	err  *Error
	head Head
	at   time.Time
}

// remember keeps err, if it is about what the scope holds: else each request would
// read all of it only to be refused.
func (st *scopeState) remember(head Head, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.refusal = nil
	if e, ok := err.(*Error); ok && e.Code == Internal && head.Epoch > 0 {
		st.refusal, st.whole = &scopeRefusal{e, head, time.Now()}, true
	}
}

// stillRefused returns why the scope was refused, where nothing says that it is not any
// longer. The caller has the lock.
func (s *Store) stillRefused(ctx context.Context, st *scopeState) error {
	st.mu.RLock()
	r := st.refusal
	st.mu.RUnlock()
	if r == nil || time.Since(r.at) >= refusedFor {
		return nil
	}
	head, err := s.backend.Head(ctx, st.scope)
	switch {
	case err != nil:
		return unavailable(err)
	case head.Epoch != r.head.Epoch || string(head.Data) != string(r.head.Data):
		return nil
	}
	if r.err.at != nil {
		rows, err := s.backend.Find(ctx, []Key{*r.err.at}, false)
		if err != nil {
			return unavailable(err)
		}
		if rows[0] != nil {
			if _, err := s.openRow(ctx, rows[0]); err == nil {
				return nil // it was put back
			}
		}
	}
	e := *r.err // a copy: whoever is given it adds what it asked for
	return &e
}
