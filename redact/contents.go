package redact

import "math"

// contents tells what long patterns hold in common. It counts every stride-th
// gram of each, so a window whose grams it has few times stands whole in few
// patterns: in at most stride x fewOthers besides its own, and mostly in none. A
// text that is like many patterns is then compared with nearly each only where
// it differs from the others, which keeps the time linear.
type contents struct {
	shape
	level int
	// counts tells how often grams of a hash occur; a power of two.
	counts []uint8
}

// fewOthers is how often a gram of a window may occur elsewhere: a secret and
// what is left of it without the white space around it share nearly all.
const fewOthers = maxEntries - 1

// longPattern is the length in bytes from which comparing takes so long that
// contents pay.
const longPattern = 128

// newContents returns the contents of the long patterns of members, in grams of
// a level of shape s.
func newContents(s shape, level int, members []*member) *contents {
	c := &contents{shape: s, level: level}
	grams := 0
	for _, m := range members {
		if m.need >= longPattern {
			grams += m.need / s.stride
		}
	}
	if grams == 0 {
		return nil
	}
	size := 64
	for size < 4*grams && size < 1<<22 {
		size *= 2
	}
	c.counts = make([]uint8, size)
	for _, m := range members {
		if m.need >= longPattern {
			c.add(m.pattern)
		}
	}
	return c
}

func (c *contents) add(p *pattern) {
	for at := 0; at+c.reach(c.level) <= p.need; at += c.stride {
		if n := c.count(c.hash(p, c.level, at)); *n < math.MaxUint8 {
			*n++
		}
	}
}

func (c *contents) count(h uint64) *uint8 {
	return &c.counts[h*multiplier1>>filterShift&uint64(len(c.counts)-1)]
}

// own reports whether the gram with hash h at the offset at of one of the
// patterns stands in few other places.
func (c *contents) own(h uint64, at int) bool {
	n := *c.count(h)
	if at%c.stride == 0 {
		n--
	}
	return n <= fewOthers
}
