package redact

import "sync/atomic"

// A tier indexes the patterns of one range of lengths.
//
// Idea: of each pattern it takes one window of `stride` consecutive grams of
// `width` bytes. Wherever the pattern stands in a text, exactly one gram of the
// window starts at a multiple of stride. So a scan reads only the positions 0,
// stride, 2 stride, ... and looks each gram up: in a bit filter, in a second
// one only if the first says yes, then in a table of (pattern, offset). What
// the table yields is compared in full.
//
// Grams are hashed without the bit that tells upper from lower case, so that
// the hexadecimal digits of an escape need no second entry. The multipliers are
// drawn per process: nobody can make texts or values whose grams collide.
//
// Bound: a gram has at most maxEntries entries, and occurs at most maxEntries
// times in a pattern that is entered under it. A comparison goes outwards from
// the gram, so the stretches that two of them read overlap at most that often
// for each pattern. Patterns that have no such window, such as aaaa..., are
// hard: automata look for them, only around their grams.
//
// One writer adds in place while readers scan: it stores the pattern, then the
// slot, then the filter bits.
type tier struct {
	shape
	mask uint64 // keeps width bytes, without the bit that tells case

	first, second []uint64 // bit filters; powers of two
	slots         []uint64 // open addressing; a power of two
	used          int      // slots in use

	patterns []atomic.Pointer[pattern] // by id; nil where one was removed
	count    int                       // ids given
	hards    atomic.Pointer[[]*hardGram]
	automata atomic.Pointer[[]*automaton]
}

// hardGram says how far around a gram hard patterns may reach.
type hardGram struct{ before, after atomic.Int64 }

const maxEntries = 4

// A slot holds, from the top, 19 bits of the hash, 1 bit that is set for a hard
// gram, 20 bits with the gram's offset in its pattern, and 24 bits with the id
// plus 1 of the pattern or the hard gram.
const (
	slotID     = 1<<24 - 1
	slotOffset = 1<<20 - 1
	slotHard   = 1 << 44
	slotTag    = 45

	maxPatterns = slotID - 1
)

// shape is what tells tiers apart. A tier takes patterns of which at least
// width+stride-1 bytes have to match.
type shape struct{ width, stride int }

func (s shape) shortest() int { return s.width + s.stride - 1 }

// shapes of the tiers, from the longest patterns to the shortest.
var shapes = [...]shape{{6, 10}, {4, 5}, {4, 1}}

// longShapes are those of the first tier as long as it has none of the shorter
// patterns that it is for: then fewer grams need to be looked at.
var longShapes = [...]shape{{8, 16}, {6, 11}}

// longShape returns the shape for a first tier whose shortest pattern has so
// many bytes.
func longShape(shortest int) shape {
	for _, s := range longShapes {
		if shortest >= s.shortest() {
			return s
		}
	}
	return shapes[0]
}

// tierFor returns the tier for a pattern, which has 4 bytes at least.
func tierFor(p *pattern) int {
	for i, s := range shapes {
		if p.need >= s.shortest() {
			return i
		}
	}
	panic("redact: the pattern is too short for an index")
}

func newTier(s shape, patterns int) *tier {
	if patterns == 0 {
		return nil
	}
	grams := patterns * s.stride
	slots := 64
	for slots*6 < grams*10 {
		slots *= 2
	}
	t := &tier{
		shape: s, mask: (1<<(8*s.width) - 1) & 0xdfdfdfdfdfdfdfdf,
		first: newFilter(max(16*grams, min(64*grams, 1<<21))), second: newFilter(8 * grams),
		slots: make([]uint64, slots), patterns: make([]atomic.Pointer[pattern], slots*7/10/s.stride+1),
	}
	t.hards.Store(new([]*hardGram))
	t.automata.Store(new([]*automaton))
	return t
}

// newFilter returns a bit filter of at least so many bits.
func newFilter(bits int) []uint64 {
	words := 16
	for words*64 < bits {
		words *= 2
	}
	return make([]uint64, words)
}

// filterBit returns where a filter of so many words has the bit for h.
func filterBit(filter []uint64, h uint64) (word, bit uint64) {
	h >>= filterShift
	return h >> 6 & uint64(len(filter)-1), h & 63
}

// filterShift drops the bits of a hash that too few of the gram's bytes decide.
const filterShift = 40

func inFilter(filter []uint64, h uint64) bool {
	word, bit := filterBit(filter, h)
	return atomic.LoadUint64(&filter[word])>>bit&1 != 0
}

func setFilter(filter []uint64, h uint64) {
	word, bit := filterBit(filter, h)
	atomic.OrUint64(&filter[word], 1<<bit)
}

// hash2 is the hash for the second filter and the table.
func hash2(gram uint64) uint64 {
	h := gram * multiplier2
	return h ^ h>>32
}

// probe adds to s the matches whose gram is at i.
func (t *tier) probe(s *scan, text []byte, i int) {
	gram := loadPart(text, i) & t.mask
	h := hash2(gram)
	last := uint64(len(t.slots) - 1)
	for k := h & last; ; k = (k + 1) & last {
		slot := atomic.LoadUint64(&t.slots[k])
		if slot == 0 {
			return
		}
		if slot>>slotTag != h>>slotTag {
			continue
		}
		id, offset := slot&slotID-1, int(slot>>24&slotOffset)
		if slot&slotHard != 0 {
			g := (*t.hards.Load())[id]
			s.run(t, text, i-int(g.before.Load()), i+int(g.after.Load()))
			continue
		}
		if p := t.patterns[id].Load(); p != nil {
			if n := p.at(text, i-offset, offset); n > 0 {
				s.found(i-offset, i-offset+n)
			}
		}
	}
}

// room reports whether so many patterns more fit.
func (t *tier) room(patterns int) bool {
	return t != nil && t.count+patterns <= len(t.patterns) && (t.used+patterns*t.stride)*10 <= len(t.slots)*7
}

// insert makes the tier find p. It returns p's id, or -1 if p is hard and has
// to be given to an automaton.
func (t *tier) insert(p *pattern, w *windows) int {
	at, hard := w.choose(t, p)
	if hard || t.count == maxPatterns {
		for j := range t.stride {
			t.enterHard(w.grams[at+j], at+j, len(p.text)-at-j)
		}
		return -1
	}
	id := t.count
	t.count++
	t.patterns[id].Store(p)
	for j := range t.stride {
		t.enter(w.grams[at+j], uint64(at+j)<<24|uint64(id+1))
	}
	return id
}

// enter stores a slot for gram, and then lets the filters pass it.
func (t *tier) enter(gram, slot uint64) {
	h := hash2(gram)
	last := uint64(len(t.slots) - 1)
	k := h & last
	for t.slots[k] != 0 {
		k = (k + 1) & last
	}
	t.used++
	atomic.StoreUint64(&t.slots[k], h>>slotTag<<slotTag|slot)
	setFilter(t.second, h*multiplier1)
	setFilter(t.first, gram*multiplier1)
}

// enterHard makes automata run from before bytes before the gram to after
// bytes after its start.
func (t *tier) enterHard(gram uint64, before, after int) {
	var g *hardGram
	t.each(gram, func(slot uint64) {
		if slot&slotHard != 0 {
			g = (*t.hards.Load())[slot&slotID-1]
		}
	})
	if g == nil {
		g = new(hardGram)
		g.before.Store(int64(before))
		g.after.Store(int64(after))
		hards := append(*t.hards.Load(), g)
		t.hards.Store(&hards)
		t.enter(gram, slotHard|uint64(len(hards)))
		return
	}
	g.before.Store(max(g.before.Load(), int64(before)))
	g.after.Store(max(g.after.Load(), int64(after)))
}

// each calls visit for the slots that gram may have.
func (t *tier) each(gram uint64, visit func(slot uint64)) {
	h := hash2(gram)
	last := uint64(len(t.slots) - 1)
	for k := h & last; t.slots[k] != 0; k = (k + 1) & last {
		if t.slots[k]>>slotTag == h>>slotTag {
			visit(t.slots[k])
		}
	}
}

// entries returns how many slots gram may have.
func (t *tier) entries(gram uint64) int {
	if !inFilter(t.first, gram*multiplier1) {
		return 0
	}
	n := 0
	t.each(gram, func(slot uint64) {
		if slot&slotHard == 0 {
			n++
		}
	})
	return n
}
