package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// maxConflicts bounds how often a change is made again because another node
// changed the scope first.
const maxConflicts = 200

// change is a batch in the making: rows of one scope, their audit rows, and
// what the state will be once it is committed.
type change struct {
	s   *Store
	ctx context.Context // lives as long as one call
	st  *scopeState
	// epoch is that of the scope after the change.
	epoch int64
	summary
	batch Batch
	// rows are the versions of what is put; zero for a deleted row.
	rows map[Key]knownRow
}

// changeScope makes a change of scope: plan reads what it needs and says what
// to put and delete, then all of it is committed at once. Where another node
// was first, plan runs again on the new state. A plan that does nothing commits
// nothing.
func (s *Store) changeScope(ctx context.Context, scope string, plan func(*change) error) error {
	st := s.state(scope)
	if err := st.lock(ctx); err != nil {
		return err
	}
	defer st.unlock()
	if err := s.present(); err != nil {
		return err
	}
	for range maxConflicts {
		if err := s.load(ctx, st); err != nil {
			return err
		}
		c := &change{
			s: s, ctx: ctx, st: st, epoch: st.head.Epoch + 1, summary: st.summary,
			batch: Batch{Scope: scope, Prior: st.head}, rows: make(map[Key]knownRow),
		}
		err := plan(c)
		if err == nil && len(c.batch.Put) == 0 && len(c.batch.Delete) == 0 {
			return nil
		}
		if err == nil {
			if err = c.commit(); err == nil {
				return nil
			}
			// A commit that failed may have been applied all the same, its
			// reply lost. What is kept of the scope is then behind it, and
			// the next reader would take the new rows for a replay.
			st.invalidate()
			if !errors.Is(err, ErrConflict) {
				c.doubt()
				return unavailable(err)
			}
		}
		if !errors.Is(err, ErrConflict) {
			return err
		}
		if err := pause(ctx, rand.N(5*time.Millisecond)); err != nil { // spreads retries, guards nothing
			return unavailable(err)
		}
	}
	return unavailable(ErrConflict)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *change) commit() error {
	head, err := c.s.keys().sealHead(c.batch.Scope, c.epoch, c.summary)
	if err != nil {
		return err
	}
	c.batch.Head = &head
	if err := c.s.backend.Commit(c.ctx, c.batch); err != nil {
		return err
	}
	c.st.mu.Lock()
	defer c.st.mu.Unlock()
	c.st.head, c.st.summary, c.st.newest = head, c.summary, max(c.st.newest, c.epoch)
	for key, m := range c.rows {
		if m == (knownRow{}) {
			c.st.drop(key)
		} else {
			c.st.set(key, m)
		}
	}
	return nil
}

// doubt makes all that is cached of the rows be read anew: whether the batch was
// applied is unknown.
func (c *change) doubt() {
	for key := range c.rows {
		c.s.heard(key)
	}
}

// find returns the row at key as it is now, or nil.
func (c *change) find(table Table, key string, values bool) (*Row, error) {
	at := Key{Table: table, Scope: c.batch.Scope, Key: key}
	row, err := c.s.recheckRow(c.ctx, c.st, at, values)
	if err != nil {
		return nil, err
	}
	c.st.mu.RLock()
	defer c.st.mu.RUnlock()
	if c.st.head.Epoch >= c.epoch {
		return nil, ErrConflict // the scope is newer than this plan
	}
	return row, nil
}

// lacks reports whether there is no row at key, for which nothing has to be read: the
// commit fails where the scope has changed since.
func (c *change) lacks(key Key) bool {
	c.st.mu.RLock()
	defer c.st.mu.RUnlock()
	_, known := c.st.rows[key]
	return c.st.loaded && c.st.head.Epoch == c.epoch-1 && !known
}

// each calls do with every row of a table as it is now, without values.
func (c *change) each(table Table, do func(*Row) error) error {
	r := Range{Table: table, Scope: c.batch.Scope, Limit: MaxLimit}
	for {
		rows, err := c.s.backend.Scan(c.ctx, r)
		if err != nil {
			return unavailable(err)
		}
		for i := range rows {
			ok, err := c.s.current(c.ctx, c.st, rows[i].Key, &rows[i])
			if err != nil {
				return err
			}
			if !ok {
				c.st.invalidate()
				return ErrConflict // the scope is newer than this plan
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

// put writes a row in place of old, which is what find returned. The value is
// encrypted with binding; a nil value keeps the ciphertext of old.
func (c *change) put(old *Row, table Table, key string, meta, value, binding []byte) error {
	row := Row{Key: Key{Table: table, Scope: c.batch.Scope, Key: key}, Revision: c.epoch, Meta: meta}
	keys := c.s.keys()
	if value != nil {
		ciphertext, err := keys.seal(value, keys.valueBinding(row.Key, binding))
		if err != nil {
			return err
		}
		row.Value = ciphertext
	} else if old != nil {
		row.Value = old.Value
	}
	if err := c.replace(old); err != nil {
		return err
	}
	share, err := keys.sealRow(&row)
	if err != nil {
		return err
	}
	c.digest.xor(share)
	c.batch.Put = append(c.batch.Put, row)
	c.rows[row.Key] = knownRow{versionOf(&row), share}
	return nil
}

// delete removes old.
func (c *change) delete(old *Row) error {
	if err := c.replace(old); err != nil {
		return err
	}
	c.batch.Delete = append(c.batch.Delete, old.Key)
	c.rows[old.Key] = knownRow{}
	return nil
}

// replace takes old out of the digest.
func (c *change) replace(old *Row) error {
	if old == nil {
		return nil
	}
	share, err := c.s.openRow(c.ctx, old)
	if err != nil {
		return sealFailure(err, old.Key)
	}
	c.digest.xor(share)
	return nil
}

// audit adds an audit row to the change.
func (c *change) audit(e Event) error {
	row, err := c.s.auditRow(c.batch.Scope, e)
	if err != nil {
		return err
	}
	c.batch.Put = append(c.batch.Put, row)
	return nil
}
