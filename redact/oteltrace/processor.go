// Package oteltrace redacts OpenTelemetry spans before they are exported.
//
// Put [NewProcessor] around the span processor that exports:
//
//	sdktrace.WithSpanProcessor(oteltrace.NewProcessor(redactor, sdktrace.NewBatchSpanProcessor(exporter)))
package oteltrace

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/sotto-render/sotto/redact"
)

// Processor is a [sdktrace.SpanProcessor] that hands redacted spans to the next
// one: name, attributes, events (recorded errors and their stacks too), links
// and status. The resource and the scope are the program's own and stay.
type Processor struct {
	sdktrace.SpanProcessor
	redactor *redact.Redactor
}

// NewProcessor returns a processor that redacts what it passes to next.
func NewProcessor(r *redact.Redactor, next sdktrace.SpanProcessor) *Processor {
	return &Processor{SpanProcessor: next, redactor: r}
}

// OnStart shows nothing to the next processor: what it could read of the span
// is not redacted, and spans are exported at their end.
func (*Processor) OnStart(context.Context, sdktrace.ReadWriteSpan) {}

// OnEnd hands the span on, redacted. A value that becomes known before the
// exporter reads the span is masked too.
func (p *Processor) OnEnd(s sdktrace.ReadOnlySpan) {
	p.SpanProcessor.OnEnd(span{ReadOnlySpan: s, redactor: p.redactor})
}

type span struct {
	sdktrace.ReadOnlySpan
	redactor *redact.Redactor
}

func (s span) Name() string { return s.redactor.String(s.ReadOnlySpan.Name()) }

func (s span) Attributes() []attribute.KeyValue { return s.attributes(s.ReadOnlySpan.Attributes()) }

func (s span) Events() []sdktrace.Event {
	events := make([]sdktrace.Event, 0, len(s.ReadOnlySpan.Events()))
	for _, e := range s.ReadOnlySpan.Events() {
		e.Name, e.Attributes = s.redactor.String(e.Name), s.attributes(e.Attributes)
		events = append(events, e)
	}
	return events
}

func (s span) Links() []sdktrace.Link {
	links := make([]sdktrace.Link, 0, len(s.ReadOnlySpan.Links()))
	for _, l := range s.ReadOnlySpan.Links() {
		l.Attributes = s.attributes(l.Attributes)
		links = append(links, l)
	}
	return links
}

func (s span) Status() sdktrace.Status {
	status := s.ReadOnlySpan.Status()
	status.Description = s.redactor.String(status.Description)
	return status
}

func (s span) attributes(list []attribute.KeyValue) []attribute.KeyValue {
	out := make([]attribute.KeyValue, len(list))
	for i, kv := range list {
		out[i] = attribute.KeyValue{Key: attribute.Key(s.redactor.String(string(kv.Key))), Value: s.value(string(kv.Key), kv.Value)}
	}
	return out
}

func (s span) value(key string, v attribute.Value) attribute.Value {
	switch v.Type() {
	case attribute.STRING:
		return attribute.StringValue(s.redactor.Behind(key, v.AsString()))
	case attribute.STRINGSLICE:
		texts := v.AsStringSlice()
		clean := make([]string, len(texts))
		for i, text := range texts {
			clean[i] = s.redactor.Behind(key, text)
		}
		return attribute.StringSliceValue(clean)
	}
	// Numbers and the rest become a text where that text is to be masked.
	text := v.String()
	if shown := s.redactor.Behind(key, text); shown != text {
		return attribute.StringValue(shown)
	}
	return v
}
