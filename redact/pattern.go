package redact

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

// pattern is one text to look for. It is immutable and shared by all redactors
// that know its value.
type pattern struct {
	// text is what matches, at least its first need bytes and then as many
	// more as agree: the end of a base64 text is there or not.
	text []byte
	need int
	// fold has bit i set where text[i] is a hexadecimal digit whose case does
	// not matter, as in %2F and \u00e9; it is stored in lower case. It is nil
	// where there is none.
	fold []uint64
	// tail and tailFold are the last 8 of the needed bytes, and 0x20 where
	// case does not matter. Zero if need < 8.
	tail, tailFold uint64
}

// newPattern returns a pattern for text, which it keeps. Hexadecimal digits of escapes match in
// either case, and all letters do if hex is set.
func newPattern(text []byte, need int, hex bool) *pattern {
	p := &pattern{text: text, need: need}
	if hex {
		for i := range p.text {
			p.foldAt(i)
		}
	} else if bytes.ContainsAny(text, `%\&`) {
		p.foldEscapes()
	}
	if need >= 8 {
		p.tail = load(p.text[need-8:])
		for i := range 8 {
			if p.folded(need - 8 + i) {
				p.tailFold |= 0x20 << (8 * i)
			}
		}
	}
	return p
}

// escapes :: what starts an escape of hexadecimal digits -> how many follow
var escapes = []struct {
	start  string
	digits int
}{{"%", 2}, {`\u`, 4}, {`\U`, 8}, {`\x`, 2}, {"&#x", 2}}

func (p *pattern) foldEscapes() {
	for i := range p.text {
		for _, e := range escapes {
			end := i + len(e.start) + e.digits
			if end > len(p.text) || string(p.text[i:i+len(e.start)]) != e.start {
				continue
			}
			digits := p.text[end-e.digits : end]
			if allHex(digits) {
				for j := range digits {
					p.foldAt(end - e.digits + j)
				}
			}
		}
	}
}

func allHex(text []byte) bool {
	for _, c := range text {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

func (p *pattern) foldAt(i int) {
	if c := p.text[i] | 0x20; 'a' <= c && c <= 'f' {
		if p.fold == nil {
			p.fold = make([]uint64, (len(p.text)+63)/64)
		}
		p.text[i] = c
		p.fold[i/64] |= 1 << (i % 64)
	}
}

func (p *pattern) folded(i int) bool { return p.fold != nil && p.fold[i/64]>>(i%64)&1 != 0 }

// at reports how many bytes of text the pattern covers if it starts at start,
// or 0 if it does not match there. It compares outwards from the pattern's byte
// middle, so that it reads no further than the two agree around it: the bound on
// time rests on this.
func (p *pattern) at(text []byte, start, middle int) int {
	if start < 0 || start+p.need > len(text) {
		return 0
	}
	if p.need >= 8 && load(text[start+p.need-8:])|p.tailFold != p.tail {
		return 0
	}
	end := p.agreeUp(text[start:], middle)
	if end < p.need || !p.agreeDown(text[start:], middle) {
		return 0
	}
	return end
}

// agreeUp returns the end of the stretch from i on in which text and the
// pattern agree.
func (p *pattern) agreeUp(text []byte, i int) int {
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
func (p *pattern) agreeDown(text []byte, i int) bool {
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
func (p *pattern) same(c byte, i int) bool {
	return c == p.text[i] || c|0x20 == p.text[i] && p.folded(i)
}

// key returns what tells this pattern from others.
func (p *pattern) key() patternKey {
	return patternKey{unsafe.String(unsafe.SliceData(p.text), len(p.text)), p.need, p.fold != nil}
}

type patternKey struct {
	text   string
	need   int
	folded bool
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

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
