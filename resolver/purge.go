package resolver

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// retired are the values that secrets had before their current ones, for as long as
// the redactors know them. The zero retired has none.
type retired struct {
	// values :: canonical alias -> its values, oldest first
	values map[string][]retiredValue
}

type retiredValue struct {
	secret redact.Secret
	at     time.Time
}

// note adds a value, and drops those of the alias that are past their time.
func (r *retired) note(alias string, secret redact.Secret, grace time.Duration) {
	if r.values == nil {
		r.values = make(map[string][]retiredValue)
	}
	now := time.Now()
	list := r.values[alias]
	for len(list) > 0 && now.Sub(list[0].at) > grace {
		list = list[1:]
	}
	r.values[alias] = append(list[:len(list):len(list)], retiredValue{secret, now})
}

// hear takes in what a provider tells of.
func (r *Resolver) hear(c Change) {
	r.Invalidate(c.Scope, c.Alias)
	r.unused.mark(c)
	if !c.Purged {
		return
	}
	for _, s := range r.scopes.below(c.Scope) {
		s.purge(c.Alias)
	}
}

// purge forgets what alias held, at once. What it holds now is asked for, beside the
// caller, before it is forgotten: another secret may have been created meanwhile.
func (s *Scoped) purge(alias string) {
	s.inventory.purge(alias)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(alias)
	if _, ok := s.current[alias]; !ok || !s.resolver.enter() {
		return
	}
	seq := s.loadSeq.Add(1)
	go func() {
		defer s.resolver.leave()
		ctx, cancel := context.WithTimeout(s.resolver.closing, s.resolver.options.LoadTimeout)
		defer cancel()
		found, _, err := s.resolver.chain.fetch(ctx, s.scope, []string{alias}, false)
		if err != nil || found[0].Status != macros.Missing {
			return
		}
		s.dropCurrent(alias, seq)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.forget(alias)
	}()
}

// forget makes the redactors forget the values that alias had. The caller has mu.
func (s *Scoped) forget(alias string) {
	for _, was := range s.retired.values[alias] {
		s.own.purge(was.secret)
		s.resolver.process.purge(was.secret)
	}
	delete(s.retired.values, alias)
}
