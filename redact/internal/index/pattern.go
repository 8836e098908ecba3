package index

import (
	"bytes"
	"encoding/binary"
)

// Pattern is one text to look for, made by [Spelling.Pattern]. It is immutable,
// and shared by all matchers that know it. A matcher that is given the zero
// Pattern panics when it is asked.
type Pattern struct {
	// text is what matches, at least its first need bytes and then as many
	// more as agree: the end of a base64 text is there or not.
	text []byte
	need int
	// fold has bit i set where text[i] is a hexadecimal digit whose case does
	// not matter, as in %2F and \u00e9; it is stored in lower case. It is nil
	// where there is none.
	fold []uint64
	hash uint64 // of all the above
}

// equal reports whether two patterns match the same.
func (p *Pattern) equal(q *Pattern) bool {
	return p.hash == q.hash && p.need == q.need && (p.fold == nil) == (q.fold == nil) && bytes.Equal(p.text, q.text)
}

func (p *Pattern) folded(i int) bool { return p.fold != nil && p.fold[i/64]>>(i%64)&1 != 0 }

// at reports how many bytes of text the pattern covers if it starts at start,
// or 0 if it does not match there. It compares outwards from the pattern's byte
// middle, so that it reads no further than the two agree around it: the bound on
// time rests on this.
func (p *Pattern) at(text []byte, start, middle int) int {
	if start < 0 || start+p.need > len(text) {
		return 0
	}
	if p.need >= 8 && !p.endsAgree(text[start:start+p.need]) {
		return 0
	}
	end := p.agreeUp(text[start:], middle)
	if end < p.need || !p.agreeDown(text[start:], middle) {
		return 0
	}
	return end
}

// endsAgree reports whether text may be the pattern by its ends: the last 8
// bytes, and of a long one the first and the last 16. Long patterns that differ
// from others nearer to an end than a stride have no window of their own.
func (p *Pattern) endsAgree(text []byte) bool {
	mask := ^uint64(0)
	if p.fold != nil {
		mask = foldMask
	}
	n := p.need
	differ := load(text[n-8:]) ^ load(p.text[n-8:])
	if n >= longPattern && differ&mask == 0 {
		differ |= load(text[n-16:]) ^ load(p.text[n-16:]) | load(text) ^ load(p.text) | load(text[8:]) ^ load(p.text[8:])
	}
	return differ&mask == 0
}

// agreeUp returns the end of the stretch from i on in which text and the
// pattern agree.
func (p *Pattern) agreeUp(text []byte, i int) int {
	n := min(len(text), len(p.text))
	for i < n {
		if i+8 <= n && load(text[i:]) == load(p.text[i:]) {
			i += 8
			continue
		}
		for end := min(i+8, n); i < end; i++ {
			if !p.same(text[i], i) {
				return i
			}
		}
	}
	return n
}

// agreeDown reports whether text and the pattern agree on their first i bytes.
func (p *Pattern) agreeDown(text []byte, i int) bool {
	for i > 0 {
		if i >= 8 && load(text[i-8:]) == load(p.text[i-8:]) {
			i -= 8
			continue
		}
		for end := max(i-8, 0); i > end; i-- {
			if !p.same(text[i-1], i-1) {
				return false
			}
		}
	}
	return true
}

// same reports whether c stands for byte i of the pattern.
func (p *Pattern) same(c byte, i int) bool {
	return c == p.text[i] || c|0x20 == p.text[i] && p.text[i] >= 'a' && p.folded(i)
}

func load(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// loadPart returns the bytes of text from i on, at most 8, and zeros behind
// the end of text.
func loadPart(text []byte, i int) uint64 {
	if n := len(text); n >= 8 && i > n-8 {
		return load(text[n-8:]) >> (8 * (i - (n - 8)))
	} else if n >= 8 {
		return load(text[i:])
	}
	var x uint64
	for j, c := range text[i:] {
		x |= uint64(c) << (8 * j)
	}
	return x
}
