package store

import (
	"context"
	"errors"

	"github.com/sotto-render/sotto/resolver"
)

// Ready returns why the store cannot be trusted to answer with what is newest,
// or nil.
func (s *Store) Ready(ctx context.Context) error {
	unwell := s.backend.Ready(ctx)
	row, err := s.keyringRow(ctx)
	if err != nil {
		return err
	}
	if err := s.identify(row); err != nil {
		return &resolver.Condition{Reason: "store_lost", Err: err}
	}
	if refused := s.refusedScopes(); refused != nil {
		unwell = errors.Join(unwell, &resolver.Condition{Reason: "scopes_refused", Answers: true, Err: refused})
	}
	return unwell
}

// refusedScopes returns how many of the scopes in use are refused, and why. It names
// none: whoever asks whether a node is ready need not be known.
func (s *Store) refusedScopes() error {
	lost, damaged := 0, 0
	s.refused.Range(func(_, edit any) bool {
		if edit == true {
			lost++
		} else {
			damaged++
		}
		return true
	})
	switch {
	case lost > 0:
		e := refusal(Internal, "%d scopes are refused because an edit was lost, %d for another reason: see the log and run sotto secrets verify", lost, damaged)
		e.cause = ErrLost
		return e
	case damaged > 0:
		return refusal(Internal, "%d scopes are refused because they fail their integrity check: see the log and run sotto secrets verify", damaged)
	}
	return nil
}
