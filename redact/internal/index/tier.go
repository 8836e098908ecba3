package index

import "sync/atomic"

// A tier indexes the patterns of one range of lengths.
//
// Idea: of each pattern it takes one window of `stride` consecutive grams of
// `width` bytes. Wherever the pattern stands in a text, exactly one gram of the
// window starts at a multiple of stride. So a scan reads only the positions 0,
// stride, 2 stride, ... and looks each gram up: in a bit filter, in a second
// one only if the first says yes, then in a table of (pattern, offset). What
// the table yields is compared in full. Where a text is long, lanes.go reads it
// in eight places at once.
//
// Grams are hashed without the bit that tells upper from lower case, so that
// the hexadecimal digits of an escape need no second entry. The multipliers are
// drawn per process: nobody can make texts or values whose grams collide.
//
// Bound: a gram has at most maxEntries entries, and occurs at most maxEntries
// times in a pattern that is entered under it. A comparison goes outwards from
// the gram, and the window of a long pattern stands in no other where there is
// such a window, be it one of wide grams: so a comparison ends where the text
// differs from its pattern, and does not read over the windows of others.
// Patterns that have no window, such as aaaa..., are hard: automata look for
// them, only around their grams.
//
// One writer adds in place while readers scan: it stores the pattern, then the
// slot, then the filter bits.
type tier struct {
	shape
	number        int // of the tiers of its index
	first, second pairFilter
	table         table
	access        access
	hashes        []uint64 // used again by [windows]
	// window are the grams that insert is at; touched keeps the compiler from leaving
	// out the reads that go before its writes.
	window  [maxStride]uint64
	touched uint64
	// counts :: level -> those of the patterns that have no window on the
	// levels before, or nil
	counts [len(wideGrams)]*gramCounts

	patterns []atomic.Pointer[Pattern] // by id; nil where one was removed
	windows  []uint32                  // by id: the offset of the window
	count    int                       // ids given
	hards    atomic.Pointer[[]*hardGram]
	automata atomic.Pointer[[]*automaton]
}

// hardGram says how far around a gram hard patterns may reach.
type hardGram struct{ before, after atomic.Int64 }

const maxEntries = 4

// shape is what tells tiers apart. A tier takes patterns of which at least
// width+stride-1 bytes have to match.
type shape struct {
	width, stride int
	mask          uint64 // keeps width bytes of 8, folded
}

func newShape(width, stride int) shape {
	return shape{width, stride, foldMask >> (64 - 8*width)}
}

func (s shape) shortest() int { return s.width + s.stride - 1 }

// maxStride is the longest stride of a shape.
const maxStride = 16

// shapes of the tiers, from the longest patterns to the shortest.
var shapes = [...]shape{newShape(6, 10), newShape(4, 5), newShape(4, 1)}

// longShapes are those of the first tier as long as it has none of the shorter
// patterns that it is for: then fewer grams need to be looked at.
var longShapes = [...]shape{newShape(8, 16), newShape(6, 11)}

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

// words stands for the tier of values that match as whole words only.
const words = len(shapes)

// tierFor returns the tier for a pattern.
func tierFor(p *Pattern) int {
	if p.size() <= longestWord {
		return words
	}
	for i, s := range shapes {
		if p.size() >= s.shortest() {
			return i
		}
	}
	panic("index: the pattern is too short for an index")
}

// newTier returns the tier of a number with room for so many patterns.
func newTier(number int, s shape, patterns int) *tier {
	grams := patterns * s.stride
	t := &tier{
		shape: s, number: number,
		first: newFilter(max(12*grams, min(32*grams, 1<<21))), second: newFilter(8 * grams), table: newTable(grams),
		patterns: make([]atomic.Pointer[Pattern], patterns), windows: make([]uint32, patterns),
	}
	t.hards.Store(new([]*hardGram))
	t.automata.Store(new([]*automaton))
	return t
}

// foldMask keeps all but the bit that tells upper from lower case.
const foldMask uint64 = 0xdfdfdfdfdfdfdfdf

// gramWidth is the length of the grams of a level.
func (s shape) gramWidth(level int) int {
	if level == 0 {
		return s.width
	}
	return wideGrams[level]
}

// hash returns that of a pattern's gram.
func (s shape) hash(p *Pattern, level, at int) uint64 {
	if level == 0 {
		return s.hashShort(p, at)
	}
	return wideHash(p.text[at : at+wideGrams[level]])
}

// hashShort is hash for level 0.
func (s shape) hashShort(p *Pattern, at int) uint64 {
	return hash2(loadPart(p.text, at) & s.mask)
}

// probe adds to s the matches whose gram is at i, and returns it.
func (t *tier) probe(s *Scan, text []byte, i int) *Scan {
	return t.lookup(s, text, i, 0, hash2(loadPart(text, i)&t.mask))
}

// lookup is probe for the gram of a level, which has hash h.
func (t *tier) lookup(s *Scan, text []byte, i, level int, h uint64) *Scan {
	before, after := -1, -1 // how far hard patterns reach
	for raw, k := t.table.at(t.table.home(h)); raw != 0; raw, k = t.table.at(k) {
		if !tagged(raw, h) {
			continue
		}
		switch e := slot(raw); {
		case !e.special():
			s = t.compare(s, text, i-e.gram(), e)
		case level > 0: // of a short gram, which this is not
		case e.gram() == 0:
			g := (*t.hards.Load())[e.id()]
			before, after = max(before, int(g.before.Load())), max(after, int(g.after.Load()))
		case i+t.gramWidth(e.gram()) <= len(text):
			wide := wideHash(text[i : i+t.gramWidth(e.gram())])
			if t.second.has(wide) {
				s = t.lookup(s, text, i, e.gram(), wide)
			}
		}
	}
	if before >= 0 {
		// Once, from the earliest start: an automaton does not go back. What is
		// met further on starts further on, as it is entered under its first
		// grams.
		s = s.run(t, text, i-before, i+after)
	}
	return s
}

// compare adds to s the match of e's pattern whose window is at window in text.
func (t *tier) compare(s *Scan, text []byte, window int, e slot) *Scan {
	p := t.patterns[e.id()].Load()
	if p == nil || !p.broken && s != nil && s.broken {
		return s
	}
	offset := int(t.windows[e.id()])
	start := window - offset
	// What is covered already is not compared again for each of its grams.
	if p.tag == nil && s.covers(start, start+len(p.text)) {
		return s
	}
	if from, to, ok := p.at(text, start, offset+e.gram()); ok {
		s = s.foundPattern(p, from, to)
	}
	return s
}
