package redact

import (
	"bytes"
	"io"
	"log"
	"log/slog"
)

// LineWriter returns a writer for a logger that writes each entry with one
// Write, as log, log/slog, zap and zerolog do. Unlike [Redactor.Writer] it holds
// nothing back and needs no Close. It is as safe for concurrent use as w.
func (r *Redactor) LineWriter(w io.Writer) io.Writer { return lineWriter{r, w} }

type lineWriter struct {
	redactor *Redactor
	next     io.Writer
}

func (l lineWriter) Write(line []byte) (int, error) {
	if l.redactor.cleanBytes(line) {
		return l.next.Write(line)
	}
	clean := l.redactor.cleanLine(line)
	n, err := l.next.Write(clean)
	if err == nil && n < len(clean) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return 0, err
	}
	return len(line), nil
}

// cleanLine redacts a log entry that may be a line of JSON.
func (r *Redactor) cleanLine(line []byte) []byte {
	if !bytes.HasPrefix(line, []byte("{")) {
		return r.Append(nil, line)
	}
	text := bytes.TrimSuffix(line, []byte("\n"))
	clean := r.cleanJSON(text)
	return append(clean[:len(clean):len(clean)], line[len(text):]...)
}

// Logger returns a [log.Logger] that writes redacted lines to w.
func (r *Redactor) Logger(w io.Writer, prefix string, flags int) *log.Logger {
	return log.New(r.LineWriter(w), prefix, flags)
}

// ErrorLog returns what [net/http.Server] takes as its ErrorLog: it writes
// redacted records of level to next.
func (r *Redactor) ErrorLog(next slog.Handler, level slog.Level) *log.Logger {
	if _, ok := next.(*Handler); !ok {
		next = r.Handler(next)
	}
	return slog.NewLogLogger(next, level)
}
