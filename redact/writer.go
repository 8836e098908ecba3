package redact

import (
	"errors"
	"io"
	"sync"
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
}

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
	old := len(t.text)
	out, origin := w.advance(t, p, last)
	if len(out) == 0 {
		return len(p), nil
	}
	written, err := w.next.Write(out)
	if written < len(out) && err == nil {
		err = io.ErrShortWrite
	}
	if err == nil {
		return len(p), nil
	}
	w.err = err
	return min(max(origin(written)-old, 0), len(p)), err
}

// advance adds p to the tail and returns what can be passed on of it, with a
// function from a count of bytes passed on to the count of bytes of the tail
// that they stand for. If anything fails, what it took becomes a mask.
func (w *Writer) advance(t *tail, p []byte, last bool) (out []byte, origin func(int) int) {
	text := append(t.text, p...)
	defer func() {
		if recover() != nil {
			*t = tail{masked: true}
			out, origin = []byte(Mask), func(int) int { return 0 }
		}
	}()
	m := &w.registry().matcher
	spans := m.spans(nil, text, edge{before: t.before, open: !last})
	cut := len(text)
	if !last {
		cut = m.hold(text, t.before)
	}
	var marks [][2]int // end of a piece in out, and in text
	at, masked := t.covered, t.masked
	for _, s := range spans {
		if s.from >= cut {
			break
		}
		if !masked || s.from > at {
			if s.from > at {
				out = append(out, text[at:s.from]...)
				marks = append(marks, [2]int{len(out), s.from})
			}
			out = append(out, Mask...)
			marks = append(marks, [2]int{len(out), s.to})
			masked = true
		}
		at = max(at, s.to)
	}
	if at < cut {
		out = append(out, text[at:cut]...)
		marks = append(marks, [2]int{len(out), cut})
		at, masked = cut, false
	}
	if cut > 0 {
		t.before = text[cut-1]
	}
	t.masked, t.covered = masked, max(at-cut, 0)
	t.text = append(t.text[:0], text[cut:]...)
	return out, func(written int) int {
		from := [2]int{}
		for _, m := range marks {
			if written < m[0] {
				if m[0]-from[0] == m[1]-from[1] {
					return from[1] + written - from[0]
				}
				return from[1]
			}
			from = m
		}
		return len(text)
	}
}
