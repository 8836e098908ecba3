package redact

import (
	"bytes"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// jsonLine follows a text to tell where in a line of JSON a mask is to stand: a line
// stays valid JSON, so what is no string becomes one. It reads a line only if
// something in it is masked.
type jsonLine struct {
	// at is up to where the text was read.
	at int
	// opener is the first character of the line, 0 while there was none.
	opener byte
	// inString is set within a string literal, escaped behind a backslash there.
	inString, escaped bool
}

// move reads text on to at. What is read before the last line break does not matter.
func (l *jsonLine) move(text []byte, at int) {
	if at <= l.at {
		return
	}
	if n := bytes.LastIndexByte(text[l.at:at], '\n'); n >= 0 {
		*l = jsonLine{at: l.at + n + 1}
	}
	for ; l.at < at; l.at++ {
		c := text[l.at]
		if l.opener == 0 {
			if c == ' ' || c == '\t' || c == '\r' {
				continue
			}
			l.opener = c
		}
		switch {
		case !l.json():
			l.at = at
			return
		case l.escaped:
			l.escaped = false
		case l.inString && c == '\\':
			l.escaped = true
		case c == '"':
			l.inString = !l.inString
		}
	}
}

// json reports whether the line may be JSON.
func (l *jsonLine) json() bool { return l.opener == '{' || l.opener == '[' || l.opener == '"' }

// mask returns what is to stand for a span of text: the mask, in quotes where the span
// is no part of a string literal.
func (l *jsonLine) mask(text []byte, s index.Span) string {
	l.move(text, s.From)
	if l.opener == 0 && s.From < len(text) && (text[s.From] == '{' || text[s.From] == '[') {
		return Mask // all of the line
	}
	if !l.json() || l.inString {
		begun := l.json()
		if l.move(text, s.To); begun && !l.inString && l.json() {
			return Mask + `"`
		}
		return Mask
	}
	scalar := isScalar(text[s.From:s.To])
	value := scalar || l.opener == '{' && text[s.From] != '}' && bytes.IndexByte([]byte(`"{[`), text[s.From]) >= 0
	l.move(text, s.To)
	switch {
	case !value:
		return Mask
	case l.inString:
		return `"` + Mask
	}
	return quotedMask
}

// isScalar reports whether text is a number, a boolean or null as JSON has them.
func isScalar(text []byte) bool {
	switch string(text) {
	case "true", "false", "null":
		return true
	}
	for _, c := range text {
		if (c < '0' || c > '9') && bytes.IndexByte([]byte("+-.eE"), c) < 0 {
			return false
		}
	}
	return true
}
