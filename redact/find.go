package redact

import (
	"github.com/sotto-render/sotto/redact/internal/index"
)

// find appends to dst the stretches of text to be masked, in order and joined, and
// returns where something begins that only what follows text decides, or len(text).
// What is before from is left out: a stream has passed it on already. open tells that more text may follow.
func (g *registry) find(dst []index.Span, text []byte, from int, open bool) (spans []index.Span, hold int) {
	var buf [4]index.Tagged
	dst, found := g.scan(dst, buf[:0], text, index.Edge{Open: open})
	hold = len(text)
	dst, hold = decide(dst, found, text, hold, open)
	if open {
		hold = min(hold, from+g.hold(text[from:], before(text, from)))
	}
	dst, hold = g.findJoined(dst, text, hold, open)
	if len(dst) > 0 {
		dst, hold = widen(index.Join(dst), text, hold, open)
	}
	if open {
		hold, _, _ = escapeAround(text, hold)
		hold = max(hold, from)
	}
	kept := dst[:0]
	for _, s := range dst {
		if s.To > from {
			// What begins before is masked already, and this goes on behind it.
			kept = append(kept, index.Span{From: max(s.From, from), To: s.To})
		}
	}
	return kept, hold
}

func before(text []byte, i int) byte {
	if i == 0 {
		return 0
	}
	return text[i-1]
}

// scan asks the index here and those of the layers below.
func (g *registry) scan(dst []index.Span, found []index.Tagged, text []byte, e index.Edge) ([]index.Span, []index.Tagged) {
	dst, found = g.matcher.Spans(dst, found, text, e)
	g.below(func(layer *registry) { dst, found = layer.scan(dst, found, text, e) })
	return dst, found
}

// decide appends the matches whose condition holds to dst, and lowers hold to the
// first that what follows decides.
func decide(dst []index.Span, found []index.Tagged, text []byte, hold int, open bool) ([]index.Span, int) {
	for _, t := range found {
		p := place{text, t.Span, open}
		switch t.Condition.(condition).holds(&p) {
		case yes:
			dst = append(dst, p.Span)
		case later:
			hold = min(hold, p.From)
		}
	}
	return dst, hold
}

// findJoined is find for what line breaks were put into.
func (g *registry) findJoined(dst []index.Span, text []byte, hold int, open bool) ([]index.Span, int) {
	soft, first := firstBreak(text, open)
	if first < 0 {
		return dst, hold
	}
	j := joinedTexts.Get().(*joinedText)
	defer joinedTexts.Put(j)
	for _, runs := range [...]bool{true, false} {
		j.reset()
		if runs {
			j.joinRuns(text, first, open)
		} else if soft {
			j.joinSoft(text, open)
		}
		if len(j.text) == 0 {
			continue
		}
		tailOpen := open && j.tail >= 0
		j.spans, j.tagged = g.scan(j.spans[:0], j.tagged[:0], j.text, index.Edge{Open: tailOpen, Apart: true, Broken: runs})
		cut := len(j.text)
		j.spans, cut = decide(j.spans, j.tagged, j.text, cut, tailOpen)
		for _, s := range j.spans {
			if s.To > s.From {
				dst = append(dst, index.Span{From: j.origin(s.From), To: j.origin(s.To-1) + 1})
			}
		}
		if j.tail >= 0 {
			cut = min(cut, j.tail+g.hold(j.text[j.tail:], 0))
		}
		if cut < len(j.text) {
			hold = min(hold, j.origin(cut))
		}
	}
	return dst, hold
}

// widen makes spans begin and end where escapes do, and joins them where they then
// touch. One that ends in what may become an escape is left to what follows.
func widen(spans []index.Span, text []byte, hold int, open bool) ([]index.Span, int) {
	out := spans[:0]
	for _, s := range spans {
		s.From, _, _ = escapeAround(text, s.From)
		_, to, unfinished := escapeAround(text, s.To)
		if unfinished && open {
			hold = min(hold, s.From)
			continue
		}
		s.To = max(s.To, to)
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
		} else {
			out = append(out, s)
		}
	}
	return out, hold
}
