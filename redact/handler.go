package redact

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"

	"github.com/sotto-render/sotto/internal/jsonlog"
)

// Handler is a [slog.Handler] that redacts records before it hands them to the
// next handler: message, keys, groups and values of every kind. A record with
// nothing to mask is handed on as it is.
type Handler struct {
	redactor *Redactor
	next     slog.Handler
	// scopes are the WithAttrs and WithGroup calls since next, oldest first.
	// They are behind a closure because their attributes are not redacted.
	scopes func() []scope
	// trust is what is handed on as it is; nil for nothing. See [Handler.Trust].
	trust *trust
	// lines is where a line of JSON goes that was looked at as a whole: next is a
	// [jsonlog.Handler] then, which ends there too. Nil where next may be any handler.
	lines *jsonlog.Writer
	// ready is next with the scopes applied, redacted by what was known at
	// that time. Handlers format attributes when they get them, so it is made
	// again once more values are known.
	ready atomic.Pointer[readyHandler]
}

// scope is one WithGroup or WithAttrs call.
type scope struct {
	group string
	attrs []slog.Attr
}

type readyHandler struct {
	slog.Handler
	generation uint64
	// learns says that the redactor was learning.
	learns bool
}

// Handler returns a handler that redacts what it passes to next. A handler
// adds things of its own, such as the source file and what ReplaceAttr
// returns; put [Redactor.Writer] under it to cover those too, or use
// [Redactor.JSONHandler] or [Redactor.TextHandler], which do.
func (r *Redactor) Handler(next slog.Handler) *Handler {
	return &Handler{redactor: r, next: next, scopes: func() []scope { return nil }}
}

// JSONHandler returns a handler that writes redacted JSON lines to w: the
// records are redacted, and what the handler makes of them once more. It writes
// each record with one Write.
func (r *Redactor) JSONHandler(w io.Writer, o *slog.HandlerOptions) *Handler {
	lines := jsonlog.NewWriter(w)
	h := r.Handler(jsonlog.New(r.LineWriter(lines), o))
	h.lines = lines
	return h
}

// TextHandler is JSONHandler for the key=value format.
func (r *Redactor) TextHandler(w io.Writer, o *slog.HandlerOptions) *Handler {
	return r.Handler(slog.NewTextHandler(r.LineWriter(w), o))
}

// Enabled asks the next handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle redacts rec and hands it on.
func (h *Handler) Handle(ctx context.Context, rec slog.Record) error {
	next := h.handler()
	if h.trust != nil {
		return h.handleOwn(ctx, next, rec)
	}
	if done, err := h.handleLine(next, &rec); done {
		return err
	}
	if h.redactor.cleanRecord(&rec) {
		return next.Handle(ctx, rec)
	}
	clean := slog.NewRecord(rec.Time, rec.Level, h.redactor.String(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.redactor.attr(a))
		return true
	})
	return next.Handle(ctx, clean)
}

// handleLine writes rec as a line of JSON if there is nothing to mask in it, and reports
// whether it did. Nothing is escaped in a plain line, so that looking at it finds all that
// looking at the record would find, and once is enough.
func (h *Handler) handleLine(next slog.Handler, rec *slog.Record) (bool, error) {
	if h.lines == nil {
		return false, nil
	}
	if ready, ok := next.(*readyHandler); ok {
		next = ready.Handler
	}
	return next.(*jsonlog.Handler).Plain(rec, func(line []byte) (bool, error) {
		if !h.redactor.cleanBytes(line) {
			return false, nil
		}
		_, err := h.lines.Write(line)
		return true, err
	})
}

// WithAttrs returns a handler whose records have attrs.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	return h.with(scope{attrs: slices.Clone(attrs)})
}

// WithGroup returns a handler that puts what follows into the group name.
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.with(scope{group: name})
}

func (h *Handler) with(s scope) *Handler {
	scopes := append(slices.Clip(h.scopes()), s)
	return &Handler{redactor: h.redactor, next: h.next, trust: h.trust, lines: h.lines, scopes: func() []scope { return scopes }}
}

// handler returns next with the scopes applied.
func (h *Handler) handler() slog.Handler {
	scopes := h.scopes()
	if len(scopes) == 0 {
		return h.next
	}
	// Read before the attributes are redacted: a value that is added
	// meanwhile makes the result stale, never wrong.
	learns := h.redactor.Learns()
	generation := h.redactor.registry().count()
	if r := h.ready.Load(); r != nil && r.generation == generation && r.learns == learns {
		return r
	}
	next := h.next
	for i, s := range scopes {
		next = h.scoped(next, i, s, learns)
	}
	r := &readyHandler{Handler: next, generation: generation, learns: learns}
	h.ready.Store(r)
	return r
}
