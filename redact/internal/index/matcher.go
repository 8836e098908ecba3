package index

import (
	"sync"
	"sync/atomic"
)

// Matcher finds all occurrences of all its patterns. Reading takes no lock; one
// writer at a time adds and removes. The zero Matcher is empty, and takes no
// memory for an index before it is first asked: a tenant whose texts nobody
// redacts costs little.
type Matcher struct {
	index atomic.Pointer[index]

	mu sync.Mutex
	patternSet
	// removed counts what the index still has an id for.
	removed int
}

// index is where readers look. It grows in place as far as it has room, and is
// then replaced by a larger one.
type index struct {
	tiers [len(shapes)]*tier
	words atomic.Pointer[wordSet]
	// prefixes is nil until a stream asks: who has no streams does without.
	prefixes atomic.Pointer[prefixes]
}

// Scan adds to s, which is nil at first, what known patterns cover of text, and returns
// it: nil if that is nothing. e tells what stands around text. The time is linear in
// the length of text, whatever the patterns are. Any number of goroutines may call it.
func (m *Matcher) Scan(s *Scan, text []byte, e *Edge) *Scan {
	ix := m.index.Load()
	if ix == nil {
		if ix = m.build(); ix == nil {
			return s
		}
	}
	if e.Apart || e.Broken {
		s = s.started()
		s.apart, s.broken = e.Apart, e.Broken
	}
	from := 0
	if len(text) >= block+width {
		s, from = ix.scanBlocks(s, text, e)
	}
	for _, t := range &ix.tiers {
		if t != nil {
			s = t.scan(s, text, from)
		}
	}
	if w := ix.words.Load(); w != nil && !e.Broken {
		s = w.scan(s, text, e)
	}
	if s != nil {
		s.rest()
	}
	return s
}

// scanBlocks adds to s what the tiers find in blocks of text, and returns it with where
// the last one ends.
func (ix *index) scanBlocks(s *Scan, text []byte, e *Edge) (_ *Scan, from int) {
	for ; from+block+width <= len(text); from += block {
		for _, t := range ix.tiers {
			if t != nil {
				s = t.scanBlock(s, text, from)
			}
		}
		if e.Read != nil {
			e.Read(from + block)
		}
	}
	return s, from
}

// Hold returns where the longest tail of text begins that may become a match
// with what follows, or len(text) if none can. before is the byte before text, 0
// if there is none. A tail may be held that becomes no match; one that does is
// always held whole. Any number of goroutines may call it.
func (m *Matcher) Hold(text []byte, before byte) int {
	ix := m.index.Load()
	if ix == nil {
		return len(text)
	}
	x := ix.prefixes.Load()
	if x == nil {
		ix, x = m.buildPrefixes()
	}
	cut := x.hold(text)
	if w := ix.words.Load(); w != nil {
		cut = min(cut, w.hold(text, before))
	}
	return cut
}

// Add makes patterns known: every call of Spans that starts after Add returns
// finds them. Patterns that are known already are counted. It keeps patterns,
// which must not change any more.
func (m *Matcher) Add(patterns []Pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := len(m.members)
	for i := range patterns {
		m.patternSet.add(&patterns[i])
	}
	fresh := m.membersFrom(old)
	ix := m.index.Load()
	if ix == nil || len(fresh) == 0 {
		return
	}
	// What a failed insert has put into the old index goes with it.
	if !ix.room(fresh) || !m.insert(ix, fresh) {
		m.rebuild(spare)
		return
	}
	switch x := ix.prefixes.Load(); {
	case x == nil:
	case x.room(fresh):
		x.insertAll(fresh)
	default:
		ix.prefixes.Store(newPrefixes(m.membersFrom(0), spare))
	}
}

// Replace is Add of next and Remove of old: what is in both is found at all times, and
// nothing of old is kept.
func (m *Matcher) Replace(old, next []Pattern) {
	m.Add(next)
	m.adopt(next)
	m.Remove(old, false)
}

// adopt makes the matcher hold these patterns in the place of equal ones.
func (m *Matcher) adopt(patterns []Pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := m.index.Load()
	for i := range patterns {
		p := &patterns[i]
		k, _ := m.patternSet.find(p)
		member := &m.members[m.places[k]-1]
		member.Pattern = p
		if tier := tierFor(p); ix != nil && member.id >= 0 && tier != words {
			ix.tiers[tier].patterns[member.id].Store(p)
		}
	}
}

// Remove takes back what Add was given, once. A pattern that was added more often
// stays. If lazy is set, some may still be found for a while.
func (m *Matcher) Remove(patterns []Pattern, lazy bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := m.index.Load()
	stale := false
	for i := range patterns {
		member, ok := m.patternSet.remove(&patterns[i])
		if !ok || ix == nil {
			continue
		}
		m.removed++
		if tier := tierFor(member.Pattern); member.id >= 0 && tier != words {
			// The slots stay, and lead to nothing.
			ix.tiers[tier].patterns[member.id].Store(nil)
		} else {
			// Neither an automaton nor a set of words can forget one of many.
			stale = !lazy
		}
	}
	if ix != nil && (stale || len(m.members) == 0 || m.removed > 64+len(m.members)) {
		m.rebuild(0)
	}
}
