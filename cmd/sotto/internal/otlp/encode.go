package otlp

import (
	"log/slog"
	"math"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

// encoder writes spans as an ExportTraceServiceRequest of opentelemetry.proto. Names, keys
// and the values under ownKeys are words of our own and handed on as they are, as the log
// does it, so that no secret of one tenant blanks the spans of another. Every other text has
// passed the redactor.
type encoder struct {
	redactor *redact.Redactor
	// resource says who sends.
	resource []slog.Attr
}

// ownKeys are those of attributes that hold what the server made or looked up itself, or
// redacted before, and the names by which operators call what sends.
var ownKeys = map[string]bool{
	"http.request.method": true, "http.route": true, "error.type": true,
	"sotto.audit_id": true, "sotto.token": true, "sotto.mode": true, "sotto.language": true, "sotto.scope": true,
	serviceName: true, serviceVersion: true,
}

// The numbers of the fields, by their message.
const (
	requestResourceSpans = 1

	resourceSpansResource   = 1
	resourceSpansScopeSpans = 2
	resourceAttributes      = 1
	scopeSpansScope         = 1
	scopeSpansSpans         = 2
	scopeName               = 1

	spanTraceID    = 1
	spanID         = 2
	spanParentID   = 4
	spanName       = 5
	spanKind       = 6
	spanStart      = 7
	spanEnd        = 8
	spanAttributes = 9
	spanStatus     = 15
	statusCode     = 3

	keyValueKey   = 1
	keyValueValue = 2
	valueString   = 1
	valueBool     = 2
	valueInt      = 3
	valueDouble   = 4
)

const (
	kindInternal = 1
	kindServer   = 2
	statusError  = 2
)

func (e encoder) encode(spans []server.Span) []byte {
	scoped := message(nil, scopeSpansScope, text(nil, scopeName, "github.com/sotto-render/sotto/server"))
	for i := range spans {
		scoped = message(scoped, scopeSpansSpans, e.span(&spans[i]))
	}
	resource := e.attributes(nil, resourceAttributes, e.resource)
	list := message(message(nil, resourceSpansResource, resource), resourceSpansScopeSpans, scoped)
	return message(nil, requestResourceSpans, list)
}

func (e encoder) span(s *server.Span) []byte {
	b := message(message(nil, spanTraceID, s.Trace[:]), spanID, s.ID[:])
	if s.Parent != [8]byte{} {
		b = message(b, spanParentID, s.Parent[:])
	}
	b = text(b, spanName, s.Name)
	kind := uint64(kindServer)
	if s.Inner {
		kind = kindInternal
	}
	b = protowire.AppendVarint(protowire.AppendTag(b, spanKind, protowire.VarintType), kind)
	b = moment(moment(b, spanStart, s.Start), spanEnd, s.End)
	b = e.attributes(b, spanAttributes, s.Attributes)
	if s.Failed {
		status := protowire.AppendVarint(protowire.AppendTag(nil, statusCode, protowire.VarintType), statusError)
		b = message(b, spanStatus, status)
	}
	return b
}

func (e encoder) attributes(b []byte, field protowire.Number, list []slog.Attr) []byte {
	for _, a := range list {
		b = message(b, field, message(text(nil, keyValueKey, a.Key), keyValueValue, e.value(a)))
	}
	return b
}

// value encodes the value of a. Of a kind without a type of its own it is the text.
func (e encoder) value(a slog.Attr) []byte {
	v := a.Value
	switch v.Kind() {
	case slog.KindBool:
		return protowire.AppendVarint(protowire.AppendTag(nil, valueBool, protowire.VarintType), protowire.EncodeBool(v.Bool()))
	case slog.KindInt64:
		return protowire.AppendVarint(protowire.AppendTag(nil, valueInt, protowire.VarintType), uint64(v.Int64()))
	case slog.KindFloat64:
		return protowire.AppendFixed64(protowire.AppendTag(nil, valueDouble, protowire.Fixed64Type), math.Float64bits(v.Float64()))
	}
	if ownKeys[a.Key] {
		return text(nil, valueString, v.String())
	}
	return text(nil, valueString, e.redactor.String(v.String()))
}

// text appends a text, which has to be UTF-8.
func text(b []byte, field protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), strings.ToValidUTF8(text, "\uFFFD"))
}

func message(b []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), content)
}

func moment(b []byte, field protowire.Number, t time.Time) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), uint64(t.UnixNano()))
}
