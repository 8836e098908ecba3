package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/sotto-render/sotto/cmd/sotto/internal/otlp"
	"github.com/sotto-render/sotto/server"
)

// flushTime is how long a server that ends goes on sending its spans.
const flushTime = 3 * time.Second

// spans are what OpenTelemetry's variables ask for; the zero spans are none.
type spans struct{ exporter *otlp.Exporter }

// spans begins to send what the environment asks for.
func (a *app) spans(logger *slog.Logger) (spans, error) {
	config, warnings := otlp.Read(os.LookupEnv, thisBuild().Version)
	for _, w := range warnings {
		logger.Warn(w)
	}
	if config == nil {
		return spans{}, nil
	}
	exporter, err := otlp.New(config, a.redactor, logger)
	return spans{exporter}, err
}

func (s spans) tracer() server.Tracer {
	if s.exporter == nil {
		return nil // and no interface around a nil pointer
	}
	return s.exporter
}

func (s spans) lost() func() uint64 {
	if s.exporter == nil {
		return nil
	}
	return s.exporter.Lost
}

func (s spans) close() {
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	s.exporter.Close(ctx)
}
