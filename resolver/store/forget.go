package store

import (
	"context"
	"sync"
	"time"
)

const (
	// forgetSweep is how often all scopes are looked through for what another node
	// kept, and did not live to remove.
	forgetSweep = time.Hour
	// forgetPause is the longest and shortest time until the clock is looked at.
	forgetPause, forgetSoon = time.Minute, 20 * time.Millisecond
)

// remainders knows when what is kept for the redactor is to be removed.
type remainders struct {
	mu sync.Mutex
	// due :: scope -> when its first is
	due map[string]time.Time
	// woken gets a value with a time that is earlier than those before.
	woken chan struct{}
}

func newRemainders() *remainders {
	return &remainders{due: make(map[string]time.Time), woken: make(chan struct{}, 1)}
}

func (r *remainders) note(scope string, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if first, ok := r.due[scope]; ok && !until.Before(first) {
		return
	}
	r.due[scope] = until
	select {
	case r.woken <- struct{}{}:
	default:
	}
}

// over returns the scopes of which something is past its time, and when the next is.
func (r *remainders) over(now time.Time) (scopes []string, next time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for scope, at := range r.due {
		switch {
		case !now.Before(at):
			scopes = append(scopes, scope)
			delete(r.due, scope)
		case next.IsZero() || at.Before(next):
			next = at
		}
	}
	return scopes, next
}

// forgetting removes values that are kept for the redactor when their time is over,
// until ctx ends.
func (s *Store) forgetting(ctx context.Context) {
	var swept time.Time
	for {
		if now := time.Now(); swept.IsZero() || now.Sub(swept) > forgetSweep {
			swept = now
			s.noteRemainders(ctx)
			if err := s.dropRepeats(ctx); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "requests that are past their time are not all removed; it is tried again", "store", s.Name(), "code", string(CodeOf(err)))
			}
		}
		next, err := s.forgetOver(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.WarnContext(ctx, "values that were kept for the redactor are not all removed; it is tried again", "store", s.Name(), "code", string(CodeOf(err)))
		}
		wait := forgetPause
		if !next.IsZero() && err == nil {
			wait = min(max(next.Sub(s.now()), forgetSoon), wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.remainders.woken:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// forgetOver removes what is past its time, and returns when there is more to do.
func (s *Store) forgetOver(ctx context.Context) (time.Time, error) {
	scopes, next := s.remainders.over(s.now())
	for i, scope := range scopes {
		if err := s.forgetScope(ctx, scope); err != nil {
			for _, left := range scopes[i:] {
				s.remainders.note(left, s.now())
			}
			return next, err
		}
	}
	if len(scopes) > 0 {
		_, next = s.remainders.over(time.Time{})
	}
	return next, nil
}

// noteRemainders notes what all scopes keep. What it reads is not proven: it says no more
// than when to look.
func (s *Store) noteRemainders(ctx context.Context) {
	scopes, err := s.below(ctx, "")
	if err != nil {
		return
	}
	for _, scope := range scopes {
		r := Range{Table: TableRemainders, Scope: scope, Limit: expireBatch}
		for ctx.Err() == nil {
			rows, err := s.backend.Scan(ctx, r)
			if err != nil {
				return
			}
			for i := range rows {
				if kept, err := decodeRemainder(&rows[i]); err == nil {
					s.remainders.note(scope, kept.until)
				}
			}
			if len(rows) < r.Limit {
				break
			}
			r.After = rows[len(rows)-1].Key.Key
		}
	}
}

// forgetScope removes what is past its time in one scope.
func (s *Store) forgetScope(ctx context.Context, scope string) error {
	for {
		more := false
		err := s.changeScope(ctx, scope, func(c *change) error {
			more = false
			now := s.now()
			return c.each(TableRemainders, func(row *Row) error {
				kept, err := decodeRemainder(row)
				switch {
				case err != nil:
					return err
				case now.Before(kept.until):
					s.remainders.note(scope, kept.until)
					return nil
				case len(c.batch.Delete) >= expireBatch:
					more = true
					return nil
				}
				return c.delete(row)
			})
		})
		if err != nil || !more {
			return err
		}
	}
}
