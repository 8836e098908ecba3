package escape

import "strings"

// cut is a place where a text may be cut in two. What ends at one cut can be
// joined to what begins at an equal one without a change to the markup around.
type cut struct {
	phase  htmlPhase
	opened int
}

// cutter reads a text once from its beginning, and tells where it may be cut.
type cutter struct {
	context Context
	source  string
	escaped Spans // those that are not behind at
	at      int
	html    htmlState
}

// cutAt returns the cut at an offset, which is not before the last one, and
// false where the text must not be cut there.
func (c *cutter) cutAt(to int) (cut, bool) {
	if c.context == InURL {
		return cut{}, !c.inPercent(to)
	}
	for c.at < to {
		next := c.ahead(c.at)
		isValue, end := c.at < next.From, next.To
		if isValue {
			end = next.From
		}
		end = min(end, to)
		_ = c.html.read(c.source[c.at:end], isValue)
		c.at = end
	}
	return cut{c.html.phase, c.html.opened}, c.html.mayEdit()
}

// ahead returns the escaped part that an offset is in or before.
func (c *cutter) ahead(at int) Span {
	for len(c.escaped) > 0 && c.escaped[0].To <= at {
		c.escaped = c.escaped[1:]
	}
	if len(c.escaped) == 0 {
		return Span{len(c.source), len(c.source)}
	}
	return c.escaped[0]
}

// inPercent reports whether an offset is inside an escaped %XX.
func (c *cutter) inPercent(at int) bool {
	s := c.ahead(at)
	return s.From < at && strings.IndexByte(c.source[max(at-2, s.From):at], '%') >= 0
}

// whole reports whether t can stand in any text: it ends where it began.
func (c Context) whole(t Text) bool {
	k := cutter{context: c, source: t.String, escaped: t.escaped(c)}
	end, ok := k.cutAt(len(k.source))
	return ok && end == cut{}
}
