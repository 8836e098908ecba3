package redact

import "math/rand/v2"

// The multipliers of the hashes, drawn per process; see [tier].
var (
	multiplier1 = rand.Uint64() | 1
	multiplier2 = rand.Uint64() | 1
)

// windows chooses the window of a pattern. It is scratch space of the writer.
type windows struct {
	grams []uint64
	// seen :: a gram of this pattern -> how often it occurs in it
	seen map[uint64]int
}

// choose returns the offset of the window to enter p under, and whether p is
// hard. It prefers grams that no other pattern is entered under and that occur
// once in p, and it begins to look in the middle: past prefixes that many
// values share, such as those of JWT and PEM.
func (w *windows) choose(t *tier, p *pattern) (at int, hard bool) {
	// Offsets have to fit into a slot.
	n := min(p.need-t.width+1, slotOffset)
	w.grams = w.grams[:0]
	if w.seen == nil {
		w.seen = make(map[uint64]int)
	}
	clear(w.seen)
	for i := range n {
		gram := loadPart(p.text[:p.need], i) & t.mask
		w.grams = append(w.grams, gram)
		w.seen[gram]++
	}
	middle := (n - t.stride) / 2
	for _, limit := range [...]int{1, maxEntries} {
		for _, from := range [...]int{middle, 0} {
			if at, ok := w.run(t, from, limit); ok {
				return at, false
			}
		}
	}
	return 0, true
}

// run returns the first window from from on in which each gram occurs at most
// limit times in the pattern and has, with this pattern, at most limit entries.
func (w *windows) run(t *tier, from, limit int) (at int, ok bool) {
	good := 0
	for i := from; i < len(w.grams); i++ {
		n := w.seen[w.grams[i]]
		if n > limit || t.entries(w.grams[i])+n > limit {
			good = 0
			continue
		}
		if good++; good == t.stride {
			return i - t.stride + 1, true
		}
	}
	return 0, false
}
