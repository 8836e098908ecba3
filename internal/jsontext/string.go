// Package jsontext spells text in JSON, for templates, expressions and answers
// alike: only what JSON demands is escaped.
//
// Start with [AppendString]. [AppendValid] is for who must tell text that is no
// UTF-8, which JSON cannot carry unharmed, instead of mending it.
package jsontext

import "unicode/utf8"

// AppendString appends s as a JSON string, in its quotes. Each byte that is no
// UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	return append(AppendText(append(dst, '"'), s), '"')
}

// AppendValid appends text as a JSON string, in its quotes. It reports false,
// and appends nothing, where text is no UTF-8.
func AppendValid[T string | []byte](dst []byte, text T) ([]byte, bool) {
	out, ok := appendValid(append(dst, '"'), []byte(text))
	if !ok {
		return dst, false
	}
	return append(out, '"'), true
}

// appendValid appends src with its escapes, and reports whether it is UTF-8.
func appendValid(dst, src []byte) ([]byte, bool) {
	rest, ascii := src, true
	for {
		n, plain := Plain(rest)
		ascii = ascii && plain
		dst = append(dst, rest[:n]...)
		if n == len(rest) {
			return dst, ascii || utf8.Valid(src)
		}
		dst = appendEscape(dst, rest[n])
		rest = rest[n+1:]
	}
}

// long is the length from which on it pays to look at eight bytes at a time.
const long = 32

// safe are the bytes of ASCII that stay what they are.
var safe = func() (safe [256]bool) {
	for c := range safe {
		safe[c] = c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\'
	}
	return safe
}()

// AppendText appends s as it stands inside a JSON string. Each byte that is no
// UTF-8 becomes U+FFFD.
func AppendText(dst []byte, s string) []byte {
	if len(s) >= long {
		if out, ok := appendValid(dst, []byte(s)); ok {
			return out
		}
	}
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
		dst = appendEscape(append(dst, s[from:i]...), c)
		i++
		from = i
	}
	return append(dst, s[from:]...)
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
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}

// Close ends a JSON string whose text was appended to dst from the offset from
// on, as it is: it escapes that text in place where it has to, and adds the
// closing quote.
func Close(dst []byte, from int) []byte {
	i := from
	if len(dst)-from >= long {
		if n, ascii := Plain(dst[from:]); ascii {
			i += n
		}
	}
	for ; i < len(dst); i++ {
		if !safe[dst[i]] {
			// What is escaped is copied, because its escapes are written over it.
			return append(AppendText(dst[:i], string(dst[i:])), '"')
		}
	}
	return append(dst, '"')
}
