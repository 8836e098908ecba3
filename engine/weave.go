package engine

import (
	"iter"
	"strings"
)

// weave makes a text of parts of another, and of values that are put between
// them. What is written in it stays so, provided that each part that is left
// out begins and ends in the same text, or inside the same quotes, of the
// markup: else a value could, by its length, choose what becomes markup, and the
// whole text counts as a value.
type weave struct {
	context Context
	source  string
	from    written
	// at is how far source was used, left the first of from that may be ahead
	// of it.
	at    int
	left  int
	seams seams
	// text and written are the result; torn says that it cannot be written.
	text    strings.Builder
	written written
	torn    bool
}

func (c *call) weave(in value) *weave {
	w := &weave{context: c.template.context, source: in.string()}
	w.from = w.context.written(in)
	w.seams = seams{context: w.context, source: w.source, from: w.from}
	return w
}

// plain reports whether nothing in texts is written, so that no weave is needed
// to make one of them.
func (c *call) plain(texts ...value) bool {
	for i := range texts {
		if c.template.context.written(texts[i]) != nil {
			return false
		}
	}
	return true
}

// keep takes source[from:to] over. Offsets never go back.
func (w *weave) keep(from, to int) {
	if from > w.at {
		w.skip(from)
	}
	base := w.text.Len() - from
	for ; w.left < len(w.from) && w.from[w.left].from < to; w.left++ {
		s := w.from[w.left]
		if a, b := max(s.from, from), min(s.to, to); a < b {
			w.written = w.written.add(base+a, base+b)
		}
		if s.to > to {
			break
		}
	}
	w.text.WriteString(w.source[from:to])
	w.at = to
}

// skip leaves out all up to an offset.
func (w *weave) skip(to int) {
	if len(w.from) > 0 && !w.torn {
		before, ok := w.seams.seam(w.at)
		after, _ := w.seams.seam(to)
		w.torn = !ok || before != after
	}
	w.at = to
}

// join puts v at either end of the text, as if it were printed there.
func (w *weave) join(v value) {
	base := w.text.Len()
	w.text.WriteString(v.string())
	for _, s := range w.context.written(v) {
		w.written = w.written.add(base+s.from, base+s.to)
	}
}

// insert puts v between what was kept and what comes. Where that is no text but
// inside quotes, v is a value whatever it is.
func (w *weave) insert(v value) {
	if v.string() == "" {
		return
	}
	if len(w.from) > 0 && !w.torn {
		here, ok := w.seams.seam(w.at)
		if w.torn = !ok; here != (seam{}) || !w.context.whole(v) {
			v = stringValue(v.string())
		}
	}
	w.join(v)
}

// space puts one space in the place of the white space up to an offset.
func (w *weave) space(to int) {
	if w.source[w.at:to] == " " {
		w.keep(w.at, to)
		return
	}
	w.skip(to)
	w.insert(stringValue(" "))
}

// edit replaces what found yields, in order.
func (c *call) edit(in value, found iter.Seq[span], with value) value {
	w := c.weave(in)
	w.text.Grow(len(w.source))
	for s := range found {
		w.keep(w.at, s.from)
		w.skip(s.to)
		w.insert(with)
	}
	w.keep(w.at, len(w.source))
	return w.value()
}

// cut returns the part of a text from one offset to another.
func (c *call) cut(in value, from, to int) value {
	if c.plain(in) {
		return stringValue(in.string()[from:to])
	}
	w := c.weave(in)
	w.keep(from, to)
	return w.value()
}

// cuts returns parts of a text, each by itself. They are in order.
func (c *call) cuts(in value, parts []span) []value {
	w := c.weave(in)
	last, _ := (&seams{context: w.context, source: w.source, from: w.from}).seam(len(w.source))
	list := make([]value, len(parts))
	for i, p := range parts {
		list[i] = stringValue(w.source[p.from:p.to])
		if len(w.from) == 0 {
			continue
		}
		before, ok := w.seams.seam(p.from)
		w.at, w.written = p.from, nil
		w.text.Reset()
		w.keep(p.from, p.to)
		after, alsoOK := w.seams.seam(p.to)
		if ok && alsoOK && before == (seam{}) && after == last {
			list[i] = textOf(list[i].text, w.written)
		}
	}
	return list
}

// whole reports whether v can stand in any text: it ends where it began.
func (c Context) whole(v value) bool {
	s := seams{context: c, source: v.string(), from: c.written(v)}
	end, ok := s.seam(len(s.source))
	return ok && end == seam{}
}

// value ends the text. What was not kept is left out.
func (w *weave) value() value {
	if w.at < len(w.source) {
		w.skip(len(w.source))
	}
	if w.torn {
		return stringValue(w.text.String())
	}
	return textOf(w.text.String(), w.written)
}
