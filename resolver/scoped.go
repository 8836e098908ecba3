package resolver

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Scoped is a [Resolver] as seen from one scope. It implements the resolver
// interface of package engine and is safe for concurrent use.
type Scoped struct {
	resolver *Resolver
	// id tells this Scoped from an earlier one of the same scope, whose
	// answers went to another redactor.
	id    uint64
	scope Scope
	// known has the values, also by what it borrows of the parent; redactor is
	// over it and has what those of this scope derive from them.
	known, redactor *redact.Redactor
	own             *refcounts

	// sharing is nil before it was looked up. heard counts what may have changed it.
	sharing atomic.Pointer[sharing]
	heard   atomic.Uint64
	// forks :: canonical alias -> *fork, where the secrets are the parent's
	forks sync.Map

	// values and statuses :: canonical alias -> *item, an index of what the
	// cache holds. values answers lookups that open, statuses the others.
	values, statuses sync.Map

	// epoch counts the times when anything may have changed unheard. An
	// answer from before has to be asked for again.
	epoch atomic.Uint64
	// changes counts everything that was heard to change.
	changes atomic.Uint64
	// inventory is what LoadAll told the redactor.
	inventory *inventory

	// loadSeq order loads by their start.
	loadSeq atomic.Uint64
	// mu guards current :: canonical alias -> its current value, and changes of
	// sharing and of forks.
	mu      sync.Mutex
	current map[string]currentValue
	// retired are the values that were current, to be found if their secret is purged.
	retired retired
}

// currentValue is the value that an alias has, as far as this process knows.
type currentValue struct {
	secret redact.Secret
	seq    uint64
}

// pending marks what the index could not answer.
const pending = ^macros.Status(0)

// Scope returns the scope.
func (s *Scoped) Scope() Scope { return s.scope }

// Resolve looks up all aliases at once: from memory, and what is not there in
// one batch from the providers. It sets status[i] to Known, Missing or
// Archived and, unless values is nil, values[i] for every Known one. Without
// values nothing is opened. It returns ctx's error where the answer did not
// come in time, and a [ProviderError] where a provider could not tell.
func (s *Scoped) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	now := s.resolver.clock.NowNano()
	if holder := s.holder(now); holder != s {
		if holder != nil && values != nil && s.shareKnown(holder, now, aliases, status, values) {
			return nil
		}
		parent, err := s.source(ctx)
		if err != nil {
			return err
		}
		if parent != nil {
			return s.share(ctx, parent, aliases, status, values)
		}
		now = s.resolver.clock.NowNano()
	}
	hits, stale, late, absent := 0, 0, 0, 0
	for i, alias := range aliases {
		it := s.lookup(alias, values != nil, now)
		if it == nil {
			status[i] = pending
			continue
		}
		hits++
		if now >= it.staleAt {
			stale++
			if it.failed.Load() {
				late++
			}
		}
		if it.status != macros.Known {
			absent++
		}
		status[i] = it.status
		if values != nil {
			values[i] = it.secret
		}
	}
	if hits > 0 {
		s.resolver.hits.add(uint64(hits))
	}
	if stale > 0 {
		s.resolver.stale.add(uint64(stale))
	}
	if late > 0 {
		s.resolver.outage.gave(late, now)
	}
	if absent > 0 {
		s.resolver.absent.add(uint64(absent))
	}
	if hits == len(aliases) {
		return nil
	}
	return s.resolvePending(ctx, aliases, status, values)
}

// lookup returns the answer that may be given at once, or nil. A value answers
// a lookup that asks for existence only.
func (s *Scoped) lookup(alias string, opened bool, now int64) *item {
	if it := s.indexed(alias, true); it != nil && it.servable(now, s.epoch.Load()) {
		return it
	}
	if opened {
		return nil
	}
	if it := s.indexed(alias, false); it != nil && it.servable(now, s.epoch.Load()) {
		return it
	}
	return nil
}

func (s *Scoped) index(opened bool) *sync.Map {
	if opened {
		return &s.values
	}
	return &s.statuses
}

func (s *Scoped) indexed(alias string, opened bool) *item {
	if found, ok := s.index(opened).Load(alias); ok {
		return found.(*item)
	}
	return nil
}

// resolvePending answers what lookup could not: stale answers at once, while
// they are refreshed, the rest from the providers.
func (s *Scoped) resolvePending(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	now := s.resolver.clock.NowNano()
	opened := values != nil
	var refresh, load []key
	for i, alias := range aliases {
		if status[i] != pending {
			continue
		}
		canonical, ok := macros.Canonical(alias)
		if !ok {
			status[i] = macros.Missing
			continue
		}
		k := key{scope: s.id, alias: canonical, opened: opened}
		it := s.indexed(canonical, opened)
		if it == nil || !it.usable(now, s.epoch.Load()) {
			load = append(load, k)
			continue
		}
		if it.claim(now, s.resolver.options.LoadTimeout) {
			refresh = append(refresh, k)
		}
		s.resolver.hits.add(1)
		s.resolver.stale.add(1)
		if it.failed.Load() {
			s.resolver.outage.gave(1, now)
		}
		it.answer(i, status, values)
	}
	if len(refresh) > 0 {
		s.resolver.cache.BulkRefresh(context.WithoutCancel(ctx), refresh, loader{s, opened})
	}
	if len(load) == 0 {
		return nil
	}
	s.resolver.misses.add(uint64(len(load)))
	found, err := s.load(ctx, load, opened)
	if err != nil {
		return err
	}
	for i, alias := range aliases {
		if status[i] != pending {
			continue
		}
		canonical, _ := macros.Canonical(alias)
		found[key{scope: s.id, alias: canonical, opened: opened}].answer(i, status, values)
	}
	return nil
}

// setCurrent makes secret the current value of alias and returns the Secret to
// give out, which is the one already known where nothing changed. Both
// redactors know it when setCurrent returns. A load that started before the one
// whose value is held comes too late: its value is known for the grace time.
func (s *Scoped) setCurrent(alias string, secret redact.Secret, seq uint64) redact.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.current[alias]
	if ok && same(old.secret, secret) {
		s.current[alias] = currentValue{secret: old.secret, seq: max(old.seq, seq)}
		return old.secret
	}
	// Retained before anything else is decided: also a value that came too late
	// is given to whoever waits for this load, so the redactors know it first.
	s.retain(secret)
	// Loads end in any order. One that began earlier may bring what was true
	// before an edit; as the current value it would push the new one out of the
	// redactors while the new one is in use.
	if ok && old.seq > seq {
		s.release(secret)
		return secret
	}
	if ok && sameValue(old.secret, secret) {
		// Only what is masked of it changed, with effect at once.
		s.own.forget(old.secret)
		s.resolver.process.forget(old.secret)
	} else if ok {
		s.release(old.secret)
		s.retired.note(alias, old.secret, s.resolver.options.Grace)
	}
	if s.current == nil {
		s.current = make(map[string]currentValue)
	}
	s.current[alias] = currentValue{secret: secret, seq: seq}
	return secret
}

// dropCurrent says that a load found alias to be gone.
func (s *Scoped) dropCurrent(alias string, seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.current[alias]; ok && old.seq <= seq {
		s.release(old.secret)
		s.retired.note(alias, old.secret, s.resolver.options.Grace)
		delete(s.current, alias)
	}
}

func (s *Scoped) retain(secret redact.Secret) {
	s.resolver.process.retain(secret)
	s.own.retain(secret)
}

func (s *Scoped) release(secret redact.Secret) {
	s.resolver.process.release(secret)
	s.own.release(secret)
}
