package redact

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// matcher finds all occurrences of all its patterns. Reading takes no lock; one
// writer at a time adds and removes. The zero matcher is empty, and takes no
// memory for an index before it is first asked: a tenant whose texts nobody
// redacts costs little.
type matcher struct {
	index atomic.Pointer[index]

	mu sync.Mutex
	roster
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

// span is a stretch of text to mask, from its first byte to behind its last.
type span struct{ from, to int }

// edge tells what stands around a text that is one piece of a stream.
type edge struct {
	before byte // last byte before the text; 0 if there is none
	open   bool // more text may follow
}

// scan collects what is found in one text. It does not hold the text, which so
// stays on the stack of whoever has it there.
type scan struct {
	spans      []span
	passes     []pass
	candidates candidates
}

var scans = sync.Pool{New: func() any { return new(scan) }}

// started returns s, or a scan to begin with if s is nil: most texts need none.
func (s *scan) started() *scan {
	if s == nil {
		s = scans.Get().(*scan)
	}
	return s
}

// maxReused is how many bytes are kept to use them again: one large text must not
// take memory for good.
const maxReused = 1 << 20

// reusable returns list emptied, or nil if it has become too large to keep.
func reusable[T any](list []T) []T {
	var one T
	if uintptr(cap(list))*unsafe.Sizeof(one) > maxReused {
		return nil
	}
	return list[:0]
}

// found adds a match, and returns the scan that has it. Matches come nearly in
// order, so most of those that touch are joined here.
func (s *scan) found(from, to int) *scan {
	s = s.started()
	if n := len(s.spans); n > 0 {
		if last := &s.spans[n-1]; from <= last.to && last.from <= to {
			last.from, last.to = min(from, last.from), max(to, last.to)
			return s
		}
	}
	s.spans = append(s.spans, span{from, to})
	return s
}

// covers reports whether all of a stretch is in a match already.
func (s *scan) covers(from, to int) bool {
	if s == nil || len(s.spans) == 0 {
		return false
	}
	last := s.spans[len(s.spans)-1]
	return last.from <= from && to <= last.to
}

// spans appends the stretches of text that known values cover, in order,
// joined where they overlap or touch.
func (m *matcher) spans(dst []span, text []byte, e edge) []span {
	ix := m.index.Load()
	if ix == nil {
		if ix = m.build(); ix == nil {
			return dst
		}
	}
	var s *scan
	for _, t := range ix.tiers {
		if t == nil {
			continue
		}
		if s = t.scan(s, text); s != nil {
			clear(s.passes) // what is removed must not live on in a pool
			s.passes = s.passes[:0]
		}
	}
	if w := ix.words.Load(); w != nil {
		s = w.scan(s, text, e)
	}
	if s != nil {
		dst = append(dst, join(s.spans)...)
		s.spans = reusable(s.spans)
		scans.Put(s)
	}
	return dst
}

// hold returns where the longest tail of text begins that may become a match
// with what follows. before is the byte before text.
func (m *matcher) hold(text []byte, before byte) int {
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

func join(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// build makes the first index, or returns nil if there is nothing to find.
func (m *matcher) build() *index {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.index.Load() == nil && len(m.known) > 0 {
		m.rebuild(0)
	}
	return m.index.Load()
}

// buildPrefixes makes the prefixes of the index.
func (m *matcher) buildPrefixes() (*index, *prefixes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := m.index.Load()
	if ix == nil { // all was removed meanwhile
		ix = new(index)
	}
	x := ix.prefixes.Load()
	if x == nil {
		x = newPrefixes(m.from(0), 0)
		ix.prefixes.Store(x)
	}
	return ix, x
}

// add makes patterns known.
func (m *matcher) add(patterns []pattern) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := len(m.known)
	for i := range patterns {
		m.roster.add(&patterns[i])
	}
	fresh := m.from(old)
	ix := m.index.Load()
	if ix == nil || len(fresh) == 0 {
		return
	}
	if !ix.room(fresh) || !m.enter(ix, fresh) {
		m.rebuild(spare)
		return
	}
	switch x := ix.prefixes.Load(); {
	case x == nil:
	case x.room(fresh):
		x.insertAll(fresh)
	default:
		ix.prefixes.Store(newPrefixes(m.from(0), spare))
	}
}

// remove takes back what add was given. If lazy is set, some may still be found
// for a while.
func (m *matcher) remove(patterns []pattern, lazy bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := m.index.Load()
	stale := false
	for i := range patterns {
		member, ok := m.roster.remove(&patterns[i])
		if !ok || ix == nil {
			continue
		}
		m.removed++
		if tier := tierFor(member.pattern); member.id >= 0 && tier != words {
			ix.tiers[tier].patterns[member.id].Store(nil)
		} else {
			stale = !lazy
		}
	}
	if ix != nil && (stale || len(m.known) == 0 || m.removed > 64+len(m.known)) {
		m.rebuild(0)
	}
}

// spare is for how many times as much again an index has room that grows.
const spare = 2

// rebuild replaces the index by one that holds what is known, with room for
// growth times as much again.
func (m *matcher) rebuild(growth int) {
	m.removed = 0
	if growth == 0 {
		m.shrink()
	}
	if len(m.known) == 0 {
		m.index.Store(nil)
		return
	}
	members := m.from(0)
	// Longest first: what is short finds windows harder, but is compared
	// faster.
	slices.SortFunc(members, func(a, b *member) int { return len(b.text) - len(a.text) })
	need := measure(members)
	ix := new(index)
	shapes := shapes
	shapes[0] = longShape(need.shortest)
	m.forgetWindows(members, shapes)
	for room := need.tiers; !m.enter(ix, members); {
		for i, s := range shapes {
			if ix.tiers[i] = nil; room[i] > 0 {
				ix.tiers[i] = newTier(s, room[i]*(1+growth))
			}
			room[i] *= 2
		}
	}
	for _, t := range ix.tiers {
		if t != nil {
			t.access = shared
		}
	}
	if old := m.index.Load(); old != nil && old.prefixes.Load() != nil {
		ix.prefixes.Store(newPrefixes(members, growth))
	}
	m.index.Store(ix)
}

// forgetWindows makes members choose a window that are in no tier, or in one of
// another shape than they come to.
func (m *matcher) forgetWindows(members []*member, shapes [len(shapes)]shape) {
	old := m.index.Load()
	for _, member := range members {
		if tier := tierFor(member.pattern); tier != words && (old == nil || old.tiers[tier] == nil || old.tiers[tier].shape != shapes[tier]) {
			member.window = -1
		}
	}
}

// needs is what members take of an index.
type needs struct {
	tiers    [words + 1]int // patterns
	shortest int            // bytes that match of a pattern of the first tier
}

func measure(members []*member) needs {
	n := needs{shortest: math.MaxInt}
	for _, m := range members {
		tier := tierFor(m.pattern)
		n.tiers[tier]++
		if tier == 0 {
			n.shortest = min(n.shortest, m.need)
		}
	}
	return n
}

// room reports whether the index can take members in place.
func (ix *index) room(members []*member) bool {
	need := measure(members)
	for i, t := range ix.tiers {
		if need.tiers[i] > 0 && !t.room(need.tiers[i]) {
			return false
		}
	}
	first := ix.tiers[0]
	return first == nil || need.shortest >= first.shortest()
}

// enter puts members into the tiers of an index. It returns false if there is
// no room.
func (m *matcher) enter(ix *index, members []*member) bool {
	var byTier [words + 1][]*member
	for _, member := range members {
		tier := tierFor(member.pattern)
		byTier[tier] = append(byTier[tier], member)
	}
	for i, t := range ix.tiers {
		if len(byTier[i]) > 0 && (t == nil || !t.enterAll(byTier[i])) {
			return false
		}
	}
	if short := byTier[words]; len(short) > 0 {
		ix.words.Store(ix.words.Load().with(short))
	}
	return true
}
