package js

import (
	"strings"
	"unicode/utf8"
)

// A string of JavaScript is a row of UTF-16 code units (ECMA-262, 6.1.4). Ours is
// UTF-8, in which a surrogate without its pair stands as the three bytes that
// UTF-8 would give it (WTF-8). Both halves of a pair never stand side by side: who
// joins texts does it by [joinText].

const (
	surrogateMin, lowMin, surrogateMax = 0xD800, 0xDC00, 0xDFFF
	supplementary                      = 0x10000
)

func isHigh(r rune) bool { return surrogateMin <= r && r < lowMin }
func isLow(r rune) bool  { return lowMin <= r && r <= surrogateMax }

// isASCII reports whether s has no byte beyond ASCII, so that its bytes are its
// code units.
func isASCII(s string) bool {
	for len(s) >= 8 {
		if (s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7])&0x80 != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// textLength returns the number of code units of s.
func textLength(s string) int {
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0xF0:
			n += 2
		case c&0xC0 != 0x80:
			n++
		}
	}
	return n
}

// decode returns the code point at the start of s, which may be a surrogate.
func decode(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xED && s[1] >= 0xA0 {
		return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), 3
	}
	return utf8.DecodeRuneInString(s)
}

// decodeLast is decode for the end of s.
func decodeLast(s string) (rune, int) {
	if n := len(s); n >= 3 && s[n-3] == 0xED && s[n-2] >= 0xA0 {
		return decode(s[n-3:])
	}
	return utf8.DecodeLastRuneInString(s)
}

// appendCode appends a code point, which may be a surrogate, and makes a pair of
// it and a half at the end of dst.
func appendCode(dst []byte, r rune) []byte {
	if !isHigh(r) && !isLow(r) {
		return utf8.AppendRune(dst, r)
	}
	if n := len(dst); isLow(r) && n >= 3 && dst[n-3] == 0xED && dst[n-2] >= 0xA0 && dst[n-2] < 0xB0 {
		high, _ := decode(string(dst[n-3:]))
		return utf8.AppendRune(dst[:n-3], pairOf(high, r))
	}
	return append(dst, 0xED, 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F))
}

func pairOf(high, low rune) rune { return (high-surrogateMin)<<10 + (low - lowMin) + supplementary }

// halves returns the code units of a code point beyond the first 65,536.
func halves(r rune) (high, low rune) {
	r -= supplementary
	return surrogateMin + r>>10, lowMin + r&0x3FF
}

// splits reports whether the end of a and the start of b are two halves of one
// pair.
func splits[T, U string | []byte](a T, b U) bool {
	n := len(a)
	return n >= 3 && len(b) >= 3 && a[n-3] == 0xED && b[0] == 0xED &&
		a[n-2] >= 0xA0 && a[n-2] < 0xB0 && b[1] >= 0xB0
}

// appendJoined appends s to a text.
func appendJoined(dst []byte, s string) []byte {
	if splits(dst, s) {
		low, size := decode(s)
		return append(appendCode(dst, low), s[size:]...)
	}
	return append(dst, s...)
}

// joinText returns a and b as one text. It was charged.
func joinText(a, b string) string {
	if splits(a, b) {
		return string(appendJoined([]byte(a), b))
	}
	return a + b
}

// offset returns the byte at which code unit i of s stands. Half says that i is
// the second half of the code point there. An i beyond the end gives the end.
func offset(s string, i int) (at int, half bool) {
	for at < len(s) && i > 0 {
		c := s[at]
		switch {
		case c < utf8.RuneSelf:
			at, i = at+1, i-1
		case c >= 0xF0:
			if i == 1 {
				return at, true
			}
			at, i = at+4, i-2
		case c >= 0xE0:
			at, i = at+3, i-1
		case c >= 0xC0:
			at, i = at+2, i-1
		default:
			at, i = at+1, i-1
		}
	}
	return min(at, len(s)), false
}

// sliceText returns the code units of s from from to to, which are within it.
func sliceText(s string, from, to int) string {
	if from >= to {
		return ""
	}
	if isASCII(s) {
		return s[from:to]
	}
	start, half := offset(s, from)
	end, cut := offset(s[start:], to-from+toInt(half))
	end += start
	if !half && !cut {
		return s[start:end]
	}
	var b []byte
	if half {
		r, size := decode(s[start:])
		_, low := halves(r)
		b = appendCode(b, low)
		if start += size; start > end {
			return string(b)
		}
	}
	b = append(b, s[start:end]...)
	if cut {
		r, _ := decode(s[end:])
		high, _ := halves(r)
		b = appendCode(b, high)
	}
	return string(b)
}

func toInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// unitAt returns code unit i of s, and whether there is one.
func unitAt(s string, i int) (rune, bool) {
	if i < 0 {
		return 0, false
	}
	if i < len(s) && isASCII(s[:i+1]) {
		return rune(s[i]), true
	}
	at, half := offset(s, i)
	if at == len(s) {
		return 0, false
	}
	r, _ := decode(s[at:])
	if r < supplementary {
		return r, true
	}
	high, low := halves(r)
	if half {
		return low, true
	}
	return high, true
}

// singles are the texts of one ASCII character, which need no memory of their
// own.
var singles = func() (table [utf8.RuneSelf]string) {
	all := make([]byte, utf8.RuneSelf)
	for i := range all {
		all[i] = byte(i)
	}
	for i := range table {
		table[i] = string(all[i : i+1])
	}
	return table
}()

// codeText returns the text of one code point or surrogate.
func codeText(r rune) string {
	if r < utf8.RuneSelf {
		return singles[r]
	}
	return string(appendCode(nil, r))
}

// unitsOf returns the code units of s.
func unitsOf(s string) []uint16 {
	units := make([]uint16, 0, len(s))
	for len(s) > 0 {
		r, size := decode(s)
		if s = s[size:]; r >= supplementary {
			high, low := halves(r)
			units = append(units, uint16(high), uint16(low))
			continue
		}
		units = append(units, uint16(r))
	}
	return units
}

// isBroken reports whether s has half a pair.
func isBroken(s string) bool {
	for i := strings.IndexByte(s, 0xED); i >= 0; {
		if i+1 < len(s) && s[i+1] >= 0xA0 {
			return true
		}
		next := strings.IndexByte(s[i+1:], 0xED)
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// compareText orders texts by code units: -1, 0 or 1.
func compareText(a, b string) int {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] {
		i++
	}
	if i == n || a[i] < 0xED && b[i] < 0xED || a[i]&0xC0 == 0x80 {
		return strings.Compare(a[i:], b[i:])
	}
	// From U+D800 on the orders of code points and of code units differ.
	x, _ := decode(a[i:])
	y, _ := decode(b[i:])
	if x >= supplementary && y < supplementary {
		x, _ = halves(x)
	} else if y >= supplementary && x < supplementary {
		y, _ = halves(y)
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return strings.Compare(a[i:], b[i:])
}

// isSpace reports whether r is white space or a line terminator (ECMA-262, 12.2
// and 12.3).
func isSpace(r rune) bool {
	switch r {
	case '\t', '\n', '\v', '\f', '\r', ' ', 0xA0, 0xFEFF, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200A
}
