package jsonread

import (
	"encoding/json"
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
	if whole && !r.decoder.Verbatim {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return json.Number(text)
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
