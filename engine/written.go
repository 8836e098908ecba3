package engine

import (
	"regexp"
	"slices"
	"strings"
)

// span is the part of a text from one offset to another.
type span struct{ from, to int }

// written are the parts of a text that are finished for its template's context:
// what the author wrote inside a capture, and what was escaped before. They are
// in order and do not touch. The parts between them are values, and are escaped
// where the text is printed. A text keeps its parts in value.ref.
type written []span

// written returns the parts of v's text that are finished for the context.
func (c Context) written(v value) written {
	if v.kind != kindString || v.text == "" {
		return nil
	}
	if v.done&c.finish() != 0 {
		return written{{0, len(v.text)}}
	}
	parts, _ := v.ref.(written)
	return parts
}

// finish is the mark of a text that is finished for the context. JSON is not
// among them, because its texts are finished whole or not at all.
func (c Context) finish() finish {
	switch c {
	case HTMLContext:
		return finishHTML
	case URLContext:
		return finishURL
	}
	return 0
}

// part is a piece of a text that is either all written or all value.
type part struct {
	text    string
	written bool
}

// parts cuts text into its pieces.
func (w written) parts(text string) []part {
	parts, at := make([]part, 0, 2*len(w)+1), 0
	for _, s := range w {
		if at < s.from {
			parts = append(parts, part{text[at:s.from], false})
		}
		parts = append(parts, part{text[s.from:s.to], true})
		at = s.to
	}
	if at < len(text) {
		parts = append(parts, part{text[at:], false})
	}
	return parts
}

// add makes the bytes from one offset to another written.
func (w written) add(from, to int) written {
	switch last := len(w) - 1; {
	case from == to:
		return w
	case last >= 0 && w[last].to == from:
		w[last].to = to
		return w
	}
	return append(w, span{from, to})
}

// textOf returns a text with its written parts.
func textOf(text string, w written) value {
	v := stringValue(text)
	if len(w) > 0 {
		v.ref = slices.Clip(w)
	}
	return v
}

// eachPart returns in with each of its parts mapped. A filter that changes
// letters only leaves what is written so, and the names of characters in HTML
// as they are.
func (c *call) eachPart(in value, change func(string) string) value {
	from := c.template.context.written(in)
	if len(from) == 0 {
		return stringValue(change(in.string()))
	}
	var text []byte
	var w written
	for _, p := range from.parts(in.text) {
		base := len(text)
		if !p.written {
			text = append(text, change(p.text)...)
			continue
		}
		at := 0
		for _, name := range c.template.context.characters(p.text) {
			text = append(append(text, change(p.text[at:name[0]])...), p.text[name[0]:name[1]]...)
			at = name[1]
		}
		text = append(text, change(p.text[at:])...)
		w = w.add(base, len(text))
	}
	return textOf(string(text), w)
}

// character is the name of a character in HTML.
var character = regexp.MustCompile(`&(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);`)

// characters returns where written text names characters.
func (c Context) characters(text string) [][]int {
	if c != HTMLContext || strings.IndexByte(text, '&') < 0 {
		return nil
	}
	return character.FindAllStringIndex(text, -1)
}

// concatenated returns a list's items, one behind the other, as one text.
func (st *state) concatenated(list value, depth int) value {
	w := &weave{context: st.template.context}
	for i := range list.len() {
		item := list.at(i)
		if item.kind == kindList && !item.secretTree() {
			if depth > maxDataDepth {
				break
			}
			item = st.concatenated(item, depth+1)
		}
		w.join(item)
	}
	return w.value().with(list.taint)
}
