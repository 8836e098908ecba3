package jsonread

import (
	"strconv"

	"github.com/sotto-render/sotto/macros"
)

// Reader reads one JSON text from its start to its end. After the first
// mistake it reads nothing more: every method returns a zero value.
type Reader struct {
	src   string
	pos   int
	depth int
	field string
	err   *Error
	// ordered says that the decoder's NewObject makes the objects inside a value.
	ordered  bool
	maxDepth int
	decoder  *Decoder
}

// fail notes the first mistake.
func (r *Reader) fail(at int, message string) {
	if r.err == nil {
		r.err = &Error{Message: message, Place: macros.PlaceOf(r.src, macros.Pos(at))}
		r.pos = len(r.src)
	}
}

// Refuse notes that the value of the field that is being read is wrong.
func (r *Reader) Refuse(message string) {
	r.fail(r.pos, named(r.field)+" "+message)
}

func (r *Reader) space() {
	for r.pos < len(r.src) {
		switch r.src[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (r *Reader) peek() byte {
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

// IsObject reports whether an object stands here.
func (r *Reader) IsObject() bool { return r.peek() == '{' }

// Null reads a null if one stands here.
func (r *Reader) Null() bool {
	if r.peek() != 'n' {
		return false
	}
	return r.word("null")
}

func (r *Reader) word(word string) bool {
	if len(r.src)-r.pos < len(word) || r.src[r.pos:r.pos+len(word)] != word {
		r.syntax()
		return false
	}
	r.pos += len(word)
	return true
}

func (r *Reader) syntax() {
	if r.pos >= len(r.src) {
		if r.err == nil {
			r.fail(len(r.src), "the JSON ends too early")
			r.err.Early = true
		}
		return
	}
	r.fail(r.pos, "the JSON is broken here")
}

// mismatch notes that a value of another type stands where want should be.
func (r *Reader) mismatch(want string) {
	switch c := r.peek(); {
	case c == '"', c == '{', c == '[', c == '-', c == 't', c == 'f', c == 'n', '0' <= c && c <= '9':
		r.fail(r.pos, named(r.field)+" must be "+want)
	default:
		r.syntax()
	}
}

func (r *Reader) open(bracket byte, want string) bool {
	if r.err != nil {
		return false
	}
	if r.peek() != bracket {
		r.mismatch(want)
		return false
	}
	if r.depth++; r.depth > r.maxDepth {
		r.fail(r.pos, "objects and lists nest deeper than "+strconv.Itoa(r.maxDepth)+" levels")
		return false
	}
	r.pos++
	return true
}

func (r *Reader) close() {
	r.pos++
	r.depth--
}

// next reads a comma, or the closing bracket, for which it returns false.
func (r *Reader) next(bracket byte) bool {
	r.space()
	switch {
	case r.err != nil:
		return false
	case r.peek() == ',':
		r.pos++
		return true
	case r.peek() == bracket:
		r.close()
		return false
	}
	r.syntax()
	return false
}
