package otelcollector

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// walk meets every text of a batch, in the same order each time.
type walk struct {
	// texts are those that were met; while putting, what became of those given.
	texts, given []text
	at           int
	putting      bool
}

// meet returns what is to stand in the place of a text, and whether that is another one.
func (w *walk) meet(key, value string) (text, bool) {
	if !w.putting {
		w.texts = append(w.texts, text{key, value})
		return text{}, false
	}
	w.at++
	return w.texts[w.at-1], w.texts[w.at-1] != w.given[w.at-1]
}

// field meets the text of a property.
func (w *walk) field(value string, set func(string)) {
	if value == "" {
		return
	}
	if t, changed := w.meet("", value); changed {
		set(t.value)
	}
}

// attributes meets the keys and values of a map, at any depth.
func (w *walk) attributes(m pcommon.Map) {
	renamed := make(map[string]string)
	for key, value := range m.All() {
		if t, changed := w.meet("", key); changed {
			renamed[key] = t.value
		}
		w.value(key, value)
	}
	for key, shown := range renamed {
		value, _ := m.Get(key)
		moved := pcommon.NewValueEmpty()
		value.CopyTo(moved)
		m.Remove(key)
		moved.CopyTo(m.PutEmpty(shown))
	}
}

// value meets the value of an attribute. A number or boolean that is masked becomes a text.
func (w *walk) value(key string, v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeMap:
		w.attributes(v.Map())
	case pcommon.ValueTypeSlice:
		for _, item := range v.Slice().All() {
			w.value(key, item)
		}
	case pcommon.ValueTypeBytes:
		if t, changed := w.meet(key, string(v.Bytes().AsRaw())); changed {
			v.Bytes().FromRaw([]byte(t.value))
		}
	case pcommon.ValueTypeStr:
		w.asText(key, v.Str(), v)
	case pcommon.ValueTypeInt:
		w.asText(key, strconv.FormatInt(v.Int(), 10), v)
	case pcommon.ValueTypeDouble:
		w.asText(key, strconv.FormatFloat(v.Double(), 'g', -1, 64), v)
	case pcommon.ValueTypeBool:
		w.asText(key, strconv.FormatBool(v.Bool()), v)
	}
}

func (w *walk) asText(key, shown string, v pcommon.Value) {
	if t, changed := w.meet(key, shown); changed {
		v.SetStr(t.value)
	}
}

func (w *walk) resource(r pcommon.Resource) { w.attributes(r.Attributes()) }

func (w *walk) scope(s pcommon.InstrumentationScope) {
	w.field(s.Name(), s.SetName)
	w.field(s.Version(), s.SetVersion)
	w.attributes(s.Attributes())
}

func (w *walk) logs(batch plog.Logs) {
	for _, resource := range batch.ResourceLogs().All() {
		w.resource(resource.Resource())
		w.field(resource.SchemaUrl(), resource.SetSchemaUrl)
		for _, scope := range resource.ScopeLogs().All() {
			w.scope(scope.Scope())
			w.field(scope.SchemaUrl(), scope.SetSchemaUrl)
			for _, record := range scope.LogRecords().All() {
				w.value("", record.Body())
				w.field(record.EventName(), record.SetEventName)
				w.field(record.SeverityText(), record.SetSeverityText)
				w.attributes(record.Attributes())
			}
		}
	}
}

func (w *walk) traces(batch ptrace.Traces) {
	for _, resource := range batch.ResourceSpans().All() {
		w.resource(resource.Resource())
		w.field(resource.SchemaUrl(), resource.SetSchemaUrl)
		for _, scope := range resource.ScopeSpans().All() {
			w.scope(scope.Scope())
			w.field(scope.SchemaUrl(), scope.SetSchemaUrl)
			for _, span := range scope.Spans().All() {
				w.span(span)
			}
		}
	}
}

func (w *walk) span(span ptrace.Span) {
	w.field(span.Name(), span.SetName)
	w.field(span.Status().Message(), span.Status().SetMessage)
	w.field(span.TraceState().AsRaw(), span.TraceState().FromRaw)
	w.attributes(span.Attributes())
	for _, event := range span.Events().All() {
		w.field(event.Name(), event.SetName)
		w.attributes(event.Attributes())
	}
	for _, link := range span.Links().All() {
		w.field(link.TraceState().AsRaw(), link.TraceState().FromRaw)
		w.attributes(link.Attributes())
	}
}

func (w *walk) metrics(batch pmetric.Metrics) {
	for _, resource := range batch.ResourceMetrics().All() {
		w.resource(resource.Resource())
		w.field(resource.SchemaUrl(), resource.SetSchemaUrl)
		for _, scope := range resource.ScopeMetrics().All() {
			w.scope(scope.Scope())
			w.field(scope.SchemaUrl(), scope.SetSchemaUrl)
			for _, metric := range scope.Metrics().All() {
				w.metric(metric)
			}
		}
	}
}

func (w *walk) metric(m pmetric.Metric) {
	w.field(m.Name(), m.SetName)
	w.field(m.Description(), m.SetDescription)
	w.field(m.Unit(), m.SetUnit)
	w.attributes(m.Metadata())
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		w.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		w.numbers(m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for _, point := range m.Histogram().DataPoints().All() {
			w.attributes(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for _, point := range m.ExponentialHistogram().DataPoints().All() {
			w.attributes(point.Attributes())
			w.exemplars(point.Exemplars())
		}
	case pmetric.MetricTypeSummary:
		for _, point := range m.Summary().DataPoints().All() {
			w.attributes(point.Attributes())
		}
	}
}

func (w *walk) numbers(points pmetric.NumberDataPointSlice) {
	for _, point := range points.All() {
		w.attributes(point.Attributes())
		w.exemplars(point.Exemplars())
	}
}

func (w *walk) exemplars(list pmetric.ExemplarSlice) {
	for _, e := range list.All() {
		w.attributes(e.FilteredAttributes())
	}
}
