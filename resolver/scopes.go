package resolver

import (
	"runtime"
	"sync"
	"weak"

	"github.com/maypok86/otter/v2"

	"github.com/sotto-render/sotto/redact"
)

// recentScopes is how many scopes are kept although nobody holds them. One that
// shares what its parent has is made again at no cost: of those fewer are kept.
const (
	recentScopes  = 10_000
	sharingWeight = 8
)

// scopes are all that is known by scope. A caller may ask for any number of
// scopes below its own, so the unused ones have to go; but one that somebody
// still holds has to hear of changes. Hence all are held weakly, and the ones
// asked for lately strongly.
type scopes struct {
	resolver *Resolver
	recent   *otter.Cache[Scope, *Scoped]

	mu   sync.RWMutex
	next uint64
	live map[Scope]weak.Pointer[Scoped]
}

func newScopes(r *Resolver) *scopes {
	return &scopes{
		resolver: r,
		recent: otter.Must(&otter.Options[Scope, *Scoped]{
			MaximumWeight: recentScopes, Logger: &otter.NoopLogger{},
			Weigher: func(_ Scope, s *Scoped) uint32 {
				if found := s.sharing.Load(); found == nil || found.parent != nil {
					return sharingWeight
				}
				return 1
			},
		}),
		live: make(map[Scope]weak.Pointer[Scoped]),
	}
}

// get returns the one Scoped of scope.
func (c *scopes) get(scope Scope) *Scoped {
	if s, ok := c.recent.GetIfPresent(scope); ok {
		return s
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.live[scope].Value()
	if s == nil {
		s = c.add(scope)
	}
	c.recent.Set(scope, s)
	return s
}

func (c *scopes) add(scope Scope) *Scoped {
	c.next++
	options := redact.Options{Grace: c.resolver.options.Grace}
	known, redactor := redact.NewWithOptions(options), redact.NewWithOptions(options)
	redactor.Borrow(known)
	s := &Scoped{
		resolver: c.resolver, id: c.next, scope: scope, known: known, redactor: redactor,
		own: newRefcounts(known, redactor), inventory: newInventory(),
	}
	c.live[scope] = weak.Make(s)
	runtime.AddCleanup(s, c.forget, scope)
	return s
}

// forget removes a scope that was collected, unless it has come back.
func (c *scopes) forget(scope Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live[scope].Value() == nil {
		delete(c.live, scope)
	}
}

// below returns what is known of scope and of those below it.
func (c *scopes) below(scope Scope) []*Scoped {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var all []*Scoped
	for at, pointer := range c.live {
		if !scope.Covers(at) {
			continue
		}
		if s := pointer.Value(); s != nil {
			all = append(all, s)
		}
	}
	return all
}
