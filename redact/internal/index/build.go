package index

import (
	"math"
	"slices"
)

// build makes the first index, or returns nil if there is nothing to find.
func (m *Matcher) build() *index {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.index.Load() == nil && len(m.members) > 0 {
		m.rebuild(0)
	}
	return m.index.Load()
}

// buildPrefixes makes the prefixes of the index.
func (m *Matcher) buildPrefixes() (*index, *prefixes) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ix := m.index.Load()
	if ix == nil { // all was removed meanwhile
		ix = new(index)
	}
	x := ix.prefixes.Load()
	if x == nil {
		x = newPrefixes(m.membersFrom(0), 0)
		ix.prefixes.Store(x)
	}
	return ix, x
}

// spare is for how many times as much again an index has room that grows.
const spare = 2

// rebuild replaces the index by one that holds what is known, with room for
// growth times as much again.
func (m *Matcher) rebuild(growth int) {
	m.removed = 0
	if growth == 0 {
		m.shrink()
	}
	if len(m.members) == 0 {
		m.index.Store(nil)
		return
	}
	members := m.membersFrom(0)
	// Longest first: what is short finds windows harder, but is compared
	// faster.
	slices.SortFunc(members, func(a, b *member) int { return len(b.text) - len(a.text) })
	need := measure(members)
	ix := new(index)
	shapes := shapes
	shapes[0] = longShape(need.shortest)
	m.forgetWindows(members, shapes)
	// A tier is full by its patterns, its slots or its counts, and how many slots
	// hard patterns and wide grams take shows only when they are inserted. Twice
	// the room until all fit: the work of the failed rounds is at most as much again.
	for room := need.tiers; !m.insert(ix, members); {
		for i, s := range shapes {
			if ix.tiers[i] = nil; room[i] > 0 {
				ix.tiers[i] = newTier(i, s, room[i]*(1+growth))
			}
			room[i] *= 2
		}
	}
	for _, t := range ix.tiers {
		if t != nil {
			t.access = shared // readers come with the store below
		}
	}
	if old := m.index.Load(); old != nil && old.prefixes.Load() != nil {
		ix.prefixes.Store(newPrefixes(members, growth))
	}
	m.index.Store(ix)
}

// forgetWindows makes members choose a window that are in no tier, or in one of
// another shape than they come to.
func (m *Matcher) forgetWindows(members []*member, shapes [len(shapes)]shape) {
	old := m.index.Load()
	for _, member := range members {
		if tier := tierFor(member.Pattern); tier != words && (old == nil || old.tiers[tier] == nil || old.tiers[tier].shape != shapes[tier]) {
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
		tier := tierFor(m.Pattern)
		n.tiers[tier]++
		if tier == 0 {
			n.shortest = min(n.shortest, m.size())
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
	// A first tier of a longer window cannot take a pattern that is shorter.
	first := ix.tiers[0]
	return first == nil || need.shortest >= first.shortest()
}

// insert puts members into the tiers of an index. It returns false if there is
// no room.
func (m *Matcher) insert(ix *index, members []*member) bool {
	var byTier [words + 1][]*member
	for _, member := range members {
		tier := tierFor(member.Pattern)
		byTier[tier] = append(byTier[tier], member)
	}
	for i, t := range ix.tiers {
		if len(byTier[i]) > 0 && (t == nil || !t.insertAll(byTier[i])) {
			return false
		}
	}
	if short := byTier[words]; len(short) > 0 {
		ix.words.Store(ix.words.Load().with(short))
	}
	return true
}
