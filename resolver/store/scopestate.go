package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"
)

// scopeState is what this process knows about one scope: its epoch, the digest
// over its sealed rows, and the revision of every row. It is how a row that
// was removed, or put back as it was earlier, is told from one that another
// node changed.
type scopeState struct {
	scope string
	// writing is a lock that is taken while a batch is made and committed, and while the
	// scope is read as a whole.
	writing chan struct{}
	// mu guards the rest, and is never held during I/O.
	mu     sync.RWMutex
	loaded bool
	// head is what the backend had when the state was loaded or committed.
	head Head
	summary
	// newest is the greatest epoch of which a genuine row or head was seen,
	// wherever that was: the scope cannot go back behind it, loaded or not.
	newest int64
	// rows :: place of a row -> the newest one seen there; nil before the
	// first load. It changes by set and drop alone.
	rows map[Key]knownRow
	// places :: table -> its keys in rows; nil for one that was not listed yet
	places map[Table]*places
	// sum is the digest over rows, which may be newer than the head.
	sum element
	// whole says that the next load has to read all rows, not only what was
	// changed: of those that this process knows one is in doubt.
	whole bool
	// forked says that a whole state of the scope was found that lacks what was
	// seen before. It stays so until a repair.
	forked bool
	// refusal is why the scope was refused when it was last read, or nil.
	refusal *scopeRefusal
}

func newScopeState(scope string) *scopeState {
	return &scopeState{scope: scope, writing: make(chan struct{}, 1)}
}

// lock waits for the lock, which may be held while a backend does not answer,
// until ctx ends. unlock ends it.
func (st *scopeState) lock(ctx context.Context) error {
	select {
	case st.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err())
	}
}

func (st *scopeState) unlock() { <-st.writing }

// rowVersion is what is kept of a row whose seal was found good: enough to know the
// same row again without opening its seal.
type rowVersion struct {
	revision int64
	sum      [sha256.Size]byte
}

// knownRow is a row whose element is known too, so that it can be taken out of a
// digest without being read again.
type knownRow struct {
	rowVersion
	share element
}

// set notes the row that stands at key. The caller has mu.
func (st *scopeState) set(key Key, row knownRow) {
	if _, known := st.rows[key]; !known {
		st.note(key)
	}
	st.drop(key)
	st.rows[key] = row
	st.sum.xor(row.share)
}

// drop notes that none stands at key. The caller has mu.
func (st *scopeState) drop(key Key) {
	if seen, ok := st.rows[key]; ok {
		st.sum.xor(seen.share)
		delete(st.rows, key)
	}
}

func versionOf(row *Row) rowVersion {
	e := encoder{buf: make([]byte, 0, len(row.Meta)+len(row.Seal)+2*binary.MaxVarintLen16)}
	e.bytes(row.Meta)
	e.bytes(row.Seal)
	return rowVersion{revision: row.Revision, sum: sha256.Sum256(e.buf)}
}

// Two epochs are compared below. A row's revision is the epoch at which it was
// written, so a row of an epoch that this process has seen whole is either one
// that it knows or a replay of an older one, however good its seal is: a seal
// proves that the store wrote the row, not that it is the newest.

// checked reports whether the seal of this very row was found good before.
func (st *scopeState) checked(row *Row, m rowVersion) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return st.loaded && st.rows[row.Key].rowVersion == m
}

// accepts reports whether row, or its absence, may be what stands at key now,
// and remembers a newer row. The row's seal is good. One that is not known must be
// newer than everything that was seen of the scope: then it is another node's
// work. Else only the whole scope can tell.
func (st *scopeState) accepts(key Key, row *Row, m knownRow) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	newest := st.newest
	if row != nil {
		st.newest = max(newest, row.Revision)
	}
	seen, ok := st.rows[key]
	switch {
	case !st.loaded:
		return false
	case row == nil:
		return !ok
	case m.rowVersion == seen.rowVersion:
		return true
	case row.Revision <= newest:
		return false
	}
	st.set(key, m)
	return true
}

// invalidate makes the next use read the scope again. What was known stays, so that
// the scope cannot go back behind it.
func (st *scopeState) invalidate() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.loaded = false
}

// doubt makes the next use read all of the scope again.
func (st *scopeState) doubt() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.loaded, st.whole, st.refusal = false, true, nil
}

// missing returns the places of the rows that the state knows in a range and
// that are not among rows, which were found there from its start.
func (st *scopeState) missing(r Range, rows []Row) []Key {
	found := make(map[string]bool, len(rows))
	for i := range rows {
		found[rows[i].Key.Key] = true
	}
	toEnd, last := len(rows) < r.Limit, ""
	if !toEnd {
		last = rows[len(rows)-1].Key.Key
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	var missing []Key
	for _, name := range st.between(r.Table, max(r.After, r.Prefix), last, toEnd) {
		if !strings.HasPrefix(name, r.Prefix) {
			break // those with the prefix stand together
		}
		key := Key{Table: r.Table, Scope: r.Scope, Key: name}
		if _, known := st.rows[key]; known && !found[name] {
			missing = append(missing, key)
		}
	}
	return missing
}

// reset gives up what was known, for whatever is there.
func (st *scopeState) reset() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.loaded, st.head, st.rows, st.places, st.sum, st.forked, st.refusal = false, Head{}, nil, nil, element{}, false, nil
}

// sawHead notes a genuine head, whatever is found of its rows. After a repair,
// which takes the scope as it stands, it starts anew and reports so.
func (st *scopeState) sawHead(epoch int64, s summary) (anew bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch {
	case s.repaired > st.repaired:
		st.newest, st.head, st.rows, st.places, st.sum, st.forked = epoch, Head{}, nil, nil, element{}, false
		st.summary = summary{repaired: s.repaired}
		return true
	case s.repaired == st.repaired:
		st.newest = max(st.newest, epoch)
	}
	return false
}

// follows reports whether a state of the scope can be later than everything that
// was seen of it before it was read; newest is what st.newest was then. What
// others see while it is read may be newer, rightly.
func (st *scopeState) follows(epoch int64, s summary, rows map[Key]knownRow, newest int64) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	switch {
	case s.repaired != st.repaired, epoch < newest:
		return false
	case st.head.Epoch > 0 && epoch == st.head.Epoch && s.digest != st.digest:
		return false // another history came to the same epoch
	}
	for key, m := range rows {
		if !st.succeeds(key, m, epoch) {
			return false
		}
	}
	for key, seen := range st.rows {
		if _, ok := rows[key]; !ok && seen.revision == epoch {
			return false // the change of this epoch that was seen made the row
		}
	}
	return true
}

// isForked reports whether the scope is found to be forked, now or before.
func (st *scopeState) isForked(now bool) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.forked = st.forked || now
	return st.forked
}

// succeeds reports whether m can be what stands at key at an epoch later than
// what was seen. The caller has mu.
func (st *scopeState) succeeds(key Key, m knownRow, epoch int64) bool {
	seen := st.rows[key]
	return m.revision <= epoch && (m.rowVersion == seen.rowVersion || m.revision > max(seen.revision, st.head.Epoch))
}

// epochGap returns how far what was seen is before what was read, in the scope where it is
// farthest.
func (s *Store) epochGap() (gap int64) {
	s.states.Range(func(_, state any) bool {
		st := state.(*scopeState) // nothing else is stored
		st.mu.RLock()
		defer st.mu.RUnlock()
		if st.rows != nil {
			gap = max(gap, st.newest-st.head.Epoch)
		}
		return true
	})
	return gap
}

// state returns the state of scope, not necessarily loaded.
func (s *Store) state(scope string) *scopeState {
	if st, ok := s.states.Load(scope); ok {
		return st.(*scopeState) // nothing else is stored
	}
	st, _ := s.states.LoadOrStore(scope, newScopeState(scope))
	return st.(*scopeState) // nothing else is stored
}

// ready returns the loaded state of scope.
func (s *Store) ready(ctx context.Context, scope string) (*scopeState, error) {
	st := s.state(scope)
	if err := s.present(); err != nil {
		return st, err
	}
	st.mu.RLock()
	loaded := st.loaded
	st.mu.RUnlock()
	if loaded {
		return st, nil
	}
	if err := st.lock(ctx); err != nil {
		return st, err
	}
	defer st.unlock()
	err := s.load(ctx, st)
	if err == nil && st.head.Epoch == 0 && s.emptyScopes.Add(1) > maxEmptyScopes {
		s.emptyScopes.Add(-1)
		s.states.CompareAndDelete(scope, st)
	}
	return st, err
}
