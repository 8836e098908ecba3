package redact

// contents tells what long patterns hold in common. It has every stride-th gram
// of each, so a window whose grams it does not have (but for the one that is of
// the pattern itself) stands whole in no other pattern, and only once in its
// own. A text that is like many patterns is then compared with each only where
// it differs from the others, which keeps the time linear.
type contents struct {
	shape
	level int
	// counts has two bits for each hash: whether a gram occurs, and whether it
	// may occur more than once.
	counts []uint64
}

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
	c.counts = newFilter(min(32*grams, 1<<25))
	for _, m := range members {
		if m.need >= longPattern {
			c.add(m.pattern)
		}
	}
	return c
}

func (c *contents) add(p *pattern) {
	for at := 0; at+c.reach(c.level) <= p.need; at += c.stride {
		word, bit := c.place(c.hash(p, c.level, at))
		seen := c.counts[word] >> bit & 1
		c.counts[word] |= (1 | seen<<1) << bit
	}
}

func (c *contents) place(h uint64) (word, bit uint64) {
	word, bit = filterBit(c.counts, h*multiplier1)
	return word, bit &^ 1
}

// own reports whether the gram with hash h at the offset at of one of the
// patterns stands nowhere else.
func (c *contents) own(h uint64, at int) bool {
	word, bit := c.place(h)
	if at%c.stride == 0 {
		bit++
	}
	return c.counts[word]>>bit&1 == 0
}
