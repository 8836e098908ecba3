package server

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// appendJSON appends text as a JSON string, with the fewest escapes that JSON
// asks for. It reports false for text that is not UTF-8, which JSON cannot
// carry unharmed.
func appendJSON[T string | []byte](dst []byte, text T) ([]byte, bool) {
	src := []byte(text)
	if !utf8.Valid(src) {
		return dst, false
	}
	dst = append(dst, '"')
	for len(src) > 0 {
		n := plain(src)
		dst = append(dst, src[:n]...)
		if n == len(src) {
			break
		}
		dst = appendEscape(dst, src[n])
		src = src[n+1:]
	}
	return append(dst, '"'), true
}

// plain returns how many bytes at the start of src need no escape. It looks at
// eight bytes at a time: a byte below 0x20, a quote or a backslash leaves the
// high bit of its place set, and the lowest one set is exact.
func plain(src []byte) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	n := 0
	for ; len(src)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(src[n:])
		quote := word ^ '"'*ones
		slash := word ^ '\\'*ones
		found := ((word-' '*ones)&^word | (quote-ones)&^quote | (slash-ones)&^slash) & highs
		if found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(src); n++ {
		if c := src[n]; c < ' ' || c == '"' || c == '\\' {
			return n
		}
	}
	return n
}

func appendEscape(dst []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}
