package batch

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// binder is a [Worker] that can render records of a known shape without decoding
// them.
type binder interface {
	// bind returns what renders records whose variables are at paths; nil where
	// nothing does.
	bind(paths [][]string) pasting
}

// pasting appends what [Worker.Append] would, for a record that is cells. It
// reports false, and appends nothing, where it cannot.
type pasting func(dst []byte, cells []engine.Cell) ([]byte, bool)

// shapes are those of the records so far, with what renders them. Most batches have
// one, and those whose clients leave out what is empty a few.
type shapes struct {
	mu    sync.Mutex
	known atomic.Pointer[[]*layout]
	// tries is how often a shape was looked for.
	tries int
}

// What bounds the search for shapes.
const (
	maxShapes = 4
	maxTries  = 16
)

// layout is a shape whose records can be rendered by pasting.
type layout struct {
	shape *jsonread.Shape
	paste pasting
	// id is the cell of the id, -1 for none.
	id    int
	cells int
}

// fast renders records by pasting, in one goroutine.
type fast struct {
	worker Worker
	shapes *shapes
	cells  []engine.Cell
	// last is the place of the shape that fitted last.
	last int
}

// learn looks at a record that was rendered the long way.
func (f *fast) learn(record string) {
	b, ok := f.worker.(binder)
	if !ok {
		return
	}
	s := f.shapes
	s.mu.Lock()
	defer s.mu.Unlock()
	var known []*layout
	if k := s.known.Load(); k != nil {
		known = *k
	}
	if s.tries == maxTries || len(known) == maxShapes {
		return
	}
	s.tries++
	if f.fits(known, record) != nil {
		return // another goroutine was faster, or the values are the reason
	}
	if l := layoutOf(record, b); l != nil {
		next := append(known[:len(known):len(known)], l)
		s.known.Store(&next)
	}
}

// layoutOf returns the layout of record; nil where it has none.
func layoutOf(record string, b binder) *layout {
	shape := jsonread.ShapeOf(record)
	if shape == nil {
		return nil
	}
	l := &layout{shape: shape, id: -1, cells: len(shape.Paths())}
	paths := make([][]string, l.cells)
	for i, path := range shape.Paths() {
		if len(path) == 1 {
			if path[0] != "id" {
				return nil // such as vars that are null
			}
			l.id = i
			paths[i] = []string{""} // no variable is called so
			continue
		}
		paths[i] = path[1:]
	}
	if l.paste = b.bind(paths); l.paste == nil {
		return nil
	}
	return l
}

// fits returns the layout of the record at the start of text, with its cells
// filled, or nil.
func (f *fast) fits(known []*layout, text string) *layout {
	for i := range known {
		at := (f.last + i) % len(known)
		l := known[at]
		if cap(f.cells) < l.cells {
			f.cells = make([]engine.Cell, l.cells)
		}
		f.cells = f.cells[:l.cells]
		if l.shape.Read(text, f.cells) > 0 {
			f.last = at
			return l
		}
	}
	return nil
}

// quick answers the record at the start of text by pasting, and returns how much of
// text that was: the whole line, or nothing.
func (l *routine) quick(text string) int {
	known := l.fast.shapes.known.Load()
	if known == nil {
		return 0
	}
	for i := range *known {
		at := (l.fast.last + i) % len(*known)
		if n := l.paste((*known)[at], text); n > 0 {
			l.fast.last = at
			return n
		}
	}
	return 0
}

// paste is quick for one layout.
func (l *routine) paste(as *layout, text string) int {
	if cap(l.fast.cells) < as.cells {
		l.fast.cells = make([]engine.Cell, as.cells)
	}
	cells := l.fast.cells[:as.cells]
	n := as.shape.Read(text, cells)
	if n == 0 {
		return 0
	}
	switch {
	case n == len(text):
	case text[n] == '\n':
		n++
	case strings.HasPrefix(text[n:], "\r\n"):
		n += 2
	default:
		return 0
	}
	if as.id >= 0 && !isID(&cells[as.id]) {
		return 0
	}
	from := len(l.out)
	l.begin()
	l.out = as.appendID(l.out, cells)
	out, ok := as.paste(l.out, cells)
	if !ok {
		l.out = l.out[:from]
		return 0
	}
	l.out = out
	l.end()
	l.tally.OK++
	return n
}

// isID reports whether c may be an id: a string, a number, or null for none.
func isID(c *engine.Cell) bool {
	return c.Kind != jsonread.Bare || c.Literal[0] != 't' && c.Literal[0] != 'f'
}

// appendID appends the id and the comma behind it.
func (as *layout) appendID(dst []byte, cells []engine.Cell) []byte {
	if as.id < 0 {
		return append(dst, "null,"...)
	}
	c := &cells[as.id]
	switch c.Kind {
	case jsonread.Text, jsonread.Escaped:
		dst = append(dst, '"')
		dst = append(dst, c.Literal...)
		return append(dst, '"', ',')
	}
	return append(append(dst, c.Literal...), ',')
}
