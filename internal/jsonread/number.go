package jsonread

import (
	"encoding/json"
	"math"
	"strconv"
)

// number reads a number as the decoder says. Floats stay as they were written,
// so that no digit is lost.
func (r *Reader) number() any {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	whole := true
	switch c := r.peek(); {
	case c == '0':
		r.pos++
	case '1' <= c && c <= '9':
		r.digits()
	default:
		r.syntax()
		return nil
	}
	if r.peek() == '.' {
		whole = false
		r.pos++
		if !r.digits() {
			return nil
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		whole = false
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		if !r.digits() {
			return nil
		}
	}
	text := r.src[start:r.pos]
	if !fits(text, whole) {
		r.fail(start, "the number is out of range: write it as a text, or within 1.7e308 and 400 characters")
		r.err.Rejected = true
		return nil
	}
	if whole && !r.decoder.Verbatim {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return json.Number(text)
}

// maxNumberBytes is how long the spelling of a number may be, as arithmetic on long
// ones is slow.
const maxNumberBytes = 400

// fits reports whether a number can be used as one: a whole one exactly, any other
// as a double. One that does not would go on as a text, or as its first digits.
func fits(text string, whole bool) bool {
	if len(text) > maxNumberBytes {
		return false
	}
	if whole || len(text) < len("1e309") {
		return true
	}
	f, _ := strconv.ParseFloat(text, 64) // what it cannot represent is infinite
	return !math.IsInf(f, 0)
}

func (r *Reader) digits() bool {
	start := r.pos
	for '0' <= r.peek() && r.peek() <= '9' {
		r.pos++
	}
	if r.pos == start {
		r.syntax()
	}
	return r.pos > start
}
