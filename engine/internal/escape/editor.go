package escape

import (
	"slices"
	"strings"
)

// Editor makes a text of parts of another, and of texts that are put between
// them. What is escaped in them stays so, provided that each part that is left
// out begins and ends in the same text, or inside the same quotes, of the
// markup: else a value could, by its length, choose what becomes markup, and the
// whole text counts as a value.
type Editor struct {
	context Context
	source  string
	escaped Spans
	// at is how far source was used, left the first of escaped that may be
	// ahead of it.
	at     int
	left   int
	cutter cutter
	// text and result are what was made; broken says that markup was cut in
	// two, so that none of it may count as escaped.
	text   strings.Builder
	result Spans
	broken bool
}

// NewEditor returns an editor of t. The zero Text makes one that only joins.
func NewEditor(c Context, t Text) *Editor {
	e := &Editor{context: c, source: t.String, escaped: t.escaped(c)}
	e.cutter = cutter{context: c, source: e.source, escaped: e.escaped}
	return e
}

// Source returns the text that is edited.
func (e *Editor) Source() string { return e.source }

// At returns how far the source was used.
func (e *Editor) At() int { return e.at }

// Len returns the length of what was made.
func (e *Editor) Len() int { return e.text.Len() }

// Grow makes room for n bytes.
func (e *Editor) Grow(n int) { e.text.Grow(n) }

// Keep takes source[from:to] over. Offsets never go back.
func (e *Editor) Keep(from, to int) {
	if from > e.at {
		e.Skip(from)
	}
	base := e.text.Len() - from
	for ; e.left < len(e.escaped) && e.escaped[e.left].From < to; e.left++ {
		s := e.escaped[e.left]
		if a, b := max(s.From, from), min(s.To, to); a < b {
			e.result = e.result.add(base+a, base+b)
		}
		if s.To > to {
			break
		}
	}
	e.text.WriteString(e.source[from:to])
	e.at = to
}

// Skip leaves out all up to an offset.
func (e *Editor) Skip(to int) {
	if len(e.escaped) > 0 && !e.broken {
		// Both cuts are taken even where the first is refused: the cutter must
		// have read up to here for the next one.
		before, ok := e.cutter.cutAt(e.at)
		after, _ := e.cutter.cutAt(to)
		e.broken = !ok || before != after
	}
	e.at = to
}

// Join puts t at either end of the text, as if it were printed there.
func (e *Editor) Join(t Text) {
	base := e.text.Len()
	e.text.WriteString(t.String)
	for _, s := range t.escaped(e.context) {
		e.result = e.result.add(base+s.From, base+s.To)
	}
}

// Insert puts t between what was kept and what comes. Where that is no text but
// inside quotes, t is a value whatever it is: markup there would end the quotes.
func (e *Editor) Insert(t Text) {
	if t.String == "" {
		return
	}
	if len(e.escaped) > 0 && !e.broken {
		here, ok := e.cutter.cutAt(e.at)
		if e.broken = !ok; here != (cut{}) || !e.context.whole(t) {
			t = Text{String: t.String}
		}
	}
	e.Join(t)
}

// Space puts one space in the place of the white space up to an offset.
func (e *Editor) Space(to int) {
	if e.source[e.at:to] == " " {
		e.Keep(e.at, to)
		return
	}
	e.Skip(to)
	e.Insert(Text{String: " "})
}

// Parts returns parts of the source, each by itself. They are in order. A part
// keeps what is escaped in it only if it begins in the text outside all markup
// and ends where the source ends, so that no list of them, in whatever order it
// is printed, opens a tag or a quote for another.
func (e *Editor) Parts(parts []Span) []Text {
	last, _ := (&cutter{context: e.context, source: e.source, escaped: e.escaped}).cutAt(len(e.source))
	list := make([]Text, len(parts))
	for i, p := range parts {
		list[i].String = e.source[p.From:p.To]
		if len(e.escaped) == 0 {
			continue
		}
		before, ok := e.cutter.cutAt(p.From)
		e.at, e.result = p.From, nil
		e.text.Reset()
		e.Keep(p.From, p.To)
		after, alsoOK := e.cutter.cutAt(p.To)
		if ok && alsoOK && before == (cut{}) && after == last {
			list[i].Escaped = slices.Clip(e.result)
		}
	}
	return list
}

// Text ends the text. What was not kept is left out.
func (e *Editor) Text() Text {
	if e.at < len(e.source) {
		e.Skip(len(e.source))
	}
	if e.broken {
		return Text{String: e.text.String()}
	}
	return Text{String: e.text.String(), Escaped: slices.Clip(e.result)}
}
