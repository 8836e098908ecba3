package escape

import "strings"

// Context is where the output goes.
type Context uint8

const (
	InText Context = iota
	InJSON
	InHTML
	InURL
	InHeader
)

// Tracked reports whether the escaping of a value depends on what stands before
// it, so that a compiler has to follow the output.
func (c Context) Tracked() bool { return c == InJSON || c == InURL || c == InHTML }

// Fixed returns the escaper of all values in a context that is not tracked, or
// inside a capture. What is captured is escaped where the capture is printed;
// where nothing is escaped, there is nothing to note for that. In a tracked
// context it falls back on the output, which is right everywhere.
func (c Context) Fixed(capturing bool) Escaper {
	switch {
	case c == InText, c == InHeader && capturing:
		return AsIs
	case c == InHeader:
		return Header
	case capturing:
		return Captured
	}
	return Live
}

// Content is a set of contexts that a text was already made for, so that it is
// not escaped again there.
type Content uint8

const (
	HTMLContent Content = 1 << iota
	URLContent
	JSONContent
	RawContent // the author takes the responsibility, as far as the context lets them
)

// content is the mark of a text that is finished for the context. JSON is not
// among them, because its texts are finished whole or not at all.
func (c Context) content() Content {
	switch c {
	case InHTML:
		return HTMLContent
	case InURL:
		return URLContent
	}
	return 0
}

// Mixes reports whether a text may be escaped in parts.
func (c Context) Mixes() bool { return c.content() != 0 }

// RawProblem says why raw text cannot stand anywhere in the context, or "".
func (c Context) RawProblem(text string) string {
	if c == InURL && strings.ContainsAny(text, lineBreaks) {
		return brokenURL
	}
	return ""
}

// lineBreaks cut a request in two.
const lineBreaks = "\r\n\x00"

const brokenURL = "a URL must not hold a line break or a NUL byte"
