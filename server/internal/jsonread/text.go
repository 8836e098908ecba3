package jsonread

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string literal.
func (r *Reader) text() string {
	if r.peek() != '"' {
		r.syntax()
		return ""
	}
	start := r.pos + 1
	i := start + r.plain(start)
	switch {
	case i == len(r.src):
		r.pos = i
		r.syntax()
		return ""
	case r.src[i] == '"':
		r.pos = i + 1
		return r.src[start:i]
	}
	return r.escaped(start, i)
}

// plain returns how much of a literal from i on stands for itself.
func (r *Reader) plain(i int) int {
	n, _ := Plain([]byte(r.src[i:]))
	return n
}

// escaped reads on from the first byte of a literal that is not plain, which is
// at i.
func (r *Reader) escaped(start, i int) string {
	var b strings.Builder
	b.Grow(r.literalEnd(i) - start)
	b.WriteString(r.src[start:i])
	for i < len(r.src) {
		switch c := r.src[i]; {
		case c == '"':
			r.pos = i + 1
			return b.String()
		case c < ' ':
			r.fail(i, "a control character in a string must be escaped")
			return ""
		}
		if i = r.escape(&b, i); i < 0 {
			return ""
		}
		n := r.plain(i)
		b.WriteString(r.src[i : i+n])
		i += n
	}
	r.pos = len(r.src)
	r.syntax()
	return ""
}

// literalEnd returns where the literal ends, whose first backslash is at i.
func (r *Reader) literalEnd(i int) int {
	for i < len(r.src) && r.src[i] == '\\' {
		i = min(i+2, len(r.src))
		i += r.plain(i)
	}
	return i
}

// escape reads the escape at i and returns what follows it, or -1.
func (r *Reader) escape(b *strings.Builder, i int) int {
	if i+1 >= len(r.src) {
		r.pos = len(r.src)
		r.syntax()
		return -1
	}
	switch c := r.src[i+1]; c {
	case '"', '\\', '/':
		b.WriteByte(c)
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'u':
		return r.unicode(b, i)
	default:
		r.fail(i, "there is no such escape in JSON")
		return -1
	}
	return i + 2
}

// unicode reads the \uXXXX at i, and its second half where it is a surrogate.
func (r *Reader) unicode(b *strings.Builder, i int) int {
	c, ok := hex4(r.src, i)
	if !ok {
		r.fail(i, "\\u needs four hexadecimal digits")
		return -1
	}
	i += 6
	if utf16.IsSurrogate(c) {
		low, ok := hex4(r.src, i)
		c = utf16.DecodeRune(c, low)
		if !ok || c == utf8.RuneError {
			r.fail(i-6, "half of a surrogate pair is no character")
			return -1
		}
		i += 6
	}
	b.WriteRune(c)
	return i
}

// hex4 returns the code unit of the \uXXXX at i.
func hex4(src string, i int) (rune, bool) {
	if i+6 > len(src) || src[i] != '\\' || src[i+1] != 'u' {
		return 0, false
	}
	var c rune
	for _, d := range []byte(src[i+2 : i+6]) {
		switch {
		case '0' <= d && d <= '9':
			d -= '0'
		case 'a' <= d|0x20 && d|0x20 <= 'f':
			d = d | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		c = c<<4 | rune(d)
	}
	return c, true
}
