// Package zerologhook redacts the lines of github.com/rs/zerolog.
//
//	logger := zerolog.New(zerologhook.New(redactor, os.Stderr))
//
// A [zerolog.Hook] sees an event when its fields are written already, and cannot change
// them. So this hooks in where the line is finished: whatever added to it, message, fields,
// stacks or other hooks, it is masked, and stays a line of valid JSON.
package zerologhook

import (
	"io"

	"github.com/rs/zerolog"

	"github.com/sotto-render/sotto/redact"
)

// Writer is a [zerolog.LevelWriter] that hands redacted lines to the next writer. It is as
// safe for concurrent use as that one.
type Writer struct {
	redactor *redact.Redactor
	lines    io.Writer
	next     io.Writer
}

var _ zerolog.LevelWriter = (*Writer)(nil)

// New returns a writer that redacts what it passes to next, with its level where next is a
// [zerolog.LevelWriter].
func New(r *redact.Redactor, next io.Writer) *Writer {
	return &Writer{redactor: r, lines: r.LineWriter(next), next: next}
}

// Write hands one line on, redacted.
func (w *Writer) Write(line []byte) (int, error) { return w.lines.Write(line) }

// WriteLevel is Write for a line of this level.
func (w *Writer) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	next, ok := w.next.(zerolog.LevelWriter)
	if !ok {
		return w.Write(line)
	}
	return w.redactor.LineWriter(leveled{next, level}).Write(line)
}

// Close closes the next writer if it is an [io.Closer]: zerolog does so before a fatal entry
// ends the program, so that what the writer holds is written.
func (w *Writer) Close() error {
	if next, ok := w.next.(io.Closer); ok {
		return w.redactor.Error(next.Close())
	}
	return nil
}

// leveled writes lines of one level.
type leveled struct {
	next  zerolog.LevelWriter
	level zerolog.Level
}

// Write implements [io.Writer].
func (l leveled) Write(line []byte) (int, error) { return l.next.WriteLevel(l.level, line) }
