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
	counted  func(masks int)
	next     io.Writer

	mu sync.Mutex
	// held is the tail that was not passed on yet, behind a closure so that
	// printing the Writer does not show it.
	held func() *tail
	err  error
}

// tail is the end of a stream that is held back.
type tail struct {
	// text begins with what was passed on or masked last, of which the first context
	// bytes are: what a match depends on may stand there.
	text    []byte
	context int
	// line tells where in a line of JSON the text that is held begins.
	line jsonLine
	// masked is set where a mask was the last thing passed on; the first
	// covered bytes of the text that is held belong to it.
	masked  bool
	covered int
	// fresh counts the bytes of text that were not looked at yet.
	fresh int

	out   []byte       // what is passed on, used again
	spans []index.Span // used again
	masks []int        // how long the mask of each span is
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
	return &Writer{registry: r.registry, counted: r.wrote, next: w, held: func() *tail { return t }}
}

// Write takes p whole, or fails. After an error of the underlying writer every
// call fails with that error; n then counts the bytes of p whose output was
// written.
func (w *Writer) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.take(p, false)
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
	if first := t.ownLine(p); first > 0 {
		// Only what comes before is copied behind what is held. The rest is looked at
		// where it is.
		if n, err = w.step(p[:first], false); err != nil {
			return n, err
		}
		if len(t.text) == t.context {
			n, err = w.pass(p, first, first, last)
		} else {
			n, err = w.step(p[first:], last)
		}
		return first + n, err
	}
	return w.step(p, last)
}

// ownLine returns how much of a large p to take by itself: up to a line break behind
// which there is enough of p that nothing before it matters.
func (t *tail) ownLine(p []byte) int {
	const large = 4096
	if len(p) < large {
		return 0
	}
	n := bytes.IndexByte(p[mostContext:2048], '\n')
	if n < 0 {
		return 0
	}
	return mostContext + n + 1
}

// step takes p behind what is held.
func (w *Writer) step(p []byte, last bool) (n int, err error) {
	t := w.held()
	old := len(t.text)
	t.text = append(t.text, p...)
	if held := old - t.context; held > 0 {
		if t.fresh += len(p); !last && held > longTail && t.fresh < held/4 {
			return len(p), nil
		}
	}
	return w.pass(t.text, t.context, old, last)
}

// pass looks at text, whose first context bytes were passed on before and whose bytes
// from old on are new, and passes on what it can.
func (w *Writer) pass(text []byte, context, old int, last bool) (n int, err error) {
	t := w.held()
	step := t.advance(w.registry(), text, context, last)
	w.counted(step.wrote)
	if len(step.out) > 0 {
		written, err := w.next.Write(step.out)
		if err == nil && written < len(step.out) {
			err = io.ErrShortWrite
		}
		if err != nil {
			w.err = err
			return min(max(t.origin(step, context, written)-old, 0), len(text)-old), err
		}
	}
	t.keep(text, step)
	return len(text) - old, nil
}

// step is what one look at the stream comes to.
type step struct {
	out []byte // what to pass on
	// wrote is how many masks are in it.
	wrote int
	cut   int // where the text begins that is held back
	// masked and covered are the next ones of the tail.
	masked  bool
	covered int
	broken  bool
}

// advance decides what can be passed on of text. If anything fails, all of text
// becomes a mask.
func (t *tail) advance(g *registry, text []byte, context int, last bool) (next step) {
	defer func() {
		if recover() != nil {
			next = step{out: []byte(Mask), wrote: 1, cut: len(text), masked: true, broken: true}
		}
	}()
	var cut int
	t.spans, cut = g.find(t.spans[:0], text, context, !last)
	if t.masked {
		// What is masked already is a match like the others, and the first.
		t.spans = index.Join(append(t.spans, index.Span{From: context, To: context + t.covered}))
	}
	t.line.at = context
	if len(t.spans) == 0 {
		t.line.move(text, cut)
		return step{out: text[context:cut], cut: cut}
	}
	next = step{out: t.out[:0], cut: cut, masked: t.masked}
	t.masks = t.masks[:0]
	at := context
	for i, s := range t.spans {
		if s.From >= cut && !t.already(i) {
			break
		}
		next.out = append(next.out, text[at:s.From]...)
		mask := ""
		if !t.already(i) {
			mask = t.line.mask(text, s)
			next.wrote++
		}
		t.masks = append(t.masks, len(mask))
		next.out = append(next.out, mask...)
		at, next.masked = s.To, true
	}
	if at < cut {
		next.out = append(next.out, text[at:cut]...)
		next.masked = false
	}
	t.line.move(text, cut)
	next.covered = max(at-cut, 0)
	t.out = next.out
	return next
}

// already reports whether the mask of span i was passed on before.
func (t *tail) already(i int) bool { return i == 0 && t.masked }

// origin returns how many bytes of the text the first written bytes of the
// step's output stand for.
func (t *tail) origin(done step, context, written int) int {
	if done.broken {
		return 0
	}
	at := context
	for i, s := range t.spans {
		if i >= len(t.masks) {
			break
		}
		if clean := s.From - at; written <= clean {
			break
		} else if written -= clean; !t.already(i) {
			if written < t.masks[i] {
				return s.From
			}
			written -= t.masks[i]
		}
		at = s.To
	}
	return at + written
}

// keep takes the step: it holds back what follows the cut of text, and keeps what a
// match there may depend on.
func (t *tail) keep(text []byte, done step) {
	from := max(0, done.cut-mostContext)
	t.masked, t.covered, t.fresh = done.masked, done.covered, 0
	t.text = append(t.text[:0], text[from:]...)
	t.context = done.cut - from
	t.line.at = 0
	// All at once, as this is asked for each line.
	const spanSize = int(unsafe.Sizeof(index.Span{}))
	if cap(t.text) > maxReused || cap(t.out) > maxReused || cap(t.spans) > maxReused/spanSize {
		t.out, t.spans, t.masks = nil, nil, nil
		if 4*len(t.text) < cap(t.text) {
			t.text = bytes.Clone(t.text)
		}
	}
}
