package resolver

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxMarked is how many changes are told apart; behind them all is asked for again.
const maxMarked = 1000

// Flaw is a secret that a provider has and cannot read.
type Flaw struct {
	// Err names the provider and the place. Its text holds no value.
	Err error
	// Covered says that what the secret holds is masked all the same.
	Covered bool
}

// LoadAll makes the redactor of scope know everything that the providers have for
// it, used or not, and what they keep of values that were replaced. The error is that
// of a provider that does not answer; a secret that cannot be read is told by
// [Resolver.Flaws], and the rest is known. What is known already and has not changed
// since is not asked for again. Values that nobody was given stay unknown to
// [Options.Redactor], but for those that were replaced; see [Options.KnowUnused].
func (r *Resolver) LoadAll(ctx context.Context, scope Scope) error {
	_, err := r.scopes.get(scope).loadAll(ctx)
	return err
}

// Flaws returns what [Resolver.LoadAll], which it calls, cannot read, in the order of
// the texts.
func (r *Resolver) Flaws(ctx context.Context, scope Scope) ([]Flaw, error) {
	return r.scopes.get(scope).loadAll(ctx)
}

func (s *Scoped) loadAll(ctx context.Context) ([]Flaw, error) {
	parent, err := s.source(ctx)
	if err != nil {
		return nil, err
	}
	v := s.inventory
	if parent != nil {
		if err := v.empty(ctx, s); err != nil {
			return nil, err
		}
		return parent.loadAll(ctx)
	}
	if flaws, fresh := v.fresh(s.resolver.clock.NowNano()); fresh {
		return flaws, nil
	}
	if err := v.lock(ctx); err != nil {
		return nil, err
	}
	defer v.unlock()
	return v.load(ctx, s)
}

// inventory is what the redactor of one scope was told by LoadAll.
type inventory struct {
	// loading is a lock that is held while providers are asked, and guards held.
	loading chan struct{}
	held    []*holding

	// mu guards the rest.
	mu sync.Mutex
	// marked are the aliases that changed since they were asked for; all says that
	// any may have.
	marked map[string]struct{}
	all    bool
	// purged are the aliases of which nothing is to stay known.
	purged map[string]struct{}
	flaws  []Flaw
	// used says that held may not be empty.
	used bool
	// until is when something has to be done although nothing changed, in
	// nanoseconds of the clock.
	until int64
}

func newInventory() *inventory {
	return &inventory{loading: make(chan struct{}, 1), all: true}
}

func (v *inventory) lock(ctx context.Context) error {
	select {
	case v.loading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *inventory) unlock() { <-v.loading }

// mark notes that a secret changed, or with "" that any may have.
func (v *inventory) mark(alias string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.all:
	case alias == "", len(v.marked) == maxMarked:
		v.all, v.marked = true, nil
	default:
		if v.marked == nil {
			v.marked = make(map[string]struct{})
		}
		v.marked[alias] = struct{}{}
	}
}

// purge notes that what alias held is to be forgotten.
func (v *inventory) purge(alias string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.purged == nil {
		v.purged = make(map[string]struct{})
	}
	v.purged[alias] = struct{}{}
}

func (v *inventory) fresh(now int64) ([]Flaw, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.flaws, !v.all && len(v.marked) == 0 && now < v.until
}

// asked is what has to be asked for.
type asked struct {
	aliases []string
	all     bool
	purged  map[string]struct{}
}

// take returns what changed, and counts it as asked for.
func (v *inventory) take() asked {
	v.mu.Lock()
	defer v.mu.Unlock()
	a := asked{all: v.all, purged: v.purged}
	for alias := range v.marked {
		a.aliases = append(a.aliases, alias)
	}
	v.marked, v.all, v.purged = nil, false, nil
	return a
}

// putBack says that what was taken could not be asked for.
func (v *inventory) putBack(a asked) {
	v.mark("")
	for alias := range a.purged {
		v.purge(alias)
	}
}

// load asks for what is not known. The caller has the lock.
func (v *inventory) load(ctx context.Context, s *Scoped) ([]Flaw, error) {
	// Taken before the providers are asked: what changes meanwhile is asked for
	// once more.
	changed := v.take()
	r := s.resolver
	v.adopt(r.chain.serving(s.scope))
	until := int64(1<<63 - 1)
	var flaws []Flaw
	for _, h := range v.held {
		now := r.clock.NowNano()
		ask := changed.aliases
		if changed.all || !h.whole || now >= h.until {
			ask = nil
		}
		if ask == nil || len(ask) > 0 {
			if err := h.load(ctx, s, ask, changed.purged); err != nil {
				v.putBack(changed)
				return nil, err
			}
		}
		if ask == nil {
			h.until = now + int64(r.options.NegativeTTL)
			if h.link.followed() {
				h.until = 1<<63 - 1
			}
		}
		until = min(until, h.until, h.expire(s, time.Now()))
		for _, flaw := range h.flaws {
			flaws = append(flaws, flaw)
		}
	}
	slices.SortFunc(flaws, func(a, b Flaw) int { return strings.Compare(a.Err.Error(), b.Err.Error()) })
	v.mu.Lock()
	defer v.mu.Unlock()
	v.until, v.flaws, v.used = until, flaws, true
	return flaws, nil
}

// adopt makes a holding for each link; a scope's links never change.
func (v *inventory) adopt(links chain) {
	if v.held != nil {
		return
	}
	for _, l := range links {
		v.held = append(v.held, &holding{link: l})
	}
}

// empty releases everything: the scope has the values of its parent now.
func (v *inventory) empty(ctx context.Context, s *Scoped) error {
	v.mu.Lock()
	used := v.used
	v.mu.Unlock()
	if !used {
		return nil
	}
	if err := v.lock(ctx); err != nil {
		return err
	}
	defer v.unlock()
	for _, h := range v.held {
		for _, values := range h.told {
			s.letGo(values, false)
		}
	}
	v.held = nil
	v.mu.Lock()
	defer v.mu.Unlock()
	v.used, v.all, v.marked = false, true, nil
	return nil
}
