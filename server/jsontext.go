package server

import (
	"unicode/utf8"

	"github.com/sotto-render/sotto/internal/jsonread"
)

// appendJSON appends text as a JSON string, with the fewest escapes that JSON
// asks for. It reports false for text that is not UTF-8, which JSON cannot
// carry unharmed.
func appendJSON[T string | []byte](dst []byte, text T) ([]byte, bool) {
	src, start, ascii := []byte(text), len(dst), true
	dst = append(dst, '"')
	for len(src) > 0 {
		n, plain := jsonread.Plain(src)
		ascii = ascii && plain
		dst = append(dst, src[:n]...)
		if n == len(src) {
			break
		}
		dst = appendEscape(dst, src[n])
		src = src[n+1:]
	}
	if !ascii && !utf8.Valid([]byte(text)) {
		return dst[:start], false
	}
	return append(dst, '"'), true
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
