package oteltrace_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/redact/oteltrace"
)

const canary = "canary-4f9a8b2c7d"

func TestSpansAreRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(canary), redact.NewSecret("83746529"))
	exporter := tracetest.NewInMemoryExporter()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(
		oteltrace.NewProcessor(r, sdktrace.NewSimpleSpanProcessor(exporter))))
	tracer := provider.Tracer("test")

	ctx, parent := tracer.Start(context.Background(), "parent")
	_, span := tracer.Start(ctx, "GET /"+canary,
		trace.WithAttributes(attribute.String("url", "https://x/?k="+canary), attribute.String(canary, "v")),
		trace.WithLinks(trace.LinkFromContext(ctx, attribute.String("link", canary))))
	span.SetAttributes(attribute.StringSlice("list", []string{"a", canary}), attribute.Int("pin", 83746529), attribute.Int("n", 7))
	span.AddEvent("event "+canary, trace.WithAttributes(attribute.String("k", canary)))
	span.RecordError(errors.New("failed with "+canary), trace.WithStackTrace(true))
	span.SetStatus(codes.Error, "failed with "+canary)
	span.End()
	parent.End()

	spans := exporter.GetSpans()
	require.Len(t, spans, 2)
	out := fmt.Sprintf("%+v", spans.Snapshots()) + fmt.Sprintf("%+v", spans)
	require.NotContains(t, out, canary)
	require.NotContains(t, out, "83746529")
	require.Equal(t, "GET /[REDACTED]", spans[0].Name)
	require.Equal(t, "failed with [REDACTED]", spans[0].Status.Description)
	require.Contains(t, spans[0].Attributes, attribute.Int("n", 7))
	require.Equal(t, "parent", spans[1].Name)
	require.NoError(t, provider.Shutdown(context.Background()))
}
