package redact

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"unsafe"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// Writer masks what is written to it and passes the rest on. A value is found
// however it is split over writes: the Writer holds back only the tail that
// may still become a match, and nothing that cannot. The bytes that come out
// are the same for every split of the input. It is safe for concurrent use,
// each Write being one unit.
type Writer struct {
	registry func() *registry
	next     io.Writer

	mu sync.Mutex
	// held is the tail that was not passed on yet, behind a closure so that
	// printing the Writer does not show it.
	held func() *tail
	err  error
}

// tail is the end of a stream that is held back.
type tail struct {
	text []byte
	// before is the last byte that was passed on or masked, 0 at the start.
	before byte
	// masked is set where a mask was the last thing passed on; the first
	// covered bytes of text belong to it.
	masked  bool
	covered int
	// fresh counts the bytes of text that were not looked at yet.
	fresh int

	out   []byte       // what is passed on, used again
	spans []index.Span // used again
}

// A tail of more than this many bytes, which only values of that size can
// cause, is looked at again when it has grown by a quarter, so that the time
// for many small writes stays linear.
const longTail = 4096

// maxReused is how many bytes of each kind a Writer keeps to use them again: one
// large write must not take memory for good.
const maxReused = 1 << 20

// ErrClosed is returned by a write to a closed [Writer].
var ErrClosed = errors.New("redact: the writer is closed")

// Writer returns a Writer that passes redacted text to w. Call Close at the
// end of the stream, or the tail that is held back is lost.
func (r *Redactor) Writer(w io.Writer) *Writer {
	t := new(tail)
	return &Writer{registry: r.registry, next: w, held: func() *tail { return t }}
}

// Write takes p whole, or fails. After an error of the underlying writer every
// call fails with that error; n then counts the bytes of p whose output was
// written.
func (w *Writer) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.lineEnd(p)
	if first > 0 {
		if n, err = w.take(p[:first], false); err != nil {
			return n, err
		}
	}
	n, err = w.take(p[first:], false)
	return first + n, err
}

// lineEnd returns how much of a large p to take first, so that only this is copied
// behind the tail and the rest is passed on from where it is: up to a line
// break, behind which rarely anything is held back.
func (w *Writer) lineEnd(p []byte) int {
	const large, near = 4096, 1024
	if len(p) < large || len(w.held().text) == 0 {
		return 0
	}
	return bytes.IndexByte(p[:near], '\n') + 1
}

// WriteString is Write for a string.
func (w *Writer) WriteString(s string) (n int, err error) { return w.Write([]byte(s)) }

// Flush passes on everything that is held back, as if the stream ended: a
// value whose first half was written before Flush and whose second half comes
// after it is not found.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.take(nil, true)
	return err
}

// Close flushes. It does not close the underlying writer. Writes after Close
// fail with [ErrClosed]; closing again does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(w.err, ErrClosed) {
		return nil
	}
	_, err := w.take(nil, true)
	w.err = ErrClosed
	return err
}

func (w *Writer) take(p []byte, last bool) (n int, err error) {
	if w.err != nil {
		return 0, w.err
	}
	t := w.held()
	old := len(t.text)
	text := p
	if old > 0 {
		t.text = append(t.text, p...)
		text = t.text
		if t.fresh += len(p); !last && old > longTail && t.fresh < old/4 {
			return len(p), nil
		}
	}
	step := t.advance(w.registry(), text, last)
	if len(step.out) > 0 {
		written, err := w.next.Write(step.out)
		if err == nil && written < len(step.out) {
			err = io.ErrShortWrite
		}
		if err != nil {
			w.err = err
			return min(max(t.origin(step, written)-old, 0), len(p)), err
		}
	}
	t.keep(text, step)
	return len(p), nil
}

// step is what one look at the stream comes to.
type step struct {
	out []byte // what to pass on
	cut int    // where the text begins that is held back
	// masked and covered are the next ones of the tail.
	masked  bool
	covered int
	broken  bool
}

// advance decides what can be passed on of text. If anything fails, all of text
// becomes a mask.
func (t *tail) advance(g *registry, text []byte, last bool) (next step) {
	defer func() {
		if recover() != nil {
			next = step{out: []byte(Mask), cut: len(text), masked: true, broken: true}
		}
	}()
	t.spans = g.spans(t.spans[:0], text, index.Edge{Before: t.before, Open: !last})
	cut := len(text)
	if !last {
		cut = g.hold(text, t.before)
	}
	if t.masked {
		// What is masked already is a match like the others, and the first.
		t.spans = index.Join(append(t.spans, index.Span{From: 0, To: t.covered}))
	}
	if len(t.spans) == 0 {
		return step{out: text[:cut], cut: cut}
	}
	next = step{out: t.out[:0], cut: cut, masked: t.masked}
	at := 0
	for i, s := range t.spans {
		if s.From >= cut && !t.already(i) {
			break
		}
		next.out = append(next.out, text[at:s.From]...)
		if !t.already(i) {
			next.out = append(next.out, Mask...)
		}
		at, next.masked = s.To, true
	}
	if at < cut {
		next.out = append(next.out, text[at:cut]...)
		next.masked = false
	}
	next.covered = max(at-cut, 0)
	t.out = next.out
	return next
}

// already reports whether the mask of span i was passed on before.
func (t *tail) already(i int) bool { return i == 0 && t.masked }

// origin returns how many bytes of the text the first written bytes of the
// step's output stand for.
func (t *tail) origin(done step, written int) int {
	if done.broken {
		return 0
	}
	at := 0
	for i, s := range t.spans {
		if clean := min(s.From, done.cut) - at; written <= clean || s.From >= done.cut {
			break
		} else if written -= clean; !t.already(i) {
			if written < len(Mask) {
				return s.From
			}
			written -= len(Mask)
		}
		at = s.To
	}
	return at + written
}

// keep takes the step: it holds back what follows the cut of text.
func (t *tail) keep(text []byte, done step) {
	if done.cut > 0 {
		t.before = text[done.cut-1]
	}
	t.masked, t.covered, t.fresh = done.masked, done.covered, 0
	t.text = append(t.text[:0], text[done.cut:]...)
	// All at once, as this is asked for each line.
	const spanSize = int(unsafe.Sizeof(index.Span{}))
	if cap(t.text) > maxReused || cap(t.out) > maxReused || cap(t.spans) > maxReused/spanSize {
		t.out, t.spans = nil, nil
		if 4*len(t.text) < cap(t.text) {
			t.text = bytes.Clone(t.text)
		}
	}
}
