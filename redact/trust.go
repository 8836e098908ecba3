package redact

import (
	"context"
	"log/slog"
	"slices"
)

// Trust returns a handler for records that a program makes of its own words: messages, keys
// and groups, and the values under these keys, are handed on as they are, so that no secret
// of one tenant blanks the lines of another. All other values are redacted, and masked as a
// whole while the redactor is [Redactor.Learning], but for numbers. A value under
// such a key MUST come from the program, or have been looked up: never from who calls it.
// What was added to h by WithAttrs and WithGroup before stays redacted as it was.
func (h *Handler) Trust(keys ...string) *Handler {
	return &Handler{redactor: h.redactor, next: h.next, scopes: h.scopes, trust: &trust{keys: keys, from: len(h.scopes())}}
}

// TrustLogger returns logger with [Handler.Trust] where its handler is a [Handler], and
// logger itself where it is not: for a package that is given a logger and writes records of
// its own words to it.
func TrustLogger(logger *slog.Logger, keys ...string) *slog.Logger {
	if h, ok := logger.Handler().(*Handler); ok {
		return slog.New(h.Trust(keys...))
	}
	return logger
}

// trust is what a handler hands on as it is.
type trust struct {
	keys []string
	// from is the number of the first scope that it is about.
	from int
}

func (t *trust) holds(key string) bool { return slices.Contains(t.keys, key) }

// handleOwn is Handle for a record of the program's own words.
func (h *Handler) handleOwn(ctx context.Context, next slog.Handler, rec slog.Record) error {
	learns := h.redactor.Learns()
	var buf [512]byte
	text, simple := buf[:0], !learns
	rec.Attrs(func(a slog.Attr) bool {
		if simple && !h.trust.holds(a.Key) {
			text, simple = appendAttr(text, a)
		}
		return simple
	})
	if simple && h.redactor.cleanBytes(text) {
		return next.Handle(ctx, rec)
	}
	clean := slog.NewRecord(rec.Time, rec.Level, rec.Message, rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.ownAttr(a, learns))
		return true
	})
	return next.Handle(ctx, clean)
}

// ownAttr returns a with its value redacted, unless that is the program's own. A text may be
// a value that is still to be learnt.
func (h *Handler) ownAttr(a slog.Attr, learns bool) slog.Attr {
	if h.trust.holds(a.Key) {
		return a
	}
	if learns && hasText(a.Value) {
		return slog.String(a.Key, Mask)
	}
	return slog.Attr{Key: a.Key, Value: h.redactor.value(a.Key, a.Value)}
}

// hasText reports whether handlers may print a text for v.
func hasText(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindString, slog.KindGroup, slog.KindLogValuer:
		return true
	case slog.KindAny:
		return v.Any() != nil
	}
	return false
}

// scoped returns next with one scope applied, the one with this number.
func (h *Handler) scoped(next slog.Handler, number int, s scope, learns bool) slog.Handler {
	own := h.trust != nil && number >= h.trust.from
	if s.group != "" {
		if own {
			return next.WithGroup(s.group)
		}
		return next.WithGroup(h.redactor.String(s.group))
	}
	attrs := make([]slog.Attr, len(s.attrs))
	for i, a := range s.attrs {
		if own {
			attrs[i] = h.ownAttr(a, learns)
		} else {
			attrs[i] = h.redactor.attr(a)
		}
	}
	return next.WithAttrs(attrs)
}
