package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// terminalSafe returns text on one line and without what a terminal would act on:
// control characters, those that turn the direction of writing, and bytes that
// are no UTF-8 become escapes. What comes from a server, a file or another
// person is printed so; a message goes out as it is.
func terminalSafe(text string) string {
	if strings.IndexFunc(text, acts) < 0 {
		return text
	}
	var b strings.Builder
	for at, r := range text {
		_, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[at])
		case r == utf8.RuneError, !acts(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// terminalSafeLines is terminalSafe for a text of several lines.
func terminalSafeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = terminalSafe(line)
	}
	return strings.Join(lines, "\n")
}

// acts reports whether a terminal may do something with r but show it. It is
// true for utf8.RuneError, which stands for bytes that are no UTF-8.
func acts(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}
