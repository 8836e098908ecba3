package redact

import (
	"github.com/sotto-render/sotto/redact/internal/index"
)

// find appends to dst the stretches of text to be masked, in order and joined, and
// returns where something begins that only what follows text decides, or len(text).
// What is before from is left out: a stream has passed it on already. open tells that more text may follow.
func (g *registry) find(dst []index.Span, text []byte, from int, open bool) (spans []index.Span, hold int) {
	if len(text) >= large {
		found, breaks, runs := g.scanLong(text, open)
		return g.settle(dst, found, breaks, runs, text, from)
	}
	edge := &closedEdge
	if open {
		edge = &openEdge
	}
	found := g.scan(nil, text, edge)
	var runs outerRuns
	runs.read(text, len(text))
	if found == nil && !open && runs.found == nil && oneLine(text) {
		return dst, len(text) // as most texts
	}
	breaks := lineBreaks{open: open}
	breaks.read(text, len(text))
	return g.settle(dst, found, breaks, runs, text, from)
}

// settle is find for what the indexes have found in text, its line breaks, and what may
// be base64 of base64.
func (g *registry) settle(dst []index.Span, found *index.Scan, breaks lineBreaks, runs outerRuns, text []byte, from int) (spans []index.Span, hold int) {
	hold, open := len(text), breaks.open
	if found != nil {
		dst, hold = decide(found.Spans(dst), found.Tagged(), text, hold, open)
		found.Release()
	}
	if runs.found != nil {
		dst, hold = g.findDecoded(dst, text, runs.found, hold, open)
	}
	if open {
		hold = min(hold, from+g.hold(text[from:], before(text, from)), max(from, g.holdDecoded(text)))
	}
	if breaks.found {
		dst, hold = g.findJoined(dst, text, hold, breaks)
	}
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

// closedEdge and openEdge are those of texts that are whole, and of texts that may go on.
var closedEdge, openEdge = index.Edge{}, index.Edge{Open: true}

// scan adds to found what the index here and those of the layers below find.
func (g *registry) scan(found *index.Scan, text []byte, e *index.Edge) *index.Scan {
	found = g.matcher.Scan(found, text, e)
	if g.base.Load() != nil || g.united.Load() != nil {
		below := *e
		below.Read = nil
		g.below(func(layer *registry) { found = layer.scan(found, text, &below) })
	}
	return found
}

// scanLong is scan for a text that the processor does not keep near: its line breaks
// and runs are looked at right behind the index.
func (g *registry) scanLong(text []byte, open bool) (*index.Scan, lineBreaks, outerRuns) {
	breaks, runs := lineBreaks{open: open}, outerRuns{}
	read := func(to int) {
		breaks.read(text, to)
		runs.read(text, to)
	}
	found := g.scan(nil, text, &index.Edge{Open: open, Read: read})
	read(len(text))
	return found, breaks, runs
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
func (g *registry) findJoined(dst []index.Span, text []byte, hold int, breaks lineBreaks) ([]index.Span, int) {
	open := breaks.open
	j := joinedTexts.Get().(*joinedText)
	defer joinedTexts.Put(j)
	for _, runs := range [...]bool{true, false} {
		j.reset()
		if runs {
			j.joinRuns(text, breaks.first, open)
		} else if breaks.soft {
			j.joinSoft(text, open)
		}
		if len(j.text) == 0 {
			continue
		}
		tailOpen := open && j.tail >= 0
		found := g.scan(nil, j.text, &index.Edge{Open: tailOpen, Apart: true, Broken: runs})
		cut := len(j.text)
		if found != nil {
			j.spans, cut = decide(found.Spans(j.spans), found.Tagged(), j.text, cut, tailOpen)
			found.Release()
		}
		var inner outerRuns
		if inner.read(j.text, len(j.text)); inner.found != nil {
			known := len(j.spans)
			j.spans, cut = g.findDecoded(j.spans, j.text, inner.found, cut, tailOpen)
			for i := range j.spans[known:] {
				j.leaveShort(&j.spans[known+i])
			}
		}
		for _, s := range j.spans {
			if s.To > s.From {
				dst = append(dst, index.Span{From: j.origin(s.From), To: j.origin(s.To-1) + 1})
			}
		}
		if j.tail >= 0 {
			cut = min(cut, j.tail+g.hold(j.text[j.tail:], 0))
			if held := j.tail + g.holdDecoded(j.text[j.tail:]); len(j.text)-held >= shortestHeld || !j.broken(text) {
				cut = min(cut, held)
			}
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
