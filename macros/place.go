package macros

import (
	"strconv"
	"strings"
	"sync"
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
// taken as its nearer end. Where many places of one source are asked for, use
// [Places].
func PlaceOf(source string, pos Pos) Place {
	at := min(max(int(pos), 0), len(source))
	before := source[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return Place{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[start:]) + 1,
	}
}

// Places tells the places of many offsets in one source, each in a time that
// does not depend on the length of the source. It is safe for concurrent use
// and costs nothing until it is first asked.
type Places struct {
	source      string
	once        sync.Once
	checkpoints []checkpoint
}

// NewPlaces returns the places of source.
func NewPlaces(source string) *Places { return &Places{source: source} }

// checkpoint is an offset whose place is known.
type checkpoint struct {
	offset int
	place  Place
}

// interval is how far apart the checkpoints are.
const interval = 1024

// At returns the place of pos, as [PlaceOf] does.
func (p *Places) At(pos Pos) Place {
	p.once.Do(p.index)
	at := min(max(int(pos), 0), len(p.source))
	i := at / interval
	if p.checkpoints[i].offset > at {
		i--
	}
	return p.from(p.checkpoints[i], at)
}

func (p *Places) index() {
	p.checkpoints = append(make([]checkpoint, 0, len(p.source)/interval+1), checkpoint{place: Place{Line: 1, Column: 1}})
	for offset := interval; offset <= len(p.source); offset += interval {
		at := runeStart(p.source, offset)
		p.checkpoints = append(p.checkpoints, checkpoint{at, p.from(p.checkpoints[len(p.checkpoints)-1], at)})
	}
}

// from returns the place of the offset, which is not before m.
func (p *Places) from(m checkpoint, offset int) Place {
	place, passed := m.place, p.source[m.offset:offset]
	if lines := strings.Count(passed, "\n"); lines > 0 {
		place.Line += lines
		place.Column = 1
		passed = passed[strings.LastIndexByte(passed, '\n')+1:]
	}
	place.Column += utf8.RuneCountInString(passed)
	return place
}

// runeStart returns the offset, or where the rune begins that reaches across
// it.
func runeStart(source string, offset int) int {
	for at := offset - 1; at >= max(0, offset-utf8.UTFMax+1); at-- {
		if utf8.RuneStart(source[at]) {
			if _, n := utf8.DecodeRuneInString(source[at:]); at+n > offset {
				return at
			}
			break
		}
	}
	return offset
}
