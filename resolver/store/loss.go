package store

import (
	"context"
	"errors"

	"github.com/sotto-render/sotto/resolver"
)

// ErrLost is in the chain of the errors about a scope that went back to an earlier
// state: an edit that a node has seen is not there any more.
var ErrLost = errors.New("store: an edit was lost")

// lossName is the key of the row that says so to all nodes. Its meta is the time
// of the repair that the lost state followed: the next repair makes it void.
const lossName = "loss"

func lossKey(scope string) Key { return Key{Table: TableMeta, Scope: scope, Key: lossName} }

// lost is the error about a scope that went back.
func (st *scopeState) lost() *Error {
	e := refusal(Internal, "an edit was lost: scope %q went back to an earlier state, by a failover or because older data was put back; restore the newest backup, or repair the scope", st.scope)
	e.cause = ErrLost
	return e
}

// tellLoss leaves word for all nodes that the scope went back. Those that did not
// see what was lost would go on with what is there, and of two nodes one
// would answer and the other refuse.
func (s *Store) tellLoss(ctx context.Context, st *scopeState) {
	var e encoder
	st.mu.RLock()
	e.int(st.repaired)
	st.mu.RUnlock()
	row := Row{Key: lossKey(st.scope), Meta: e.buf}
	_, err := s.keys().sealRow(&row)
	if err == nil {
		err = s.backend.Commit(ctx, Batch{Scope: st.scope, Put: []Row{row}})
	}
	if err != nil {
		s.log.WarnContext(ctx, "an edit was lost, and the other nodes cannot be told", "store", s.Name(), "code", string(CodeOf(unavailable(err))))
	}
}

// wasLost reports whether another node left word that the state with the
// summary sum, or one that it follows, went back. Without a good seal it is
// nobody's word.
func (s *Store) wasLost(told *Row, sum summary) bool {
	return told != nil && s.repairedAt(told) >= sum.repaired
}

// repairedAt returns the repair that a lost state followed, or -1 of a row that is
// not genuine.
func (s *Store) repairedAt(told *Row) int64 {
	if _, err := s.keys().openRow(told); err != nil {
		return -1
	}
	d := decoder{buf: told.Meta}
	at := d.int()
	if d.end() != nil {
		return -1
	}
	return at
}

// noteRefusal keeps what a scope is refused for, as readiness tells it, until it
// is read well. What is cached of it is not to be used any longer.
func (s *Store) noteRefusal(st *scopeState, err error) {
	var refused *Error
	switch {
	case err == nil:
		s.refused.Delete(st.scope)
	case CodeOf(err) != Internal || !errors.As(err, &refused) || s.present() != nil:
	default:
		if _, known := s.refused.Swap(st.scope, errors.Is(err, ErrLost)); !known {
			s.forget(st)
		}
	}
}

// forget makes all that is cached of a scope be read anew.
func (s *Store) forget(st *scopeState) {
	st.mu.RLock()
	keys := make([]Key, 0, len(st.rows))
	for key := range st.rows {
		keys = append(keys, key)
	}
	st.mu.RUnlock()
	for _, key := range keys {
		s.heard(key)
	}
	s.listeners.tell(resolver.Change{Scope: resolver.Scope(st.scope)})
}

// recheck reads every scope in use again whose head is not the known one, or
// of which a loss was told: what others did may not have been heard.
func (s *Store) recheck(ctx context.Context) error {
	var failed error
	s.states.Range(func(scope, state any) bool {
		st := state.(*scopeState) // nothing else is stored
		st.mu.RLock()
		loaded, known := st.loaded, st.head
		st.mu.RUnlock()
		if !loaded || known.Epoch == 0 {
			return true
		}
		var head Head
		var told []*Row
		if head, failed = s.backend.Head(ctx, st.scope); failed != nil {
			return false
		}
		if told, failed = s.backend.Find(ctx, []Key{lossKey(st.scope)}, false); failed != nil {
			return false
		}
		if told[0] != nil || head.Epoch != known.Epoch || string(head.Data) != string(known.Data) {
			st.invalidate()
			_, _ = s.ready(ctx, st.scope) // keeps what it is refused for
		}
		return true
	})
	return failed
}
