package index

import "math"

// gramCounts tells what the long patterns of a tier hold in common. It counts
// every stride-th gram of each, so a window whose grams it has few times stands
// whole in few patterns: in at most stride x fewOthers besides its own, and
// mostly in none. A text that is like many patterns is then compared with nearly
// each only where it differs from the others, which keeps the time linear. It is
// for the one writer, and knows what was entered before as well: values may come
// one by one.
type gramCounts struct {
	shape
	level int
	// counts tells how often grams of a hash occur; a power of two.
	counts []uint8
	used   int // counts that are not 0
}

// fewOthers is how often a gram of a window may occur elsewhere: a secret and
// what is left of it without the white space around it share nearly all.
const fewOthers = maxEntries - 1

// longPattern is the length in bytes from which comparing takes so long that
// counting pays.
const longPattern = 128

// newGramCounts returns the counts of the long patterns of members, in grams of
// a level of shape s, with room for as much again. It returns nil if there
// are none.
func newGramCounts(s shape, level int, members []*member) *gramCounts {
	c := &gramCounts{shape: s, level: level}
	grams := 0
	for _, m := range members {
		if m.size() >= longPattern {
			grams += m.end() / s.stride
		}
	}
	if grams == 0 {
		return nil
	}
	size := 256
	for size < 2*grams {
		size *= 2
	}
	c.counts = make([]uint8, size)
	c.addAll(members)
	return c
}

// addAll adds the long patterns of members. It returns false if the counts are
// so many that those of different grams would be taken for one.
func (c *gramCounts) addAll(members []*member) bool {
	for _, m := range members {
		if m.size() >= longPattern {
			c.add(m.Pattern)
		}
	}
	return 4*c.used <= 3*len(c.counts)
}

func (c *gramCounts) add(p *Pattern) {
	for at := 0; at+c.gramWidth(c.level) <= p.end(); at += c.stride {
		switch n := c.count(c.hash(p, c.level, at)); *n {
		case math.MaxUint8:
		case 0:
			c.used++
			fallthrough
		default:
			*n++
		}
	}
}

func (c *gramCounts) count(h uint64) *uint8 {
	return &c.counts[h*multiplier1>>filterShift&uint64(len(c.counts)-1)]
}

// rare reports whether the gram with hash h at the offset at of one of the
// patterns stands in few other places.
func (c *gramCounts) rare(h uint64, at int) bool {
	n := *c.count(h)
	if at%c.stride == 0 {
		n--
	}
	return n <= fewOthers
}
