package resolver

import (
	"context"
	"slices"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// loadAllBatch is how many secrets are asked for in one call of a provider that
// discloses nothing.
const loadAllBatch = 256

// holding is what one provider told.
type holding struct {
	link *link
	// whole says that it was asked for everything once; until is when it has to
	// be again.
	whole bool
	until int64
	// told :: alias -> its values
	told  map[string][]heldValue
	flaws map[string]Flaw
}

type heldValue struct {
	secret redact.Secret
	until  time.Time
}

// load asks the provider for these aliases, or for all where that is nil.
func (h *holding) load(ctx context.Context, s *Scoped, aliases []string, purged map[string]struct{}) error {
	next := &holding{told: make(map[string][]heldValue), flaws: make(map[string]Flaw)}
	tell := func(d Disclosure) {
		if d.Err != nil {
			next.flaws[d.Alias+"\x00"+d.Err.Error()] = Flaw{Err: &ProviderError{Provider: h.link.Provider.Name(), Err: d.Err}, Covered: d.Covered}
			return
		}
		d.Secret = d.Secret.Named(d.Alias)
		if d.Until.IsZero() {
			s.own.know(d.Secret)
		} else {
			s.own.keep(d.Secret)
			s.resolver.process.keep(d.Secret)
		}
		next.told[d.Alias] = append(next.told[d.Alias], heldValue{d.Secret, d.Until})
	}
	if err := h.link.disclose(ctx, s.resolver, s.scope, aliases, tell); err != nil {
		for _, values := range next.told {
			s.letGo(values, false)
		}
		return err
	}
	// Only now: a value that is told again is never unknown in between.
	if aliases == nil {
		for alias, values := range h.told {
			_, gone := purged[alias]
			s.replace(values, next.told[alias], gone)
		}
		h.told, h.flaws, h.whole = next.told, next.flaws, true
		return nil
	}
	for _, alias := range aliases {
		_, gone := purged[alias]
		s.replace(h.told[alias], next.told[alias], gone)
		delete(h.told, alias)
		if values := next.told[alias]; values != nil {
			h.told[alias] = values
		}
		for at := range h.flaws {
			if len(at) > len(alias) && at[:len(alias)] == alias && at[len(alias)] == 0 {
				delete(h.flaws, at)
			}
		}
	}
	for at, flaw := range next.flaws {
		h.flaws[at] = flaw
	}
	return nil
}

// expire forgets what is past its time, and returns when there is more to do.
func (h *holding) expire(s *Scoped, now time.Time) int64 {
	var next time.Time
	for alias, values := range h.told {
		kept := values[:0:0]
		for _, value := range values {
			switch {
			case !value.until.IsZero() && !now.Before(value.until):
				s.letGo([]heldValue{value}, true)
				continue
			case !value.until.IsZero() && (next.IsZero() || value.until.Before(next)):
				next = value.until
			}
			kept = append(kept, value)
		}
		if len(kept) < len(values) {
			h.told[alias] = kept
		}
	}
	if next.IsZero() {
		return 1<<63 - 1
	}
	return s.resolver.clock.NowNano() + int64(next.Sub(now)) + 1
}

// replace lets go of what was told before and is not any more. A value that could be
// resolved is known for the grace time then, unless it was purged; one that was kept
// for that time is over, and so is how a value was masked that is masked otherwise now.
func (s *Scoped) replace(before, now []heldValue, purged bool) {
	for _, value := range before {
		remasked := slices.ContainsFunc(now, func(next heldValue) bool {
			return sameValue(value.secret, next.secret) && !same(value.secret, next.secret)
		})
		s.letGo([]heldValue{value}, purged || remasked || !value.until.IsZero())
	}
}

func (s *Scoped) letGo(values []heldValue, forget bool) {
	for _, value := range values {
		switch kept := !value.until.IsZero(); {
		case kept && forget:
			s.own.forgetKept(value.secret)
			s.resolver.process.forgetKept(value.secret)
		case kept:
			s.own.letGo(value.secret)
			s.resolver.process.letGo(value.secret)
		case forget:
			s.own.forget(value.secret)
		default:
			s.own.release(value.secret)
		}
	}
}

// disclose asks the provider for everything, or fetches what it lists.
func (l *link) disclose(ctx context.Context, r *Resolver, scope Scope, aliases []string, tell func(Disclosure)) error {
	if !r.enter() {
		return ErrClosed
	}
	defer r.leave()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(r.closing, func() { cancel(ErrClosed) })()
	return l.call(ctx, len(aliases), func() error {
		if d, ok := l.Provider.(Discloser); ok {
			return d.Disclose(ctx, scope, aliases, tell)
		}
		return l.fetchAll(ctx, scope, aliases, tell)
	})
}

func (l *link) fetchAll(ctx context.Context, scope Scope, aliases []string, tell func(Disclosure)) error {
	if aliases == nil {
		lister, ok := l.Provider.(Lister)
		if !ok {
			return nil
		}
		var err error
		if aliases, err = lister.List(ctx, scope); err != nil {
			return err
		}
	}
	for len(aliases) > 0 {
		n := min(len(aliases), loadAllBatch)
		entries := make([]Entry, n)
		if err := l.Provider.Fetch(ctx, scope, aliases[:n], true, entries); err != nil {
			return err
		}
		for i, e := range entries {
			if e.Status == macros.Known {
				tell(Disclosure{Alias: aliases[i], Secret: e.Secret})
			}
		}
		aliases = aliases[n:]
	}
	return nil
}

// followed reports whether every change of the provider is heard.
func (l *link) followed() bool {
	if _, ok := l.Provider.(Notifier); !ok {
		return false
	}
	hearer, ok := l.Provider.(Hearer)
	return !ok || hearer.Hearing()
}
