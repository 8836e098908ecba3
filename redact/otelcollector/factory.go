// Package otelcollector is a processor for the OpenTelemetry Collector that masks known
// values of secrets in logs, traces and metrics, in every form that package redact finds.
//
// Put [NewFactory] into a Collector that is built with ocb:
//
//	processors:
//	  - gomod: github.com/sotto-render/sotto/redact/otelcollector
//
// and name the secrets in its configuration:
//
//	processors:
//	  sotto:
//	    providers: ["dir:/run/secrets"]
package otelcollector

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
)

// Type is what the processor is called in a configuration.
var Type = component.MustNewType("sotto")

// NewFactory returns the factory of the processor.
func NewFactory() processor.Factory {
	return processor.NewFactory(Type, func() component.Config { return &Config{} },
		processor.WithLogs(newLogs, component.StabilityLevelBeta),
		processor.WithTraces(newTraces, component.StabilityLevelBeta),
		processor.WithMetrics(newMetrics, component.StabilityLevelBeta),
	)
}

func newLogs(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	p := newProcessor(set, cfg)
	return processorhelper.NewLogs(ctx, set, cfg, next, p.logs, p.options()...)
}

func newTraces(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	p := newProcessor(set, cfg)
	return processorhelper.NewTraces(ctx, set, cfg, next, p.traces, p.options()...)
}

func newMetrics(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	p := newProcessor(set, cfg)
	return processorhelper.NewMetrics(ctx, set, cfg, next, p.metrics, p.options()...)
}

func (p *redacting) options() []processorhelper.Option {
	return []processorhelper.Option{
		processorhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown),
	}
}
