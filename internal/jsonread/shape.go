package jsonread

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// Shape is how the records of a list are written: all that is the same in each of
// them, which are the names, the brackets and the space. It is immutable and safe
// for concurrent use.
type Shape struct {
	// gaps stand before each value; the last one behind them all.
	gaps []string
	// paths are the names that lead to each value.
	paths [][]string
}

// What a shape holds at most. A record that is larger is read as any other.
const (
	maxCells     = 256
	maxGapsBytes = 16 << 10
)

// ShapeOf returns the shape of record, which is an object that a [Decoder] has read
// without a mistake. It is nil where a list or an empty object is in it, where a
// name is written with escapes, and where the record is too large.
func ShapeOf(record string) *Shape {
	r := &Reader{src: record, maxDepth: DefaultDepth, decoder: new(Decoder)}
	l := learner{reader: r, shape: new(Shape)}
	r.space()
	l.object(nil)
	if l.given || r.err != nil {
		return nil
	}
	l.shape.gaps = append(l.shape.gaps, strings.Clone(record[l.from:r.pos]))
	return l.shape
}

// learner walks through a record.
type learner struct {
	reader *Reader
	shape  *Shape
	// from is where the last value ended.
	from int
	// given says that the learner gave up.
	given bool
}

func (l *learner) object(path []string) {
	empty := true
	r := l.reader
	r.object("an object", func(name string, at int) {
		empty = false
		named := append(path[:len(path):len(path)], strings.Clone(name))
		if strings.IndexByte(r.src[at:r.pos], '\\') >= 0 {
			l.given = true
		}
		if r.peek() == '{' {
			l.object(named)
			return
		}
		l.value(named)
	})
	l.given = l.given || empty
}

func (l *learner) value(path []string) {
	r, start := l.reader, l.reader.pos
	if r.peek() == '[' || len(l.shape.gaps) >= maxCells || start > maxGapsBytes+l.from {
		l.given = true
	}
	l.shape.gaps = append(l.shape.gaps, strings.Clone(r.src[l.from:start]))
	l.shape.paths = append(l.shape.paths, path)
	r.Value()
	l.from = r.pos
}

// Paths returns the names that lead to each cell, in the order of [Shape.Read]. It
// must not be changed.
func (s *Shape) Paths() [][]string { return s.paths }

// Read reads the record at the start of src into cells, of which there is one for
// each path, and returns its length. It is 0 where the record has another shape or
// a mistake: then a [Decoder] tells which.
func (s *Shape) Read(src string, cells []Cell) int {
	pos := 0
	for i := range cells {
		gap := s.gaps[i]
		end := pos + len(gap)
		if end >= len(src) || src[pos:end] != gap {
			return 0
		}
		if pos = shortCell(src, end, &cells[i]); pos == 0 {
			if pos = cell(src, end, &cells[i]); pos == 0 {
				return 0
			}
		}
	}
	last := s.gaps[len(cells)]
	if len(src)-pos < len(last) || src[pos:pos+len(last)] != last {
		return 0
	}
	return pos + len(last)
}

// shortCell is cell for what most values are, texts of plain ASCII with more behind
// them, and returns 0 for all else. It finds their end as [jsontext.Plain] does.
func shortCell(src string, pos int, into *Cell) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	if src[pos] != '"' {
		return 0
	}
	b := unsafe.Slice(unsafe.StringData(src), len(src))
	start := pos + 1
	for at := start; len(b)-at >= 8; at += 8 {
		word := binary.LittleEndian.Uint64(b[at:])
		quote := word ^ '"'*ones
		slash := word ^ '\\'*ones
		// What is beyond ASCII ends the search too.
		found := ((word-' '*ones)&^word | (quote-ones)&^quote | (slash-ones)&^slash | word) & highs
		if found == 0 {
			continue
		}
		at += bits.TrailingZeros64(found) / 8
		if b[at] != '"' {
			return 0
		}
		into.Literal, into.Kind = src[start:at], Text
		return at + 1
	}
	return 0
}

// textCell reads the literal whose first letter is at start.
func textCell(src string, start int, into *Cell) int {
	n, ascii := jsontext.Plain(unsafe.Slice(unsafe.StringData(src), len(src))[start:])
	end := start + n
	if end == len(src) {
		return 0
	}
	if src[end] == '"' {
		text := src[start:end]
		if !ascii && !utf8.ValidString(text) {
			return 0
		}
		*into = Cell{text, Text}
		return end + 1
	}
	return escapedCell(src, start, end, into)
}

// escapedCell reads on from the first byte of a literal that is not plain.
func escapedCell(src string, start, from int, into *Cell) int {
	r := Reader{src: src}
	var unused [utf8.UTFMax]byte
	for from < len(src) && src[from] == '\\' {
		if _, from = r.escape(unused[:0], from); r.err != nil {
			return 0
		}
		from += r.plain(from)
	}
	if from >= len(src) || src[from] != '"' || !utf8.ValidString(src[start:from]) {
		return 0
	}
	*into = Cell{src[start:from], Escaped}
	return from + 1
}
