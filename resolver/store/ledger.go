package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// ledger is what this process knows about one scope: its epoch, the digest
// over its sealed rows, and the revision of every row. It is how a row that
// was removed, or put back as it was earlier, is told from one that another
// node changed.
type ledger struct {
	scope string
	// turn is taken while a batch is made and committed, and while the
	// scope is read as a whole.
	turn chan struct{}
	// mu guards the rest, and is never held during I/O.
	mu     sync.RWMutex
	loaded bool
	epoch  int64
	summary
	// rows :: place of a row -> the newest one seen there; nil before the
	// first load
	rows map[Key]mark
}

func newLedger(scope string) *ledger { return &ledger{scope: scope, turn: make(chan struct{}, 1)} }

// take waits for the turn, which may be held while a backend does not answer,
// until ctx ends. give ends it.
func (l *ledger) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
}

func (l *ledger) give() { <-l.turn }

// mark is what is kept of a row whose seal was found good: enough to know the
// same row again without opening its seal.
type mark struct {
	revision int64
	sum      [sha256.Size]byte
}

func markOf(row *Row) mark {
	e := encoder{buf: make([]byte, 0, len(row.Meta)+len(row.Seal)+2*binary.MaxVarintLen16)}
	e.bytes(row.Meta)
	e.bytes(row.Seal)
	return mark{revision: row.Revision, sum: sha256.Sum256(e.buf)}
}

// checked reports whether the seal of this very row was found good before.
func (l *ledger) checked(row *Row, m mark) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.loaded && l.rows[row.Key] == m
}

// accepts reports whether row, or its absence, may be what stands at key now,
// and remembers a newer row. The row's seal is good. A row of an epoch that the
// ledger covers must be one that it knows; a later one is another node's work.
func (l *ledger) accepts(key Key, row *Row, m mark) bool {
	l.mu.RLock()
	loaded, epoch := l.loaded, l.epoch
	seen, ok := l.rows[key]
	l.mu.RUnlock()
	switch {
	case !loaded:
		return false
	case row == nil:
		return !ok
	case m == seen:
		return true
	case row.Revision <= seen.revision, row.Revision <= epoch:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// By now the ledger may be ahead, and the row gone again.
	if l.loaded && row.Revision > max(l.epoch, l.rows[key].revision) {
		l.rows[key] = m
	}
	return true
}

// forget makes the next use read the scope again. What was known stays, so that
// the scope cannot go back behind it.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded = false
}

// unseen returns the places of the rows that the ledger knows in a range and
// that are not among rows, which were found there from its start.
func (l *ledger) unseen(r Range, rows []Row) []Key {
	found := make(map[string]bool, len(rows))
	for i := range rows {
		found[rows[i].Key.Key] = true
	}
	whole := len(rows) < r.Limit
	l.mu.RLock()
	defer l.mu.RUnlock()
	var missing []Key
	for key := range l.rows {
		switch {
		case key.Table != r.Table, key.Key <= r.After, found[key.Key]:
		case whole, key.Key < rows[len(rows)-1].Key.Key:
			missing = append(missing, key)
		}
	}
	return missing
}

// yield gives up what was known, for whatever is there.
func (l *ledger) yield() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded, l.epoch, l.rows = false, 0, nil
}

// follows reports whether the state of a scope that was read now can be later
// than what the ledger knows: every row from before the known epoch is a known
// one. A repair starts anew.
func (l *ledger) follows(epoch int64, s summary, rows map[Key]mark) bool {
	if l.rows == nil || s.repaired > l.repaired {
		return true
	}
	if epoch < l.epoch || s.repaired < l.repaired {
		return false
	}
	for key, m := range rows {
		if m.revision <= l.epoch && l.rows[key] != m {
			return false
		}
	}
	return true
}

// ledger returns the ledger of scope, not necessarily loaded.
func (s *Store) ledger(scope string) *ledger {
	if l, ok := s.ledgers.Load(scope); ok {
		return l.(*ledger) // nothing else is stored
	}
	l, _ := s.ledgers.LoadOrStore(scope, newLedger(scope))
	return l.(*ledger) // nothing else is stored
}

// ready returns the loaded ledger of scope.
func (s *Store) ready(ctx context.Context, scope string) (*ledger, error) {
	l := s.ledger(scope)
	l.mu.RLock()
	loaded := l.loaded
	l.mu.RUnlock()
	if loaded {
		return l, nil
	}
	if err := l.take(ctx); err != nil {
		return l, err
	}
	defer l.give()
	err := s.load(ctx, l)
	if err == nil && l.epoch == 0 && s.emptyScopes.Add(1) > maxEmptyScopes {
		s.emptyScopes.Add(-1)
		s.ledgers.CompareAndDelete(scope, l)
	}
	return l, err
}
