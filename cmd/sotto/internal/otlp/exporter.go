// Package otlp sends the spans of a server to an OpenTelemetry collector: OTLP over HTTP,
// in protobuf, as the usual environment variables say.
//
// Start with [Read] for the configuration and [New] for an [Exporter], which is a
// [server.Tracer]. The package stands in the place of the OpenTelemetry SDK, which brings
// gRPC and some forty modules for what are three kinds of spans here, into the build of
// everybody who imports any package of sotto.
package otlp

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

// Exporter is a [server.Tracer] that sends spans in batches, from a goroutine of its own.
// It is safe for concurrent use. Close it.
type Exporter struct {
	config  *Config
	encoder encoder
	sender  *sender
	logger  *slog.Logger
	queue   chan []server.Span
	// queued are the spans in the queue, lost those that nobody will get.
	queued atomic.Int64
	lost   atomic.Uint64
	// failed is when a failure was last told.
	failed time.Time

	closing chan struct{}
	running sync.WaitGroup
	once    sync.Once
}

// New returns an exporter that runs. What it sends are the server's own words; what else
// stands in attributes has passed r. Failures are in the log,
// one in a minute.
func New(c *Config, r *redact.Redactor, logger *slog.Logger) (*Exporter, error) {
	send, err := newSender(c)
	if err != nil {
		return nil, err
	}
	for _, value := range c.headers {
		r.Add(value)
	}
	e := &Exporter{
		config: c, encoder: encoder{redactor: r, resource: c.resource}, sender: send, logger: redact.TrustLogger(logger, "reason", "lost"),
		// Each element holds a span at least, so that there is room for all that are let in.
		queue: make(chan []server.Span, c.queueSize), closing: make(chan struct{}),
	}
	e.running.Go(e.run)
	return e, nil
}

// Sample implements [server.Tracer].
func (e *Exporter) Sample(trace [16]byte, parent, sampled bool) bool {
	return e.config.sampler.sample(trace, parent, sampled)
}

// Export implements [server.Tracer].
func (e *Exporter) Export(spans []server.Span) {
	n := int64(len(spans))
	if n == 0 {
		return
	}
	if e.queued.Add(n) > int64(e.config.queueSize) {
		e.queued.Add(-n)
		e.lost.Add(uint64(n))
		return
	}
	e.queue <- spans
}

// Lost returns how many spans nobody got: there was no room for them, or the collector did
// not take them.
func (e *Exporter) Lost() uint64 { return e.lost.Load() }

// Close sends what is left, for as long as ctx lets it, and ends the goroutine. A nil
// Exporter closes too.
func (e *Exporter) Close(ctx context.Context) {
	if e == nil {
		return
	}
	e.once.Do(func() {
		stop := context.AfterFunc(ctx, e.sender.abort)
		close(e.closing)
		e.running.Wait()
		stop()
		e.sender.close()
	})
}

// run sends a batch when one is full, or when its first span has waited long enough.
func (e *Exporter) run() {
	var (
		batch []server.Span
		due   <-chan time.Time
	)
	take := func(spans []server.Span) {
		e.queued.Add(-int64(len(spans)))
		batch = append(batch, spans...)
		for len(batch) >= e.config.batchSize {
			e.send(batch[:e.config.batchSize])
			batch = append(batch[:0], batch[e.config.batchSize:]...)
		}
	}
	for {
		if len(batch) > 0 && due == nil {
			due = time.After(e.config.delay)
		} else if len(batch) == 0 {
			due = nil
		}
		select {
		case spans := <-e.queue:
			take(spans)
		case <-due:
			e.send(batch)
			batch, due = batch[:0], nil
		case <-e.closing:
			for {
				select {
				case spans := <-e.queue:
					take(spans)
					continue
				default:
				}
				break
			}
			if len(batch) > 0 {
				e.send(batch)
			}
			return
		}
	}
}

// send sends spans, or loses them.
func (e *Exporter) send(spans []server.Span) {
	reason := e.sender.send(e.encoder.encode(spans))
	if reason == "" {
		return
	}
	e.lost.Add(uint64(len(spans)))
	if time.Since(e.failed) >= time.Minute {
		e.failed = time.Now()
		e.logger.Warn("spans cannot be sent to the collector", "reason", reason, "lost", e.lost.Load())
	}
}
