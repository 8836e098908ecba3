package index

import "slices"

// patternSet is what a matcher knows: a set of patterns, each once however many
// values have it. The zero patternSet is empty.
type patternSet struct {
	members []member
	// places holds the numbers of the members plus 1: open addressing by hash, 0 is
	// free.
	places []uint32
}

// member is one pattern of a matcher.
type member struct {
	*Pattern
	uses int32 // values that have this pattern
	id   int32 // in the tier; -1 if an automaton looks for it
	// window is the one in the tier if it is of short grams, else -1.
	window int32
}

func (r *patternSet) home(p *Pattern) int {
	return int(p.hash >> 32 * uint64(len(r.places)) >> 32)
}

func (r *patternSet) after(k int) int {
	if k++; k < len(r.places) {
		return k
	}
	return 0
}

// find returns the place of the pattern, or the free one where it belongs.
func (r *patternSet) find(p *Pattern) (k int, found bool) {
	for k = r.home(p); r.places[k] != 0; k = r.after(k) {
		if r.members[r.places[k]-1].equal(p) {
			return k, true
		}
	}
	return k, false
}

// add counts one use more of p, and reports whether it is the first.
func (r *patternSet) add(p *Pattern) (first bool) {
	if (len(r.members)+1)*4 > len(r.places)*3 {
		r.resize(2*len(r.members) + 16)
	}
	k, found := r.find(p)
	if found {
		r.members[r.places[k]-1].uses++
		return false
	}
	r.members = append(r.members, member{Pattern: p, uses: 1, id: -1, window: -1})
	r.places[k] = uint32(len(r.members))
	return true
}

func (r *patternSet) resize(places int) {
	r.places = make([]uint32, places)
	for i := range r.members {
		k := r.home(r.members[i].Pattern)
		for r.places[k] != 0 {
			k = r.after(k)
		}
		r.places[k] = uint32(i + 1)
	}
}

// remove counts one use less of p. If it was the last, it returns the member
// that was.
func (r *patternSet) remove(p *Pattern) (gone member, ok bool) {
	if len(r.members) == 0 {
		return member{}, false
	}
	k, found := r.find(p)
	if !found {
		return member{}, false
	}
	i := int(r.places[k]) - 1
	if r.members[i].uses--; r.members[i].uses > 0 {
		return member{}, false
	}
	gone = r.members[i]
	r.free(k)
	// The last member takes the place of the one that goes.
	last := len(r.members) - 1
	if i != last {
		k, _ := r.find(r.members[last].Pattern)
		r.places[k] = uint32(i + 1)
		r.members[i] = r.members[last]
	}
	r.members[last] = member{}
	r.members = r.members[:last]
	return gone, true
}

// free makes a place free, and moves those up that are searched for past it.
func (r *patternSet) free(k int) {
	n := len(r.places)
	for next := r.after(k); r.places[next] != 0; next = r.after(next) {
		home := r.home(r.members[r.places[next]-1].Pattern)
		if (next-home+n)%n >= (next-k+n)%n {
			r.places[k] = r.places[next]
			k = next
		}
	}
	r.places[k] = 0
}

// shrink gives back the memory of what was removed.
func (r *patternSet) shrink() {
	if r.members = slices.Clip(slices.Clone(r.members)); len(r.members) == 0 {
		*r = patternSet{}
		return
	}
	r.resize(len(r.members)*4/3 + 16)
}

// membersFrom returns the members from number i on, to be changed in place until the
// next add or remove.
func (r *patternSet) membersFrom(i int) []*member {
	out := make([]*member, 0, len(r.members)-i)
	for ; i < len(r.members); i++ {
		out = append(out, &r.members[i])
	}
	return out
}
