package macros

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Pos is a byte offset into a source text. The tree stores offsets because
// they cost nothing to keep; [PlaceOf] turns one into what an author reads.
type Pos int

// Place is where something stands in an author's text. Line and Column start
// at 1; Column counts code points, and an invalid byte counts as one.
type Place struct {
	Line   int
	Column int
}

// String returns "line:column".
func (p Place) String() string {
	return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// PlaceOf returns the place of pos in source. An offset outside source is
// taken as its nearer end.
func PlaceOf(source string, pos Pos) Place {
	at := min(max(int(pos), 0), len(source))
	before := source[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return Place{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[start:]) + 1,
	}
}

// places works out many places in one pass over the source, in order.
type places struct {
	source string
	done   int
	place  Place
}

// at returns the place of the offset, which must not lie before the last one.
func (p *places) at(offset int) Place {
	if p.place.Line == 0 {
		p.place = Place{Line: 1, Column: 1}
	}
	offset = min(max(offset, p.done), len(p.source))
	passed := p.source[p.done:offset]
	p.done = offset
	if lines := strings.Count(passed, "\n"); lines > 0 {
		p.place.Line += lines
		p.place.Column = 1
		passed = passed[strings.LastIndexByte(passed, '\n')+1:]
	}
	p.place.Column += utf8.RuneCountInString(passed)
	return p.place
}

func (p *places) rewind() { p.done, p.place = 0, Place{} }
