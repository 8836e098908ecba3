package jsontext

import (
	"encoding/binary"
	"math/bits"
)

// Plain returns how many bytes at the start of src stand in a JSON string as
// they are, and whether all of them are ASCII. It looks at eight bytes at a
// time: a byte below 0x20, a quote or a backslash leaves the high bit of its
// place set, and the lowest one set is exact.
func Plain(src []byte) (n int, ascii bool) {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	var seen uint64
	for ; len(src)-n >= 8; n += 8 {
		word := binary.LittleEndian.Uint64(src[n:])
		quote := word ^ '"'*ones
		slash := word ^ '\\'*ones
		if found := ((word-' '*ones)&^word | (quote-ones)&^quote | (slash-ones)&^slash) & highs; found != 0 {
			at := bits.TrailingZeros64(found)
			seen |= word & (1<<at - 1)
			return n + at/8, seen&highs == 0
		}
		seen |= word
	}
	for ; n < len(src); n++ {
		c := src[n]
		if c < ' ' || c == '"' || c == '\\' {
			break
		}
		seen |= uint64(c)
	}
	return n, seen&highs == 0
}
