package otelcollector_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestSpansOfAServerAreRead has the Collector's own decoder read what `sotto serve` sends:
// the file is held to what is sent by the test that makes it.
func TestSpansOfAServerAreRead(t *testing.T) {
	body, err := os.ReadFile("../../cmd/sotto/internal/otlp/testdata/spans.pb")
	require.NoError(t, err)
	// A request to export is written as traces are.
	traces, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(body)
	require.NoError(t, err)
	require.Equal(t, 2, traces.SpanCount())
	resource := traces.ResourceSpans().At(0)
	require.Equal(t, map[string]any{"service.name": "mailer", "service.version": "v1.2.3", "env": "[REDACTED]"}, resource.Resource().Attributes().AsRaw())
	span := resource.ScopeSpans().At(0).Spans().At(0)
	require.Equal(t, "resolve", span.Name())
	require.Equal(t, "Internal", span.Kind().String())
	require.Equal(t, "Error", span.Status().Code().String())
	require.Equal(t, "0900000000000000", span.ParentSpanID().String())
	require.Equal(t, map[string]any{"n": int64(-2), "b": true, "f": 1.5, "s": "a\uFFFD", "k": "v[REDACTED]"}, span.Attributes().AsRaw())
	require.EqualValues(t, 1e9, span.EndTimestamp()-span.StartTimestamp())
}
