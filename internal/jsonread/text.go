package jsonread

import (
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sotto-render/sotto/internal/jsontext"
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
	n, _ := jsontext.Plain([]byte(r.src[i:]))
	return n
}

// scratches hold what escapes are decoded into.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// maxPooledScratch keeps the room of an unusually long text out of the pool.
const maxPooledScratch = 64 << 10

// escaped reads on from the first byte of a literal that is not plain, which is
// at i.
func (r *Reader) escaped(start, i int) string {
	scratch := scratches.Get().(*[]byte)
	b, text := append((*scratch)[:0], r.src[start:i]...), ""
	for r.err == nil && i < len(r.src) && r.src[i] == '\\' {
		b, i = r.escape(b, i)
		n := r.plain(i)
		b = append(b, r.src[i:i+n]...)
		i += n
	}
	switch {
	case r.err != nil:
	case i == len(r.src):
		r.pos = i
		r.syntax()
	case r.src[i] == '"':
		r.pos = i + 1
		text = string(b)
	default:
		r.fail(i, "a control character in a string must be escaped")
	}
	if cap(b) <= maxPooledScratch {
		*scratch = b
		scratches.Put(scratch)
	}
	return text
}

// escape appends what the escape at i stands for and returns where it ends.
func (r *Reader) escape(b []byte, i int) ([]byte, int) {
	if i+1 >= len(r.src) {
		r.pos = len(r.src)
		r.syntax()
		return b, len(r.src)
	}
	switch c := r.src[i+1]; c {
	case '"', '\\', '/':
		b = append(b, c)
	case 'b':
		b = append(b, '\b')
	case 'f':
		b = append(b, '\f')
	case 'n':
		b = append(b, '\n')
	case 'r':
		b = append(b, '\r')
	case 't':
		b = append(b, '\t')
	case 'u':
		return r.unicode(b, i)
	default:
		r.fail(i, "there is no such escape in JSON")
	}
	return b, i + 2
}

// unicode reads the \uXXXX at i, and its second half where it is a surrogate.
func (r *Reader) unicode(b []byte, i int) ([]byte, int) {
	c, ok := hex4(r.src, i)
	if !ok {
		r.fail(i, "\\u needs four hexadecimal digits")
		return b, i
	}
	i += 6
	if utf16.IsSurrogate(c) {
		low, ok := hex4(r.src, i)
		c = utf16.DecodeRune(c, low)
		if !ok || c == utf8.RuneError {
			r.fail(i-6, "half of a surrogate pair is no character")
			return b, i
		}
		i += 6
	}
	return utf8.AppendRune(b, c), i
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
