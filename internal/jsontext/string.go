// Package jsontext spells text in JSON, for templates and expressions alike.
package jsontext

import "unicode/utf8"

// AppendString appends s as a JSON string, in its quotes.
func AppendString(dst []byte, s string) []byte {
	return append(AppendText(append(dst, '"'), s), '"')
}

const hexDigits = "0123456789abcdef"

// safe are the bytes that stay what they are and end no run of ASCII.
var safe = func() (safe [256]bool) {
	for c := range safe {
		safe[c] = c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\'
	}
	return safe
}()

// AppendText appends s as it stands inside a JSON string: only what JSON
// demands is escaped, and bytes that are no UTF-8 become U+FFFD.
func AppendText(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if safe[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(dst, s[from:]...)
}

// Close ends a JSON string whose text was appended to dst from the offset from
// on, as it is: it escapes that text in place where it has to, and adds the
// closing quote.
func Close(dst []byte, from int) []byte {
	for i := from; i < len(dst); i++ {
		if !safe[dst[i]] {
			return append(AppendText(dst[:i], string(dst[i:])), '"')
		}
	}
	return append(dst, '"')
}
