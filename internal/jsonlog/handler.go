package jsonlog

import (
	"context"
	"io"
	"log/slog"
	"sync"
)

// Handler is a [slog.Handler] that writes what [slog.JSONHandler] does. It is safe for
// concurrent use.
type Handler struct {
	// general writes what a plain line is not enough for.
	general slog.Handler
	out     *Writer // where both write
	// level is that from which on records are written; nil for info.
	level slog.Leveler
	// plain says that nothing which was added so far asks for general.
	plain bool
	// added are the attributes that each record has, as they stand in its line.
	added []byte
}

// New returns a handler that writes to w. o may be nil.
func New(w io.Writer, o *slog.HandlerOptions) *Handler {
	if o == nil {
		o = &slog.HandlerOptions{}
	}
	out := NewWriter(w)
	return &Handler{general: slog.NewJSONHandler(out, o), out: out, level: o.Level, plain: !o.AddSource && o.ReplaceAttr == nil}
}

// Enabled reports whether records of level are written.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool {
	least := slog.LevelInfo
	if h.level != nil {
		least = h.level.Level()
	}
	return level >= least
}

var lines = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled keeps the buffer of an unusually long line out of the pool.
const maxPooled = 16 << 10

// Handle writes rec as one line, with one Write.
func (h *Handler) Handle(ctx context.Context, rec slog.Record) error {
	done, err := h.Plain(&rec, func(line []byte) (bool, error) {
		_, err := h.out.Write(line)
		return true, err
	})
	if done {
		return err
	}
	return h.general.Handle(ctx, rec)
}

// Plain calls use with the line of rec, for as long as the call takes, and returns what it
// returns. Where the line is no plain one it returns false.
func (h *Handler) Plain(rec *slog.Record, use func(line []byte) (bool, error)) (done bool, err error) {
	if !h.plain {
		return false, nil
	}
	buffer := lines.Get().(*[]byte)
	line, ok := h.appendLine((*buffer)[:0], rec)
	if ok {
		done, err = use(line)
	}
	if cap(line) <= maxPooled {
		*buffer = line
		lines.Put(buffer)
	}
	return done, err
}

// WithAttrs returns a handler whose records have attrs.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := &Handler{general: h.general.WithAttrs(attrs), out: h.out, level: h.level, plain: h.plain}
	with.added = append(with.added, h.added...)
	for _, a := range attrs {
		if with.plain {
			with.added, with.plain = appendAttr(with.added, a)
		}
	}
	return with
}

// WithGroup returns a handler that puts what follows into the group name.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{general: h.general.WithGroup(name), out: h.out, level: h.level}
}

// Writer hands on one Write at a time, so that several handlers may end in it.
type Writer struct {
	mu   sync.Mutex
	next io.Writer
}

// NewWriter returns a writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{next: w} }

// Write writes p.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.next.Write(p)
}
