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
	gaps []gap
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
	l.shape.gaps = append(l.shape.gaps, newGap(record[l.from:r.pos]))
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
	l.shape.gaps = append(l.shape.gaps, newGap(r.src[l.from:start]))
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
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	b := unsafe.Slice(unsafe.StringData(src), len(src))
	pos := 0
next:
	for i := range cells {
		gap, into := &s.gaps[i], &cells[i]
		end := pos + len(gap.text)
		if end >= len(b) || !gap.at(src, pos) {
			return 0
		}
		if b[end] == '"' {
			// What most values are: texts of plain ASCII with more behind them. Their end
			// is found as [jsontext.Plain] does.
			for at := end + 1; len(b)-at >= 8; at += 8 {
				word := binary.LittleEndian.Uint64(b[at:])
				quote := word ^ '"'*ones
				slash := word ^ '\\'*ones
				// What is beyond ASCII ends the search too. Of what is ASCII, a difference has
				// its high bit where a byte is less, and else only behind such a byte.
				found := ((word - ' '*ones) | (quote - ones) | (slash - ones) | word) & highs
				if found == 0 {
					continue
				}
				if at += bits.TrailingZeros64(found) / 8; b[at] == '"' {
					into.Literal, into.Kind = src[end+1:at], Text
					pos = at + 1
					continue next
				}
				break
			}
		}
		if pos = cell(src, end, into); pos == 0 {
			return 0
		}
	}
	last := &s.gaps[len(cells)]
	if len(src)-pos < len(last.text) || !last.at(src, pos) {
		return 0
	}
	return pos + len(last.text)
}

// gap is a text that stands between two values. Most are so short that one or two loads
// compare them.
type gap struct {
	text string
	// head are its first 8 bytes, mask those of them that there are, and tail its last 8.
	head, mask, tail uint64
}

func newGap(text string) gap {
	g := gap{text: strings.Clone(text), mask: ^uint64(0)}
	var first [8]byte
	copy(first[:], text)
	g.head = binary.LittleEndian.Uint64(first[:])
	if n := len(text); n < 8 {
		g.mask = 1<<(8*n) - 1
	} else {
		copy(first[:], text[n-8:])
		g.tail = binary.LittleEndian.Uint64(first[:])
	}
	return g
}

// at reports whether g stands in src at pos, from where src is long enough for it.
func (g *gap) at(src string, pos int) bool {
	n := len(g.text)
	if n > 16 || len(src)-pos < 16 {
		return src[pos:pos+n] == g.text
	}
	b := unsafe.Slice(unsafe.StringData(src), len(src))[pos : pos+16]
	if binary.LittleEndian.Uint64(b)&g.mask != g.head {
		return false
	}
	return n <= 8 || binary.LittleEndian.Uint64(b[n-8:]) == g.tail
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
