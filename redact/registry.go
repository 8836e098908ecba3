package redact

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// registry is what a [Redactor] knows: values, how long, and the matcher that
// finds them.
type registry struct {
	grace   time.Duration
	matcher index.Matcher
	// base is what is borrowed of; nil for nothing.
	base atomic.Pointer[registry]
	// united are the others that are known as well; nil for none.
	united atomic.Pointer[[]*registry]
	// generation counts the values that were added.
	generation atomic.Uint64
	// learning counts those who are about to tell of values, see [Redactor.Learning].
	learning atomic.Int64
	// decodes is set once a value is known that is found in base64 of base64.
	decodes atomic.Bool

	mu sync.Mutex
	// secrets :: identity of a value -> what is known of it
	secrets map[identity]*knownValue
	// derived are the values of secrets that were derived, retired those that are known
	// for a while only.
	derived derivedQueue
	retired retiredQueue
	timer   *time.Timer
	// again is when what is derived from a secret of the base that was retired is
	// to be forgotten; zero for never.
	again time.Time
}

// knownValue is one value of a registry, and until when it is known.
type knownValue struct {
	patterns []index.Pattern
	// until is when a retired value is forgotten; never for one that is not, and for one
	// that is kept.
	until time.Time
	// retired is set if it is known for a while only, bare if as it is alone.
	retired, bare bool
}

// never is the time at which nothing is forgotten.
var never time.Time

func (g *registry) add(p *payload) {
	p = p.asRoot()
	g.learn(p)
	g.follow(p)
}

// follow makes what is derived from p known, now and later.
func (g *registry) follow(p *payload) {
	// Joined before the derived values are read, so that one of the two sees
	// a value that is derived meanwhile.
	p.join(g)
	for _, d := range p.derivedValues() {
		g.learn(d)
	}
}

// learn makes a value known. What was derived goes when its root goes.
func (g *registry) learn(p *payload) {
	id := p.identity()
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.rooted(id) {
		return
	}
	if t, ok := g.secrets[id]; ok {
		g.restore(p, t)
		return
	}
	if t := g.enter(p); id.root != nil {
		g.boundDerived(id, t.patterns)
	}
}

// enter makes a value known that is not. It is called with the lock held.
func (g *registry) enter(p *payload) *knownValue {
	t := &knownValue{patterns: p.forms()}
	if g.secrets == nil {
		g.secrets = make(map[identity]*knownValue)
	}
	g.secrets[p.identity()] = t
	for i := range t.patterns {
		if t.patterns[i].Len() >= shortestInner {
			g.decodes.Store(true)
			break
		}
	}
	g.matcher.Add(t.patterns)
	g.generation.Add(1)
	return t
}

// rooted reports whether what a value was derived from is known: that secret, or
// another that holds the same, here or in the base. It is called with the lock held.
func (g *registry) rooted(id identity) bool {
	if id.root == nil {
		return true
	}
	return g.knows(id.root.identity())
}

// knows is called with the lock held.
func (g *registry) knows(id identity) bool {
	if _, ok := g.secrets[id]; ok {
		return true
	}
	base := g.base.Load()
	if base == nil {
		return false
	}
	base.mu.Lock()
	defer base.mu.Unlock()
	return base.knows(id)
}

func (g *registry) retire(p *payload) {
	p = p.asRoot()
	g.mu.Lock()
	defer g.mu.Unlock()
	if t, ok := g.secrets[p.identity()]; ok && t.until.IsZero() {
		t.until = time.Now().Add(g.grace)
		g.boundRetired(p, t)
	} else if !ok && g.base.Load() != nil {
		// A little later than the base forgets it.
		g.again = time.Now().Add(g.grace + g.grace/100 + time.Millisecond)
	}
	g.schedule()
}

// schedule makes sure that expire runs when the first grace time ends. All
// grace times are of one length, so a timer that runs is early enough. It is
// called with the lock held.
func (g *registry) schedule() {
	if g.timer != nil {
		return
	}
	var next time.Time
	for _, t := range g.secrets {
		if !t.until.IsZero() && (next.IsZero() || t.until.Before(next)) {
			next = t.until
		}
	}
	if !g.again.IsZero() && (next.IsZero() || g.again.Before(next)) {
		next = g.again
	}
	if !next.IsZero() {
		g.timer = time.AfterFunc(time.Until(next), g.expire)
	}
}

// expire forgets the retired values whose grace time is over, and what was
// derived from them.
func (g *registry) expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !now.Before(g.again) {
		g.again = time.Time{}
	}
	var gone []index.Pattern
	for id, t := range g.secrets {
		if !t.until.IsZero() && !now.Before(t.until) {
			delete(g.secrets, id)
			gone = append(gone, t.patterns...)
		}
	}
	for id, t := range g.secrets {
		if !g.rooted(id) {
			delete(g.secrets, id)
			gone = append(gone, t.patterns...)
		}
	}
	if len(g.secrets) == 0 {
		g.secrets = nil // maps do not shrink
	}
	g.forgetGone()
	g.matcher.Remove(gone, false)
	g.timer = nil
	g.schedule()
}

// forget is retire without a grace time.
func (g *registry) forget(p *payload) {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := p.asRoot().identity()
	t, ok := g.secrets[id]
	if !ok {
		return
	}
	delete(g.secrets, id)
	gone := t.patterns
	for id, t := range g.secrets {
		if id.root != nil && !g.rooted(id) {
			delete(g.secrets, id)
			gone = append(gone[:len(gone):len(gone)], t.patterns...)
		}
	}
	g.matcher.Remove(gone, false)
	g.forgetGone()
}

// drop forgets a derived value.
func (g *registry) drop(p *payload) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t, ok := g.secrets[p.identity()]; ok {
		delete(g.secrets, p.identity())
		g.matcher.Remove(t.patterns, true)
	}
}
