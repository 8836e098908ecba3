package redact

import (
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// cleanRecord reports whether rec can be handed on as it is. It does not
// allocate unless the record is long. All texts are looked at in one scan, with
// a NUL between them.
func (r *Redactor) cleanRecord(rec *slog.Record) bool {
	var buf [512]byte
	text := append(buf[:0], rec.Message...)
	simple := true
	rec.Attrs(func(a slog.Attr) bool {
		text, simple = appendAttr(text, a)
		return simple
	})
	return simple && r.cleanBytes(text)
}

// appendAttr appends the texts that handlers print for a. It returns false for
// a kind whose text only the next handler knows.
func appendAttr(dst []byte, a slog.Attr) ([]byte, bool) {
	dst = append(dst, 0)
	dst = append(dst, a.Key...)
	dst = append(dst, 0)
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		return append(dst, v.String()...), true
	case slog.KindBool:
		return dst, true
	case slog.KindGroup:
		simple := true
		for _, a := range v.Group() {
			if dst, simple = appendAttr(dst, a); !simple {
				break
			}
		}
		return dst, simple
	case slog.KindAny, slog.KindLogValuer:
		return dst, false
	default:
		return appendScalar(dst, v), true
	}
}

// appendScalar appends what handlers print for a number, a duration or a time.
// A duration is printed as a number by some, as a text by others.
func appendScalar(dst []byte, v slog.Value) []byte {
	switch v.Kind() {
	case slog.KindInt64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(dst, v.Uint64(), 10)
	case slog.KindFloat64:
		return strconv.AppendFloat(dst, v.Float64(), 'g', -1, 64)
	case slog.KindDuration:
		dst = strconv.AppendInt(dst, int64(v.Duration()), 10)
		dst = append(dst, ' ')
		return append(dst, v.Duration().String()...)
	}
	return v.Time().AppendFormat(dst, time.RFC3339Nano)
}

// attr returns a redacted.
func (r *Redactor) attr(a slog.Attr) slog.Attr {
	return slog.Attr{Key: r.String(a.Key), Value: r.value(a.Key, a.Value)}
}

// value returns v redacted, which stands behind a key.
func (r *Redactor) value(key string, v slog.Value) slog.Value {
	v = v.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.StringValue(r.stringBehind(key, v.String()))
	case slog.KindGroup:
		attrs := make([]slog.Attr, len(v.Group()))
		for i, a := range v.Group() {
			attrs[i] = r.attr(a)
		}
		return slog.GroupValue(attrs...)
	case slog.KindAny:
		return r.anyValue(v.Any())
	}
	var buf [128]byte
	text := append(append(buf[:0], key...), 0)
	if v.Kind() == slog.KindBool || r.cleanBytes(appendScalar(text, v)) {
		return v
	}
	return slog.StringValue(Mask)
}

// Behind is [Redactor.String] for a text that stands under a key of its own, as a field of a
// log record does: a common value is masked where the key names a secret.
func (r *Redactor) Behind(key, text string) string { return r.stringBehind(key, text) }

// stringBehind is String for a text that stands behind a key.
func (r *Redactor) stringBehind(key, text string) (clean string) {
	defer maskPanic(func() { clean = Mask })
	behind := append(append(append(make([]byte, 0, len(key)+1+len(text)), key...), 0), text...)
	var buf [4]index.Span
	spans, _ := r.registry().find(buf[:0], behind, len(key)+1, false)
	if len(spans) == 0 {
		return text
	}
	for i := range spans {
		spans[i].From -= len(key) + 1
		spans[i].To -= len(key) + 1
	}
	r.wrote(len(spans))
	return string(appendMasked(nil, behind[len(key)+1:], spans))
}

func (r *Redactor) anyValue(v any) slog.Value {
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case *cleanError, *opaque:
		return slog.AnyValue(v)
	case error:
		if _, ok := v.(json.Marshaler); !ok {
			return slog.AnyValue(r.Error(v))
		}
	case *slog.Source:
		clean := *v
		clean.Function, clean.File = r.String(v.Function), r.String(v.File)
		return slog.AnyValue(&clean)
	case []byte:
		return slog.AnyValue(r.Append(nil, v))
	}
	return slog.AnyValue(&opaque{redactor: r, inner: func() any { return v }})
}

// opaque stands for a value of a type that is not known here, such as a struct
// or a map. It is rendered and redacted when a handler or encoder asks for it,
// in the form that was asked for.
type opaque struct {
	redactor *Redactor
	inner    func() any
}

var (
	_ json.Marshaler         = (*opaque)(nil)
	_ encoding.TextMarshaler = (*opaque)(nil)
	_ fmt.Formatter          = (*opaque)(nil)
)

// MarshalJSON returns the redacted JSON of the value.
func (o *opaque) MarshalJSON() (out []byte, err error) {
	defer maskPanic(func() { out, err = json.Marshal(Mask) })
	text, err := json.Marshal(o.inner())
	if err != nil {
		return nil, o.redactor.Error(err)
	}
	return o.redactor.cleanJSON(text), nil
}

// MarshalText returns the redacted text of the value: what its own
// MarshalText returns if it has one, else what %+v prints.
func (o *opaque) MarshalText() (out []byte, err error) {
	defer maskPanic(func() { out, err = []byte(Mask), nil })
	if m, ok := o.inner().(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		return o.redactor.Append(nil, text), o.redactor.Error(err)
	}
	return []byte(o.String()), nil
}

// String returns the redacted text that %+v prints.
func (o *opaque) String() (text string) {
	defer maskPanic(func() { text = Mask })
	return o.redactor.String(fmt.Sprintf("%+v", o.inner()))
}

// Format prints the value by the same verb and flags, redacted.
func (o *opaque) Format(f fmt.State, verb rune) {
	var text string
	func() {
		defer maskPanic(func() { text = Mask })
		text = o.redactor.String(fmt.Sprintf(fmt.FormatString(f, verb), o.inner()))
	}()
	_, _ = io.WriteString(f, text)
}

// maskPanic is deferred around code of others: a panic's text may quote what
// caused it, so it becomes a mask.
func maskPanic(mask func()) {
	if recover() != nil {
		mask()
	}
}
