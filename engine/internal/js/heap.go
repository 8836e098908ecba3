package js

// heap is the memory of an evaluation. What is made of it lives until the evaluation
// ends; its first pages serve the next one too, so that a small evaluation takes no
// memory of its own. What is charged is charged by who asks.
type heap struct {
	objects  slab[Object]
	views    slab[viewObject]
	closures slab[Func]
	cells    slab[cell]
	values   row[Value]
	fields   row[field]
	kids     row[*Object]
	outers   row[*cell]
}

// forget drops all values.
func (h *heap) forget() {
	h.objects.forget()
	h.views.forget()
	h.closures.forget()
	h.cells.forget()
	h.values.forget()
	h.fields.forget()
	h.kids.forget()
	h.outers.forget()
}

// buffer returns an empty buffer to put a text of about size together in. No other
// text is put together before [memory.written] has made a text of it.
func (m *memory) buffer(size int) []byte {
	if cap(m.scratch) < size {
		m.scratch = make([]byte, 0, max(size, 256))
	}
	return m.scratch[:0]
}

// written returns what a buffer holds.
func (m *memory) written(b []byte) string {
	m.scratch = b
	m.scribbled = max(m.scribbled, len(b))
	return string(b)
}

// The size of a page, in elements: that of the first, of the largest, and of the largest
// that is kept for the next evaluation. Each is twice as large as the last.
const (
	firstPage = 8
	lastPage  = 128
	keptPage  = 64
)

// page is a piece of memory of which the first elements are in use. What is not in use
// is zero.
type page[T any] struct {
	now  []T
	used int
	// kept is the page for the next evaluation; it is full once it is not now.
	kept []T
}

// turn begins a page for at least n.
func (p *page[T]) turn(n int) {
	size := min(max(2*len(p.now), firstPage), lastPage)
	p.now, p.used = make([]T, max(size, n)), 0
	if len(p.now) <= keptPage {
		p.kept = p.now
	}
}

// forget drops what was made. Nothing else may use it.
func (p *page[T]) forget() {
	if p.used == 0 {
		return
	}
	if len(p.now) == len(p.kept) {
		clear(p.kept[:p.used])
	} else {
		clear(p.kept)
	}
	p.now, p.used = p.kept, 0
}

// slab makes single things, which are zero.
type slab[T any] struct{ page[T] }

func (s *slab[T]) make() *T {
	if s.used == len(s.now) {
		s.turn(1)
	}
	s.used++
	return &s.now[s.used-1]
}

// row makes slices.
type row[T any] struct{ page[T] }

// make returns an empty slice with room for n.
func (r *row[T]) make(n int) []T {
	if n > lastPage {
		return make([]T, 0, n)
	}
	if n > len(r.now)-r.used {
		r.turn(n)
	}
	from := r.used
	r.used += n
	return r.now[from:from:r.used]
}

// grow returns part with room for n more.
func (r *row[T]) grow(part []T, n int) []T {
	size := cap(part)
	if size > 0 && r.used >= size && n <= len(r.now)-r.used && &part[:size][size-1] == &r.now[r.used-1] {
		// It was made last: what follows is free.
		from := r.used - size
		r.used += n
		return r.now[from : from+len(part) : r.used]
	}
	return append(r.make(len(part)+n), part...)
}
