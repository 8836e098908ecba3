package store

import (
	"context"
	"errors"
)

// load reads and checks the whole scope, unless that was done. The caller
// has the lock.
func (s *Store) load(ctx context.Context, st *scopeState) error {
	st.mu.RLock()
	loaded, newest := st.loaded, st.newest
	st.mu.RUnlock()
	if loaded {
		return nil
	}
	err := s.readScope(ctx, st, newest)
	s.noteRefusal(st, err)
	return err
}

// readScope reads the whole scope and proves that nothing was done to it, and
// that it is no older than newest and than what any node has seen.
func (s *Store) readScope(ctx context.Context, st *scopeState, newest int64) error {
	c := scopeDigest{keys: s.keys(), rows: make(map[Key]rowVersion)}
	var told *Row
	head, err := s.backend.Snapshot(ctx, st.scope, append([]Table{TableMeta}, sealedTables...), func(row Row) error {
		switch {
		case row.Table != TableMeta:
			c.count(&row)
		case row.Key.Key == lossName:
			told = &row
		}
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
	want, err := s.keys().openHead(st.scope, head)
	if errors.Is(err, errUnknownKey) {
		if err := s.reloadKeys(ctx); err != nil {
			return err
		}
		want, err = s.keys().openHead(st.scope, head)
	}
	if err == nil && st.sawHead(head.Epoch, want) {
		newest = head.Epoch
	}
	switch {
	case err != nil:
		return refusal(Internal, "the head of scope %q fails its integrity check: the scope's data was changed from outside; restore it from a backup, or repair the scope", st.scope)
	case !st.follows(head.Epoch, want, c.rows, newest):
		if !s.wasLost(told, want) {
			s.tellLoss(ctx, st)
		}
		return st.lost()
	case s.wasLost(told, want):
		return st.lost()
	case want.digest != c.digest:
		return refusal(Internal, "scope %q fails its integrity check: a record was removed or put back from an earlier state; restore it from a backup, or repair the scope", st.scope)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.loaded, st.head, st.summary, st.rows = true, head, want, c.rows
	return nil
}

// scopeDigest is what the rows of a scope come to.
type scopeDigest struct {
	keys   *keyring
	digest element
	rows   map[Key]rowVersion
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
		c.rows[row.Key] = versionOf(row)
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
