package jsonlog

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// appendLine appends the line of rec. It reports false where rec holds anything that a
// plain line does not: then what it appended is worth nothing.
func (h *Handler) appendLine(line []byte, rec *slog.Record) ([]byte, bool) {
	line = append(line, '{')
	if !rec.Time.IsZero() {
		// RFC 3339 has years of four digits only; what is written of others slog knows.
		if year := rec.Time.Year(); year < 0 || year > 9999 {
			return line, false
		}
		line = append(line, `"time":"`...)
		line = rec.Time.Round(0).AppendFormat(line, time.RFC3339Nano)
		line = append(line, `",`...)
	}
	line = append(line, `"level":"`...)
	line = append(line, rec.Level.String()...)
	line = append(line, `","msg":`...)
	line, ok := appendText(line, rec.Message)
	if !ok {
		return line, false
	}
	line = append(line, h.added...)
	rec.Attrs(func(a slog.Attr) bool {
		line, ok = appendAttr(line, a)
		return ok
	})
	return append(line, '}', '\n'), ok
}

// appendAttr appends a comma and an attribute of a kind that JSON has. It reports false for
// others.
func appendAttr(line []byte, a slog.Attr) ([]byte, bool) {
	line, ok := appendText(append(line, ','), a.Key)
	if !ok {
		return line, false
	}
	line = append(line, ':')
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		return appendText(line, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(line, v.Int64(), 10), true
	case slog.KindUint64:
		return strconv.AppendUint(line, v.Uint64(), 10), true
	case slog.KindBool:
		return strconv.AppendBool(line, v.Bool()), true
	case slog.KindDuration:
		return strconv.AppendInt(line, int64(v.Duration()), 10), true
	}
	return line, false
}

// appendText appends text in quotes. It reports false for one that JSON has to escape, or
// that is not ASCII.
func appendText(line []byte, text string) ([]byte, bool) {
	from := len(line) + 1
	line = append(append(line, '"'), text...)
	n, ascii := jsontext.Plain(line[from:])
	return append(line, '"'), ascii && n == len(text)
}
