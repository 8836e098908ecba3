package resolver

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// sharing says from where a scope has its secrets. One without records of its own
// has those of its parent and asks it: the values, their forms and the index over
// them are there once, however many scopes lie below.
type sharing struct {
	// parent is nil where the scope asks the providers by itself.
	parent *Scoped
	// heard is that of the scope when this was looked up.
	heard uint64
	// seen is when a provider last said so, and until when it is to be asked again, in
	// nanoseconds of the clock.
	seen  int64
	until atomic.Int64
}

// source returns the parent whose secrets s shares, or nil where it has its own.
func (s *Scoped) source(ctx context.Context) (*Scoped, error) {
	if s.scope == "" {
		return nil, nil
	}
	r := s.resolver
	now, found := r.clock.NowNano(), s.sharing.Load()
	if found == nil || found.heard != s.heard.Load() || s.outdated(found, now) {
		return s.settle(ctx, found, r.chain.holds)
	}
	if until := found.until.Load(); now >= until && found.until.CompareAndSwap(until, now+int64(2*r.options.LoadTimeout)) {
		s.renew(ctx, found)
	}
	return s.parent(), nil
}

// outdated reports whether what was seen of the scope has gone the way of a value that is
// stale for too long: the parent's secrets, and that there is none, are no answer any more.
func (s *Scoped) outdated(found *sharing, now int64) bool {
	return found.parent != nil && now-found.seen >= int64(s.resolver.options.StaleTTL)
}

// patience is how long a caller waits to hear whether its scope has got a record
// that nobody told of. A provider that does not answer delays nobody for longer.
const patience = 100 * time.Millisecond

// renew looks up again what s shares. That it has nothing of its own is not taken
// for true any longer, unless the provider does not say.
func (s *Scoped) renew(ctx context.Context, last *sharing) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = s.settle(context.WithoutCancel(ctx), last, s.resolver.chain.probe) // last stands
	}()
	if last.parent == nil {
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// settle looks up whether s has records of its own. Where nobody can tell, what
// was true at the last look stays so, for the time of a stale value.
func (s *Scoped) settle(
	ctx context.Context, last *sharing, ask func(context.Context, Scope) (bool, error),
) (*Scoped, error) {
	for {
		heard := s.heard.Load()
		own, err := s.resolver.holds(ctx, s.scope, ask)
		next := &sharing{heard: heard, seen: s.resolver.clock.NowNano()}
		var failed *ProviderError
		switch {
		case err != nil && last != nil && errors.As(err, &failed) && !s.outdated(last, next.seen):
			own, next.seen = last.parent == nil, last.seen
		case err != nil:
			return nil, err
		}
		if !own {
			next.parent = s.resolver.scopes.get(s.scope.Parent())
		}
		next.until.Store(s.resolver.clock.NowNano() + int64(s.resolver.options.NegativeTTL))
		if s.become(next) {
			if own && last == nil {
				s.resolver.scopes.recent.Set(s.scope, s) // it weighs less than was thought
			}
			return next.parent, nil
		}
		// Something was heard meanwhile: it may be the first record.
		last = s.sharing.Load()
	}
}

// become makes next true, unless something was heard since it was looked up.
func (s *Scoped) become(next *sharing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard.Load() != next.heard {
		return false
	}
	shared := s.parent()
	s.sharing.Store(next)
	switch {
	case next.parent == nil && shared != nil:
		// What was had of the parent was this tenant's, and its texts may still
		// carry it. What the parent comes to have from now on may be hidden here.
		s.forks.Range(func(alias, had any) bool {
			s.outlive(had.(*fork).given) // nothing else is stored
			s.forks.Delete(alias)
			return true
		})
		s.known.Borrow(nil)
	case next.parent != nil && shared == nil:
		s.known.Borrow(next.parent.known)
		for alias, had := range s.current {
			s.release(had.secret)
			s.retired.note(alias, had.secret, s.resolver.options.Grace)
			delete(s.current, alias)
		}
		s.inventory.mark("") // whoever loads next releases what it held
	}
	return true
}

// parent returns the one that s shares with now, or nil.
func (s *Scoped) parent() *Scoped {
	if found := s.sharing.Load(); found != nil {
		return found.parent
	}
	return nil
}

// fork is a value of the parent's as it is given to those of one scope: what they
// derive from it, perhaps with variables of theirs, is known to nobody beside them.
type fork struct {
	given, mine redact.Secret
	// of is the answer that mine was made of, through the forks of those between;
	// nil where that is not known. While it may be given out, so may mine.
	of *item
}

// holder returns the nearest scope above s that has records of its own, or nil
// where that would have to be looked up again.
func (s *Scoped) holder(now int64) *Scoped {
	for at := s; ; {
		if at.scope == "" {
			return at
		}
		found := at.sharing.Load()
		if found == nil || found.heard != at.heard.Load() || now >= found.until.Load() {
			return nil
		}
		if found.parent == nil {
			return at
		}
		at = found.parent
	}
}

// shareKnown answers a lookup from the forks alone and reports whether it could.
// It asks the holder's answers directly, however many scopes lie between.
func (s *Scoped) shareKnown(
	holder *Scoped, now int64, aliases []string, status []macros.Status, values []redact.Secret,
) bool {
	epoch, stale, late := holder.epoch.Load(), 0, 0
	for i, alias := range aliases {
		found, ok := s.forks.Load(alias)
		if !ok {
			return false
		}
		had := found.(*fork)
		if had.of == nil || had.of.owner != holder || !had.of.servable(now, epoch) {
			return false
		}
		if now >= had.of.staleAt {
			stale++
			if had.of.failed.Load() {
				late++
			}
		}
		status[i], values[i] = macros.Known, had.mine
	}
	s.resolver.hits.add(uint64(len(aliases)))
	if stale > 0 {
		s.resolver.stale.add(uint64(stale))
	}
	if late > 0 {
		s.resolver.outage.gave(late, now)
	}
	return true
}

// answered returns the answer that s gave secret out for, or nil.
func (s *Scoped) answered(alias string, secret redact.Secret) *item {
	if it := s.indexed(alias, true); it != nil && it.secret == secret {
		return it
	}
	if had, ok := s.forks.Load(alias); ok && had.(*fork).mine == secret {
		return had.(*fork).of
	}
	return nil
}

// fork returns the secret called alias that parent gave as those of s are given it.
func (s *Scoped) fork(parent *Scoped, alias string, given redact.Secret) redact.Secret {
	alias, _ = macros.Canonical(alias) // the parent knows it
	of := parent.answered(alias, given)
	if had, ok := s.forks.Load(alias); ok && had.(*fork).given == given && had.(*fork).of == of {
		return had.(*fork).mine
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	had, ok := s.forks.Load(alias)
	if ok && had.(*fork).given == given {
		s.forks.Store(alias, &fork{given: given, mine: had.(*fork).mine, of: of})
		return had.(*fork).mine
	}
	mine := given.Fork()
	s.redactor.Follow(mine)
	s.resolver.process.redactor.Follow(mine)
	if ok {
		s.redactor.Retire(had.(*fork).mine)
		// The parent knows it for its grace time, but s may end sharing before.
		s.outlive(had.(*fork).given)
	}
	if s.parent() == nil { // it has got records of its own meanwhile
		s.outlive(given)
		return mine
	}
	s.forks.Store(alias, &fork{given: given, mine: mine, of: of})
	return mine
}

// unfork forgets a secret that the parent has no more.
func (s *Scoped) unfork(alias string) {
	if _, ok := s.forks.Load(alias); !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if had, ok := s.forks.LoadAndDelete(alias); ok {
		s.redactor.Retire(had.(*fork).mine)
		s.outlive(had.(*fork).given)
	}
}

// outlive keeps a value known for the grace time that is the scope's no more.
func (s *Scoped) outlive(secret redact.Secret) {
	s.known.Know(secret)
	s.known.Retire(secret)
}

// share answers a lookup from what the parent has.
func (s *Scoped) share(ctx context.Context, parent *Scoped, aliases []string, status []macros.Status, values []redact.Secret) error {
	if err := parent.Resolve(ctx, aliases, status, values); err != nil || values == nil {
		return err
	}
	for i, alias := range aliases {
		if status[i] == macros.Known {
			values[i] = s.fork(parent, alias, values[i])
		} else {
			s.unfork(alias)
		}
	}
	return nil
}

// hear notes that what the scope has may have changed: a secret of its own, which
// it then has, or anything.
func (s *Scoped) hear(own bool) {
	s.heard.Add(1)
	// Something else may be heard between the two.
	for own && !s.become(&sharing{heard: s.heard.Load()}) {
	}
}
