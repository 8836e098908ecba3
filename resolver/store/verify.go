package store

import (
	"context"
	"errors"

	"github.com/sotto-render/sotto/resolver"
)

// Verify checks every sealed row of every scope against its seal, its value
// and the digest of its scope. It reports all that is wrong, joined.
func (s *Store) Verify(ctx context.Context, progress Progress) error {
	scopes, err := s.backend.Scopes(ctx)
	if err != nil {
		return unavailable(err)
	}
	var wrong []error
	for i, scope := range scopes {
		progress.tell(i, len(scopes))
		if err := s.verifyScope(ctx, scope); err != nil {
			if CodeOf(err) == Unavailable {
				return err
			}
			wrong = append(wrong, err)
		}
	}
	progress.tell(len(scopes), len(scopes))
	return errors.Join(wrong...)
}

func (s *Store) verifyScope(ctx context.Context, scope string) error {
	st := s.state(scope)
	if err := s.reload(ctx, st); err != nil {
		return err
	}
	for _, table := range valueTables {
		err := s.each(ctx, table, scope, func(row *Row) error {
			rows, err := s.find(ctx, []Key{row.Key}, true)
			if err != nil || rows[0] == nil {
				return err
			}
			_, _, err = s.openValue(rows[0])
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reload reads and checks the whole scope.
func (s *Store) reload(ctx context.Context, st *scopeState) error {
	if err := st.lock(ctx); err != nil {
		return err
	}
	defer st.unlock()
	st.doubt()
	return s.load(ctx, st)
}

// Repair takes a scope that fails its integrity check as it stands: it removes
// the records that do not open, and trusts the rest to be the newest there is.
// Whoever calls it has looked at the data, or has no backup. It returns what was
// removed, as "secret NAME"; each is a row of the audit trail. The root is the
// tokens' scope.
func (s *Store) Repair(ctx context.Context, by Actor, scope resolver.Scope) (removed []string, err error) {
	at := string(scope)
	if scope == "" {
		at = storeScope
	}
	st := s.state(at)
	if err := st.lock(ctx); err != nil {
		return nil, err
	}
	defer st.unlock()
	if err := s.reloadKeys(ctx); err != nil {
		return nil, err
	}
	st.doubt()
	if m, ok := s.backend.(Mender); ok {
		if err := m.Mend(ctx, at, SealedTables()); err != nil {
			return nil, unavailable(err)
		}
	}
	c := &change{s: s, ctx: ctx, st: st, batch: Batch{Scope: at}, rows: make(map[Key]knownRow)}
	var kept []Row
	head, err := s.backend.Snapshot(ctx, at, SealedTables(), func(row Row) error {
		kept = append(kept, row)
		return nil
	})
	if err != nil {
		return nil, unavailable(err)
	}
	c.batch.Prior = head
	// A head that does not open is zero here, and its epoch is anybody's.
	last, openErr := s.keys().openHead(at, head)
	c.repaired = max(s.now().UnixMilli(), last.repaired+1, st.repaired+1)
	c.epoch = st.newest + 1
	if openErr == nil {
		c.epoch = max(c.epoch, head.Epoch+1)
	}
	told, err := s.backend.Find(ctx, []Key{lossKey(at)}, false)
	if err != nil {
		return nil, unavailable(err)
	}
	if told[0] != nil {
		c.repaired = max(c.repaired, s.repairedAt(told[0])+1)
		c.batch.Delete = append(c.batch.Delete, told[0].Key)
	}
	for _, row := range kept {
		share, err := s.intact(ctx, row.Key)
		if err == nil {
			// Nothing of the repaired scope is newer than its epoch.
			c.epoch = max(c.epoch, row.Revision+1)
			c.digest.xor(share)
			continue
		}
		if CodeOf(err) == Unavailable {
			return nil, err
		}
		c.batch.Delete = append(c.batch.Delete, row.Key)
		removed = append(removed, row.Table.noun()+" "+row.Key.Key)
		if err := c.audit(by.event("scope.repair", scope, row.Key.Key, 0)); err != nil {
			return nil, err
		}
	}
	if err := c.audit(by.event("scope.repair", scope, "", 0)); err != nil {
		return nil, err
	}
	if err := c.commit(); err != nil {
		return nil, unavailable(err)
	}
	st.reset()
	s.refused.Delete(at)
	s.tokens.forget()
	s.documents.clear()
	s.listeners.tell(resolver.Change{Scope: scope})
	return removed, nil
}

// intact returns the element of the row at key, if the row and its value open.
func (s *Store) intact(ctx context.Context, key Key) (element, error) {
	rows, err := s.backend.Find(ctx, []Key{key}, true)
	if err != nil {
		return element{}, unavailable(err)
	}
	if rows[0] == nil { // removed since
		return element{}, damage(key)
	}
	share, err := s.openRow(ctx, rows[0])
	if err != nil {
		return element{}, sealFailure(err, key)
	}
	_, _, err = s.openValue(rows[0])
	return share, err
}
