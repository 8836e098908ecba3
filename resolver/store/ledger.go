package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
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

// load reads and checks the whole scope, unless that was done. The caller
// has the turn.
func (s *Store) load(ctx context.Context, l *ledger) error {
	l.mu.RLock()
	loaded := l.loaded
	l.mu.RUnlock()
	if loaded {
		return nil
	}
	c := census{keys: s.keys(), rows: make(map[Key]mark)}
	head, err := s.backend.Snapshot(ctx, l.scope, sealedTables, func(row Row) error {
		c.count(&row)
		return nil
	})
	if err != nil {
		return unavailable(err)
	}
	if len(c.unknown) > 0 || head.Epoch == 0 {
		// Of a store that was emptied, no scope is empty: it is lost.
		if err := s.reloadKeys(ctx); err != nil {
			return err
		}
		c.recount(s.keys())
	}
	if len(c.damaged) > 0 {
		return damage(c.damaged[0])
	}
	want, err := s.keys().openHead(l.scope, head)
	if errors.Is(err, errUnknownKey) {
		if err := s.reloadKeys(ctx); err != nil {
			return err
		}
		want, err = s.keys().openHead(l.scope, head)
	}
	switch {
	case err != nil:
		return refusal(Internal, "the head of scope %q fails its integrity check: the scope's data was changed from outside; restore it from a backup, or repair the scope", l.scope)
	case !l.follows(head.Epoch, want, c.rows):
		return refusal(Internal, "scope %q went back to an earlier state (change %d, known: %d): older data was put back, or a failover lost changes; restore the newest backup, or repair the scope", l.scope, head.Epoch, l.epoch)
	case want.digest != c.digest:
		return refusal(Internal, "scope %q fails its integrity check: a record was removed or put back from an earlier state; restore it from a backup, or repair the scope", l.scope)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loaded, l.epoch, l.summary, l.rows = true, head.Epoch, want, c.rows
	return nil
}

// census is what the rows of a scope come to.
type census struct {
	keys   *keyring
	digest element
	rows   map[Key]mark
	// unknown are rows under a key that another node may have made since.
	unknown []Row
	damaged []Key
}

func (c *census) count(row *Row) {
	share, err := c.keys.openRow(row)
	switch {
	case errors.Is(err, errUnknownKey):
		c.unknown = append(c.unknown, *row)
	case err != nil:
		c.damaged = append(c.damaged, row.Key)
	default:
		c.digest.xor(share)
		c.rows[row.Key] = markOf(row)
	}
}

// recount counts the rows under unknown keys with newer keys.
func (c *census) recount(keys *keyring) {
	unknown := c.unknown
	c.keys, c.unknown = keys, nil
	for i := range unknown {
		c.count(&unknown[i])
	}
	for _, row := range c.unknown {
		c.damaged = append(c.damaged, row.Key)
	}
}

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
