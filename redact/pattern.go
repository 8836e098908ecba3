package redact

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
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
	hash uint64 // of all the above
}

var seed = maphash.MakeSeed()

// spell makes text canonical: it puts the hexadecimal digits of escapes, which
// match in either case, into lower case, or all of it if hex is set. It reports
// whether there are any.
func spell(text []byte, hex bool) (folds bool) {
	if hex {
		for i, c := range text {
			if c |= 0x20; 'a' <= c && c <= 'f' {
				text[i], folds = c, true
			}
		}
		return folds
	}
	eachEscape(text, func(digits []byte, _ int) {
		for i, c := range digits {
			if c |= 0x20; 'a' <= c {
				digits[i], folds = c, true
			}
		}
	})
	return folds
}

// eachEscape calls visit for the hexadecimal digits of each escape in text, with
// their offset.
func eachEscape(text []byte, visit func(digits []byte, at int)) {
	for i, c := range text {
		if c != '%' && c != '\\' && c != '&' {
			continue
		}
		if at, n := escapeAt(text, i); n > 0 && at+n <= len(text) && allHex(text[at:at+n]) {
			visit(text[at:at+n], at)
		}
	}
}

// escapeAt returns where the digits begin of the escape that may begin at i, and
// how many there are: %XX, \uXXXX, \UXXXXXXXX, \xXX, &#xXX. It is no escape if
// there are none.
func escapeAt(text []byte, i int) (at, digits int) {
	if text[i] == '%' {
		return i + 1, 2
	}
	if i+2 >= len(text) {
		return 0, 0
	}
	switch next := text[i+1]; {
	case text[i] == '&' && next == '#' && text[i+2] == 'x':
		return i + 3, 2
	case text[i] == '&':
		return 0, 0
	case next == 'u':
		return i + 2, 4
	case next == 'U':
		return i + 2, 8
	case next == 'x':
		return i + 2, 2
	}
	return 0, 0
}

func allHex(text []byte) bool {
	for _, c := range text {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// newPattern returns a pattern for a form's canonical text, which it keeps.
func newPattern(text []byte, f form) pattern {
	p := pattern{text: text, need: f.need, hash: f.hash}
	switch words := (len(text) + 63) / 64; {
	case !f.folds:
	case f.hex && words <= len(everyBit):
		p.fold = everyBit[:words:words]
	case f.hex:
		p.fold = ones(words)
	default:
		p.fold = make([]uint64, words)
		eachEscape(text, func(digits []byte, at int) {
			for i, c := range digits {
				if c >= 'a' {
					p.fold[(at+i)/64] |= 1 << ((at + i) % 64)
				}
			}
		})
	}
	return p
}

// everyBit is the fold of most texts of hexadecimal digits, which hold no other
// letters.
var everyBit = ones(64)

func ones(words int) []uint64 {
	out := make([]uint64, words)
	for i := range out {
		out[i] = ^uint64(0)
	}
	return out
}

// hashForm returns the hash of what tells patterns apart.
func hashForm(text []byte, need int, folds bool) uint64 {
	h := maphash.Bytes(seed, text) + uint64(need)*multiplier1
	if folds {
		h += multiplier2
	}
	return h
}

// equal reports whether two patterns match the same.
func (p *pattern) equal(q *pattern) bool {
	return p.hash == q.hash && p.need == q.need && (p.fold == nil) == (q.fold == nil) && bytes.Equal(p.text, q.text)
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
func (p *pattern) endsAgree(text []byte) bool {
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

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
