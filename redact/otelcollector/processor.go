package otelcollector

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"
)

// redacting is the processor of all signals.
type redacting struct {
	config *Config
	log    *zap.Logger
	masker masker
}

// masker masks texts. All of them or an error: then nothing is sent on.
type masker interface {
	mask(ctx context.Context, texts []text) error
	close()
}

// text is one text of the telemetry, under the key of its attribute, if any.
type text struct{ key, value string }

func newProcessor(set processor.Settings, cfg component.Config) *redacting {
	return &redacting{config: cfg.(*Config), log: set.Logger} // the factory's own type
}

// start fails where the values cannot be read: nothing goes on unmasked.
func (p *redacting) start(ctx context.Context, _ component.Host) error {
	if p.config.Server != "" {
		client, err := p.config.client()
		if err != nil {
			return err
		}
		p.masker = &remote{client: client}
		return nil
	}
	l, err := newLocal(ctx, p.config, p.log)
	if err != nil {
		return err
	}
	p.masker = l
	return nil
}

func (p *redacting) shutdown(context.Context) error {
	if p.masker != nil {
		p.masker.close()
	}
	return nil
}

func (p *redacting) logs(ctx context.Context, batch plog.Logs) (plog.Logs, error) {
	return batch, p.each(ctx, func(w *walk) { w.logs(batch) })
}

func (p *redacting) traces(ctx context.Context, batch ptrace.Traces) (ptrace.Traces, error) {
	return batch, p.each(ctx, func(w *walk) { w.traces(batch) })
}

func (p *redacting) metrics(ctx context.Context, batch pmetric.Metrics) (pmetric.Metrics, error) {
	return batch, p.each(ctx, func(w *walk) { w.metrics(batch) })
}

// each walks a batch twice: to collect its texts, and to put what became of them in their
// places.
func (p *redacting) each(ctx context.Context, over func(*walk)) error {
	w := &walk{}
	over(w)
	given := make([]text, len(w.texts))
	copy(given, w.texts)
	if err := p.masker.mask(ctx, w.texts); err != nil {
		return err
	}
	w.given, w.at, w.putting = given, 0, true
	over(w)
	return nil
}
