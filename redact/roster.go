package redact

import "slices"

// roster is what a matcher knows: a set of patterns, each once however many
// values have it. The zero roster is empty.
type roster struct {
	known []member
	// places holds the numbers of the known plus 1: open addressing by hash, 0 is
	// free.
	places []uint32
}

// member is one pattern of a matcher.
type member struct {
	*pattern
	uses int32 // values that have this pattern
	id   int32 // in the tier; -1 if an automaton looks for it
	// window is the one in the tier if it is of short grams, else -1.
	window int32
}

func (r *roster) home(p *pattern) int {
	return int(p.hash >> 32 * uint64(len(r.places)) >> 32)
}

func (r *roster) after(k int) int {
	if k++; k < len(r.places) {
		return k
	}
	return 0
}

// find returns the place of the pattern, or the free one where it belongs.
func (r *roster) find(p *pattern) (k int, found bool) {
	for k = r.home(p); r.places[k] != 0; k = r.after(k) {
		if r.known[r.places[k]-1].equal(p) {
			return k, true
		}
	}
	return k, false
}

// add counts one use more of p, and reports whether it is the first.
func (r *roster) add(p *pattern) (first bool) {
	if (len(r.known)+1)*4 > len(r.places)*3 {
		r.resize(2*len(r.known) + 16)
	}
	k, found := r.find(p)
	if found {
		r.known[r.places[k]-1].uses++
		return false
	}
	r.known = append(r.known, member{pattern: p, uses: 1, id: -1, window: -1})
	r.places[k] = uint32(len(r.known))
	return true
}

func (r *roster) resize(places int) {
	r.places = make([]uint32, places)
	for i := range r.known {
		k := r.home(r.known[i].pattern)
		for r.places[k] != 0 {
			k = r.after(k)
		}
		r.places[k] = uint32(i + 1)
	}
}

// remove counts one use less of p. If it was the last, it returns the member
// that was.
func (r *roster) remove(p *pattern) (gone member, ok bool) {
	if len(r.known) == 0 {
		return member{}, false
	}
	k, found := r.find(p)
	if !found {
		return member{}, false
	}
	i := int(r.places[k]) - 1
	if r.known[i].uses--; r.known[i].uses > 0 {
		return member{}, false
	}
	gone = r.known[i]
	r.free(k)
	// The last member takes the place of the one that goes.
	last := len(r.known) - 1
	if i != last {
		k, _ := r.find(r.known[last].pattern)
		r.places[k] = uint32(i + 1)
		r.known[i] = r.known[last]
	}
	r.known[last] = member{}
	r.known = r.known[:last]
	return gone, true
}

// free makes a place free, and moves those up that are searched for past it.
func (r *roster) free(k int) {
	n := len(r.places)
	for next := r.after(k); r.places[next] != 0; next = r.after(next) {
		home := r.home(r.known[r.places[next]-1].pattern)
		if (next-home+n)%n >= (next-k+n)%n {
			r.places[k] = r.places[next]
			k = next
		}
	}
	r.places[k] = 0
}

// shrink gives back the memory of what was removed.
func (r *roster) shrink() {
	if r.known = slices.Clip(slices.Clone(r.known)); len(r.known) == 0 {
		*r = roster{}
		return
	}
	r.resize(len(r.known)*4/3 + 16)
}

// from returns the members from number i on, to be changed in place until the
// next add or remove.
func (r *roster) from(i int) []*member {
	out := make([]*member, 0, len(r.known)-i)
	for ; i < len(r.known); i++ {
		out = append(out, &r.known[i])
	}
	return out
}
