package escape

import (
	"strings"
	"unicode/utf8"
)

// whole reports whether a raw text leaves the JSON around its place whole.
func (e Escaper) whole(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	var s jsonState
	if e == JSONText {
		s.phase = inString
		s.read([]byte(text))
		return s.phase == inString
	}
	s.read([]byte(text))
	if e == JSONKey {
		return s.complete() && strings.HasPrefix(text, `"`)
	}
	return s.complete() && !strings.ContainsAny(text[:min(len(text), 1)], " \t\r\n")
}

// IsJSON reports whether text is one JSON value.
func IsJSON(text string) bool {
	var s jsonState
	s.read([]byte(text))
	return s.complete()
}
