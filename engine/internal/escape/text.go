package escape

import (
	"regexp"
	"slices"
	"strings"
)

// Span is the part of a text from one offset to another.
type Span struct{ From, To int }

// Spans are the parts of a text that are escaped for its template's context:
// what the author wrote inside a capture, and what was escaped before. They are
// in order and do not touch. The parts between them are values, and are escaped
// where the text is printed.
type Spans []Span

// Text is a text and what is known of its escaping.
type Text struct {
	String  string
	Content Content
	Escaped Spans
	// Placeholder says that the text stands for a secret in a preview. What it
	// stands for, only a send can judge.
	Placeholder bool
}

// escaped returns the parts of t that are escaped for the context.
func (t Text) escaped(c Context) Spans {
	if t.String == "" {
		return nil
	}
	if t.Content&c.content() != 0 {
		return Spans{{0, len(t.String)}}
	}
	return t.Escaped
}

// Plain reports whether no part of t is escaped for the context, so that t is a
// value like any other.
func (t Text) Plain(c Context) bool { return t.escaped(c) == nil }

// Part is a piece of a text that is either all escaped or all value.
type Part struct {
	Text    string
	Escaped bool
}

// Parts cuts t into its pieces.
func (t Text) Parts() []Part { return t.Escaped.parts(t.String) }

func (spans Spans) parts(text string) []Part {
	parts, at := make([]Part, 0, 2*len(spans)+1), 0
	for _, s := range spans {
		if at < s.From {
			parts = append(parts, Part{text[at:s.From], false})
		}
		parts = append(parts, Part{text[s.From:s.To], true})
		at = s.To
	}
	if at < len(text) {
		parts = append(parts, Part{text[at:], false})
	}
	return parts
}

// add makes the bytes from one offset to another escaped.
func (spans Spans) add(from, to int) Spans {
	switch last := len(spans) - 1; {
	case from == to:
		return spans
	case last >= 0 && spans[last].To == from:
		spans[last].To = to
		return spans
	}
	return append(spans, Span{from, to})
}

// Capture returns the text of a capture's output. What lies between the values
// that went into it was written by the author, and so needs no escaping.
func Capture(c Context, text string, values []Span) Text {
	if !c.Mixes() {
		return Text{String: text}
	}
	var spans Spans
	add := func(from, to int) {
		// In HTML only what escaping would change is worth a span: without one the
		// text stays a value like any other, which every filter takes.
		if c == InURL || strings.ContainsAny(text[from:to], `&<>"'`) {
			spans = spans.add(from, to)
		}
	}
	at := 0
	for _, s := range values {
		add(at, s.From)
		at = s.To
	}
	add(at, len(text))
	return Text{String: text, Escaped: slices.Clip(spans)}
}

// Values appends the spans of t that are values, moved to the offset base.
func (t Text) Values(c Context, values []Span, base int) []Span {
	at := 0
	add := func(to int) {
		if at < to {
			values = append(values, Span{base + at, base + to})
		}
	}
	for _, s := range t.escaped(c) {
		add(s.From)
		at = s.To
	}
	add(len(t.String))
	return values
}

// Map returns t with each of its parts changed. A change that makes other
// letters of letters leaves what is escaped so, and the names of characters in
// HTML, such as `&amp;`, as they are: `&AMP;` would be another text.
func (t Text) Map(c Context, change func(string) string) Text {
	from := t.escaped(c)
	if len(from) == 0 {
		return Text{String: change(t.String)}
	}
	var text []byte
	var spans Spans
	for _, p := range from.parts(t.String) {
		base := len(text)
		if !p.Escaped {
			text = append(text, change(p.Text)...)
			continue
		}
		at := 0
		for _, name := range c.characters(p.Text) {
			text = append(append(text, change(p.Text[at:name[0]])...), p.Text[name[0]:name[1]]...)
			at = name[1]
		}
		text = append(text, change(p.Text[at:])...)
		spans = spans.add(base, len(text))
	}
	return Text{String: string(text), Escaped: slices.Clip(spans)}
}

// character is the name of a character in HTML.
var character = regexp.MustCompile(`&(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);`)

// characters returns where escaped text names characters.
func (c Context) characters(text string) [][]int {
	if c != InHTML || strings.IndexByte(text, '&') < 0 {
		return nil
	}
	return character.FindAllStringIndex(text, -1)
}
