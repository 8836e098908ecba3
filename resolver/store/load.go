package store

import (
	"context"
	"errors"
)

// load reads and checks what this process does not know of the scope, if there is
// anything. The caller has the lock.
func (s *Store) load(ctx context.Context, st *scopeState) error {
	st.mu.RLock()
	loaded, newest, whole := st.loaded, st.newest, st.whole
	st.mu.RUnlock()
	if loaded {
		return nil
	}
	if err := s.stillRefused(ctx, st); err != nil {
		return err
	}
	forked := false
	if !whole {
		caught, err := s.catchUp(ctx, st, newest)
		if caught == upToDate || err != nil {
			s.noteRefusal(st, err)
			return err
		}
		forked = caught == anotherHistory
	}
	head, err := s.readScope(ctx, st, newest, forked)
	if s.present() == nil {
		st.remember(head, err)
	}
	s.noteRefusal(st, err)
	return err
}

// readScope reads the whole scope and proves that nothing was done to it, and
// that it is no older than newest and than what any node has seen. A scope that is
// forked is refused however whole it is.
func (s *Store) readScope(ctx context.Context, st *scopeState, newest int64, forked bool) (Head, error) {
	c := scopeDigest{keys: s.keys(), rows: make(map[Key]knownRow)}
	var told *Row
	head, err := s.backend.Snapshot(ctx, st.scope, append([]Table{TableMeta}, SealedTables()...), func(row Row) error {
		switch {
		case row.Table != TableMeta:
			c.count(&row)
		case row.Key.Key == lossName:
			told = &row
		}
		return nil
	})
	if err != nil {
		return head, unavailable(err)
	}
	if len(c.unknown) > 0 || head.Epoch == 0 {
		// Of a store that was emptied, no scope is empty: it is lost.
		if err := s.reloadKeys(ctx); err != nil {
			return head, err
		}
		c.recount(s.keys())
	}
	if len(c.damaged) > 0 {
		return head, damage(c.damaged[0])
	}
	want, err := s.openHead(ctx, st.scope, head)
	if err == nil && st.sawHead(head.Epoch, want) {
		newest, forked = head.Epoch, false // a repair was made of what there was
	}
	if errors.As(err, new(*Error)) {
		return head, err
	}
	if want.digest == c.digest {
		forked = st.isForked(forked)
	}
	switch {
	case err != nil:
		return head, refusal(Internal, "the head of scope %q fails its integrity check: the scope's data was changed from outside; restore it from a backup, or repair the scope", st.scope)
	case !st.follows(head.Epoch, want, c.rows, newest), forked && want.digest == c.digest:
		if !s.wasLost(told, want) {
			s.tellLoss(ctx, st)
		}
		return head, st.lost()
	case s.wasLost(told, want):
		return head, st.lost()
	case want.digest != c.digest:
		return head, refusal(Internal, "scope %q fails its integrity check: a record was removed or put back from an earlier state; restore it from a backup, or repair the scope", st.scope)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.loaded, st.whole, st.head, st.summary, st.rows, st.places, st.sum = true, false, head, want, c.rows, nil, c.digest
	return head, nil
}

// openHead opens a head, of a key that another node made too.
func (s *Store) openHead(ctx context.Context, scope string, head Head) (summary, error) {
	sum, err := s.keys().openHead(scope, head)
	if !errors.Is(err, errUnknownKey) {
		return sum, err
	}
	if err := s.reloadKeys(ctx); err != nil {
		return summary{}, err
	}
	return s.keys().openHead(scope, head)
}

// scopeDigest is what the rows of a scope come to.
type scopeDigest struct {
	keys   *keyring
	digest element
	rows   map[Key]knownRow
	// unknown are rows under a key that another node may have made since.
	unknown []Row
	damaged []Key
}

func (c *scopeDigest) count(row *Row) {
	share, err := c.keys.openRow(row)
	switch {
	case errors.Is(err, errUnknownKey):
		c.unknown = append(c.unknown, *row)
	case err != nil:
		c.damaged = append(c.damaged, row.Key)
	default:
		c.digest.xor(share)
		c.rows[row.Key] = knownRow{versionOf(row), share}
	}
}

// recount counts the rows under unknown keys with newer keys.
func (c *scopeDigest) recount(keys *keyring) {
	unknown := c.unknown
	c.keys, c.unknown = keys, nil
	for i := range unknown {
		c.count(&unknown[i])
	}
	for _, row := range c.unknown {
		c.damaged = append(c.damaged, row.Key)
	}
}
