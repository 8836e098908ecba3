package index

import (
	"bytes"
	"encoding/binary"
)

// Pattern is one text to look for, made by [Spelling.Pattern]. It is immutable,
// and shared by all matchers that know it. A matcher that is given the zero
// Pattern panics when it is asked.
type Pattern struct {
	// text is what matches: its bytes from lead to need, and then as many more
	// on either side as agree. The end of a base64 text is there or not, and so
	// is what stands around a piece of a longer text.
	text []byte
	need int32
	lead uint8
	// broken is set where the text may stand with line breaks in it.
	broken bool
	// fold tells which hexadecimal digits of text match in either case; they are
	// stored in lower case.
	fold fold
	hash uint64 // of all the above
	// tag is what a match depends on besides; nil for nothing.
	tag *Tag
}

// Tag is what the match of a pattern depends on besides its text. The index hands
// it out with the match, and knows no more of it.
type Tag struct{ Condition any }

// Len returns the length of the text in bytes.
func (p *Pattern) Len() int { return len(p.text) }

// size is how many bytes have to match.
func (p *Pattern) size() int { return int(p.need) - int(p.lead) }

// end is behind the last byte that has to match.
func (p *Pattern) end() int { return int(p.need) }

// equal reports whether two patterns match the same.
func (p *Pattern) equal(q *Pattern) bool {
	return p.hash == q.hash && p.need == q.need && p.lead == q.lead && p.tag == q.tag && p.broken == q.broken && (p.fold == foldNone) == (q.fold == foldNone) && bytes.Equal(p.text, q.text)
}

// fold says which hexadecimal digits match in either case.
type fold uint8

const (
	foldNone    fold = iota
	foldEscapes      // those of escapes, as in %2F and \u00e9
	foldAll
)

// folded reports whether text[i], a letter, matches in either case. It is seldom asked,
// and so finds out anew.
func (p *Pattern) folded(i int) bool {
	return p.fold == foldAll || p.fold == foldEscapes && inEscape(p.text, i)
}

// at reports the stretch of text that the pattern covers if its text starts at
// start, which may be before text where the beginning need not match. It compares
// outwards from the pattern's byte middle, so that it reads no further than the
// two agree around it: the bound on time rests on this.
func (p *Pattern) at(text []byte, start, middle int) (from, to int, ok bool) {
	if start+int(p.lead) < 0 || start+p.end() > len(text) {
		return 0, 0, false
	}
	if p.size() >= 8 && !p.endsAgree(text[start+int(p.lead):start+p.end()]) {
		return 0, 0, false
	}
	end := p.agreeUp(text, start, middle)
	if end < p.end() {
		return 0, 0, false
	}
	begin := p.agreeDown(text, start, middle)
	if begin > int(p.lead) {
		return 0, 0, false
	}
	return start + begin, start + end, true
}

// endsAgree reports whether text may be the pattern by its ends: the last 8
// bytes, and of a long one the first and the last 16. Long patterns that differ
// from others nearer to an end than a stride have no window of their own.
func (p *Pattern) endsAgree(text []byte) bool {
	mask := ^uint64(0)
	if p.fold != foldNone {
		mask = foldMask
	}
	must := p.text[p.lead:p.need]
	n := len(must)
	differ := load(text[n-8:]) ^ load(must[n-8:])
	if n >= longPattern && differ&mask == 0 {
		differ |= load(text[n-16:]) ^ load(must[n-16:]) | load(text) ^ load(must) | load(text[8:]) ^ load(must[8:])
	}
	return differ&mask == 0
}

// agreeUp returns the end of the stretch from i on in which the pattern and a text
// at start agree.
func (p *Pattern) agreeUp(text []byte, start, i int) int {
	n := min(len(text)-start, len(p.text))
	for i < n {
		if i+8 <= n && load(text[start+i:]) == load(p.text[i:]) {
			i += 8
			continue
		}
		for end := min(i+8, n); i < end; i++ {
			if !p.same(text[start+i], i) {
				return i
			}
		}
	}
	return n
}

// agreeDown returns the beginning of the stretch before i in which they agree.
func (p *Pattern) agreeDown(text []byte, start, i int) int {
	least := max(0, -start)
	for i > least {
		if i >= least+8 && load(text[start+i-8:]) == load(p.text[i-8:]) {
			i -= 8
			continue
		}
		for end := max(i-8, least); i > end; i-- {
			if !p.same(text[start+i-1], i-1) {
				return i
			}
		}
	}
	return i
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
