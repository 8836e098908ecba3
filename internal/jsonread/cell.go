package jsonread

import "strings"

// Kind says how the value of a [Cell] was written.
type Kind uint8

const (
	// Text is a string literal in which every character stands for itself.
	Text Kind = iota
	// Escaped is a string literal with escapes, all of them right.
	Escaped
	// Bare is true, false, or a whole number of up to 18 digits that is written as
	// it is printed.
	Bare
	// Null is null.
	Null
)

// Cell is a value in a record of a known [Shape].
type Cell struct {
	// Literal is the value as it was written, a string without its quotes.
	Literal string
	Kind    Kind
}

// maxBare is how long a number is at most that surely fits in an int64.
const maxBare = 18

// cell reads the value at pos and returns where it ends; 0 where it is none that a
// Cell holds.
func cell(src string, pos int, into *Cell) int {
	if pos >= len(src) {
		return 0
	}
	switch c := src[pos]; {
	case c == '"':
		return textCell(src, pos+1, into)
	case c == '-' || '0' <= c && c <= '9':
		return numberCell(src, pos, into)
	}
	for _, word := range [...]struct {
		text string
		kind Kind
	}{{"true", Bare}, {"false", Bare}, {"null", Null}} {
		if strings.HasPrefix(src[pos:], word.text) {
			*into = Cell{word.text, word.kind}
			return pos + len(word.text)
		}
	}
	return 0
}

// numberCell takes whole numbers alone, and no -0: nothing is rounded or written
// anew then.
func numberCell(src string, pos int, into *Cell) int {
	first := pos
	if src[first] == '-' {
		first++
	}
	end := first
	for end < len(src) && '0' <= src[end] && src[end] <= '9' {
		end++
	}
	digits := end - first
	if digits == 0 || digits > maxBare || src[first] == '0' && (digits > 1 || first > pos) {
		return 0
	}
	if end == len(src) || src[end] == '.' || src[end] == 'e' || src[end] == 'E' {
		return 0
	}
	*into = Cell{src[pos:end], Bare}
	return end
}

// Lavish reports whether the string of c may have escapes that JSON does not ask
// for, or longer ones than it asks for.
func (c *Cell) Lavish() bool {
	return strings.Contains(c.Literal, `\u`) || strings.Contains(c.Literal, `\/`)
}

// AppendText appends what the string of c stands for, which is [Text] or
// [Escaped].
func (c *Cell) AppendText(dst []byte) []byte {
	r := Reader{src: c.Literal}
	for i := 0; i < len(r.src); {
		n := r.plain(i)
		dst = append(dst, r.src[i:i+n]...)
		if i += n; i < len(r.src) {
			dst, i = r.escape(dst, i)
		}
	}
	return dst
}
