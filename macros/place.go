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
