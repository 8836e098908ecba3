package batch

import (
	"bytes"
	"errors"
	"io"
)

// pieceBytes is how much of a stream is read, worked on and written at once.
const pieceBytes = 64 << 10

// skippedBytes is how much of a line that is too long is read before the stream is
// given up.
const skippedBytes = 32 << 20

// ErrEndless ends a stream in which no line ends.
var ErrEndless = errors.New("batch: a line does not end")

// Lines are a stream of NDJSON. They are for one goroutine.
type Lines struct {
	// Reader is the stream, and Max the length of the longest line.
	Reader io.Reader
	Max    int
	// Expect is called before a line is waited for: what waits after it is the
	// client's doing. Nil does nothing.
	Expect func()
	// Ended is called when the stream has ended as it should. Nil does nothing.
	Ended func()
	// Hold counts memory before it is taken, and may refuse it. Nil counts none.
	Hold func(bytes int) error

	buffer []byte
	// line is how many lines have ended before buffer.
	line    int
	waiting bool
	ended   bool
	// blank is how many bytes came since the last line that is not blank.
	blank int
}

// Head returns the first line that is not blank, whole as it is when the stream
// ends in it, and how many lines stand before it. It is a copy.
func (l *Lines) Head() (head []byte, before int, err error) {
	for from := 0; ; {
		if at := bytes.IndexByte(l.buffer[from:], '\n'); at >= 0 || l.ended {
			end := len(l.buffer)
			if at >= 0 {
				end = from + at + 1
			}
			head, before = bytes.Clone(l.buffer[:end]), l.line
			l.buffer = append(l.buffer[:0], l.buffer[end:]...)
			l.line++
			if len(bytes.TrimSpace(head)) > 0 || l.ended && len(l.buffer) == 0 {
				return head, before, nil
			}
			from = 0
			continue
		}
		from = len(l.buffer)
		if from > l.Max {
			return nil, 0, ErrEndless
		}
		if err := l.read(); err != nil {
			return nil, 0, err
		}
	}
}

// Rest returns what follows of the stream, which MUST be no more than most.
func (l *Lines) Rest(most int) ([]byte, error) {
	for !l.ended {
		if len(l.buffer) > most {
			return nil, ErrEndless
		}
		if err := l.read(); err != nil {
			return nil, err
		}
	}
	if len(l.buffer) > most {
		return nil, ErrEndless
	}
	return l.buffer, nil
}

// read appends to the buffer what has arrived.
func (l *Lines) read() error {
	if len(l.buffer) == cap(l.buffer) {
		size := max(pieceBytes, 2*cap(l.buffer))
		if l.Hold != nil {
			if err := l.Hold(size - cap(l.buffer)); err != nil {
				return err
			}
		}
		full := l.buffer
		l.buffer = append(takeRoom(size), full...)
		giveRoom(full)
	}
	if !l.waiting && l.Expect != nil {
		l.waiting = true
		l.Expect()
	}
	n, err := l.Reader.Read(l.buffer[len(l.buffer):cap(l.buffer)])
	l.buffer = l.buffer[:len(l.buffer)+n]
	if err == io.EOF {
		l.ended = true
		if l.Ended != nil {
			l.Ended()
		}
		return nil
	}
	return err
}

// Waiting reports whether a line is here that no [Source] took yet, or all is here.
func (l *Lines) Waiting() bool { return l.ended || bytes.IndexByte(l.buffer, '\n') >= 0 }

// Close gives back what the lines hold.
func (l *Lines) Close() {
	giveRoom(l.buffer)
	l.buffer = nil
}

// next implements [Source]. A line that is too long is skipped, and told in its
// place.
func (l *Lines) next(q *queue) error {
	for scanned := 0; ; {
		at := bytes.LastIndexByte(l.buffer[scanned:], '\n')
		switch end := scanned + at + 1; {
		case at >= 0 || l.ended:
			if l.ended {
				end = len(l.buffer)
			}
			text := l.buffer[:end]
			first := l.line + 1
			lines := bytes.Count(text, []byte{'\n'})
			l.line += lines
			l.waiting = false
			if l.blank += len(text); len(bytes.TrimLeft(text, " \t\r\n")) > 0 {
				l.blank = 0
			} else if l.blank > l.Max {
				return ErrEndless
			}
			rest, err := q.pushText(text, l.buffer[end:], first, lines, l.Max)
			l.buffer = rest
			if err == nil && l.ended {
				err = io.EOF
			}
			return err
		case len(l.buffer) > l.Max:
			return l.skip(q)
		}
		scanned = len(l.buffer)
		if err := l.read(); err != nil {
			return err
		}
	}
}

// skip leaves out the line that has begun.
func (l *Lines) skip(q *queue) error {
	l.line++
	line := l.line
	for skipped := 0; skipped <= skippedBytes; {
		if at := bytes.IndexByte(l.buffer, '\n'); at >= 0 || l.ended {
			end := at + 1
			if at < 0 {
				end = len(l.buffer)
			}
			l.buffer = append(l.buffer[:0], l.buffer[end:]...)
			l.waiting = false
			err := q.push(&piece{refused: &LineError{Line: line, Long: l.Max}})
			if err == nil && l.ended && len(l.buffer) == 0 {
				err = io.EOF
			}
			return err
		}
		skipped += len(l.buffer)
		l.buffer = l.buffer[:0]
		if err := l.read(); err != nil {
			return err
		}
	}
	return ErrEndless
}
