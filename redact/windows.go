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
	// seen and twice have bits for the grams that occur, and may occur more
	// than once, in the pattern.
	seen, twice []uint64
}

// choose returns the offset of the window to enter p under, and whether p is
// hard. It prefers grams that no other pattern is entered under and that occur
// once in p, and it begins to look in the middle: past prefixes that many
// values share, such as those of JWT and PEM.
func (w *windows) choose(t *tier, p *pattern) (at int, hard bool) {
	// Offsets have to fit into a slot.
	n := min(p.need-t.width+1, slotOffset)
	w.grams = w.grams[:0]
	for i := range n {
		w.grams = append(w.grams, loadPart(p.text[:p.need], i)&t.mask)
	}
	w.mark()
	single := func(gram uint64) bool {
		return !inFilter(w.twice, gram*multiplier1) && t.entries(gram) == 0
	}
	middle := (n - t.stride) / 2
	for _, from := range [...]int{middle, 0} {
		if at, ok := w.find(t, from, single); ok {
			return at, false
		}
	}
	count := make(map[uint64]int)
	for _, gram := range w.grams {
		count[gram]++
	}
	at, ok := w.find(t, 0, func(gram uint64) bool {
		return count[gram] <= maxEntries && t.entries(gram)+count[gram] <= maxEntries
	})
	return at, !ok
}

// mark fills seen and twice.
func (w *windows) mark() {
	words := 8
	for words*8 < len(w.grams) {
		words *= 2
	}
	if len(w.seen) != words {
		w.seen, w.twice = make([]uint64, words), make([]uint64, words)
	}
	clear(w.seen)
	clear(w.twice)
	for _, gram := range w.grams {
		word, bit := filterBit(w.seen, gram*multiplier1)
		w.twice[word] |= w.seen[word] & (1 << bit)
		w.seen[word] |= 1 << bit
	}
}

// find returns the first window from from on of which every gram is good.
func (w *windows) find(t *tier, from int, good func(gram uint64) bool) (at int, ok bool) {
	run := 0
	for i := from; i < len(w.grams); i++ {
		if !good(w.grams[i]) {
			run = 0
		} else if run++; run == t.stride {
			return i - t.stride + 1, true
		}
	}
	return 0, false
}
