package escape

import (
	"html"
	"strings"
)

// maxRef is how much of a reference to a character is kept: more than the longest
// has.
const maxRef = 40

// unescape takes a byte of an attribute and returns what it adds to the text that a
// browser reads there: nothing inside a reference, and its character at the end.
func (s *htmlState) unescape(c byte) (text string) {
	ref := s.ref
	switch {
	case ref == "" && c != '&':
		return string([]byte{c})
	case ref != "" && continuesRef(ref, c):
		switch {
		case strings.HasSuffix(ref, "#0") || strings.HasSuffix(strings.ToLower(ref), "#x0"):
			s.ref = ref[:len(ref)-1] + string([]byte{c}) // zeros in front may be many
		case len(ref) < maxRef:
			s.ref += string([]byte{c})
		}
		return ""
	}
	if s.ref = ""; c == '&' {
		s.ref = "&"
		return html.UnescapeString(ref)
	}
	// Without its semicolon the reference ends all the same where it is a number.
	return html.UnescapeString(ref + string([]byte{c}))
}

// continuesRef reports whether c goes on with ref, of which there is an & at least.
func continuesRef(ref string, c byte) bool {
	digit := '0' <= c && c <= '9'
	switch {
	case ref == "&":
		return isLetter(c) || c == '#'
	case ref == "&#":
		return digit || lower(c) == 'x'
	case strings.HasPrefix(ref, "&#x"), strings.HasPrefix(ref, "&#X"):
		return isHexDigit(c)
	case ref[1] == '#':
		return digit
	}
	return isLetter(c) || digit
}

const insideRef = "a value cannot stand right behind & in a link, where it could name a character: write &amp; for the sign"
