package server

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Tracer takes the spans of requests. It is safe for concurrent use.
type Tracer interface {
	// Sample reports whether the spans of a trace are wanted. parent says that the
	// caller began the trace, and sampled what it decided for itself.
	Sample(trace [16]byte, parent, sampled bool) bool
	// Export takes the spans of one request, which has been answered; they are the
	// Tracer's from then on. It MUST return at once: who cannot send them in time
	// loses them.
	Export(spans []Span)
}

// Span is a piece of work that has ended: a request, or a part of one. What it holds are
// names, kinds and counts; what a caller sent is in none but its trace's id, and that has
// passed the redactor.
type Span struct {
	Trace [16]byte
	ID    [8]byte
	// Parent is zero for the first span of a trace.
	Parent [8]byte
	Name   string
	// Inner says that it is a part of a request; a request itself is of kind server.
	Inner      bool
	Start, End time.Time
	Failed     bool
	Attributes []slog.Attr
}

// maxSpans bounds the spans of one request: a batch may look up secrets for each recipient.
const maxSpans = 64

// traced is a request whose spans are wanted. It is no part of what an exchange leaves to
// the next one.
type traced struct {
	request Span
	mu      sync.Mutex
	// work is the span of rendering or evaluating, once that has begun.
	work  Span
	inner []Span
	lost  int
	done  bool
}

// parentSpan is the caller's traceparent, where it sent one that can be used.
type parentSpan struct {
	trace   [16]byte
	span    [8]byte
	known   bool
	sampled bool
}

// parseParent reads a traceparent for which isTraceparent holds.
func parseParent(text string) (p parentSpan) {
	var flags [1]byte
	_, _ = hex.Decode(p.trace[:], []byte(text[3:35]))
	_, _ = hex.Decode(p.span[:], []byte(text[36:52]))
	_, _ = hex.Decode(flags[:], []byte(text[53:]))
	p.known, p.sampled = true, flags[0]&1 == 1
	return p
}

// newSpanID returns an id that is not zero.
func newSpanID() (id [8]byte) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1)
	return id
}

// trace begins the spans of the request, if somebody wants them. The trace is the
// caller's, where there is one, else a new one, which the log names too. What anybody
// may ask, as probes and scrapers do all the time, begins no trace.
func (s *Server) trace(x *exchange) {
	p := x.parent
	x.sampled = p.sampled
	if s.tracer == nil || !p.known && x.route.needs == 0 {
		return
	}
	if !p.known {
		high, low := newSpanID(), newSpanID()
		copy(p.trace[:8], high[:])
		copy(p.trace[8:], low[:])
	}
	x.sampled = s.tracer.Sample(p.trace, p.known, p.sampled)
	if !x.sampled {
		return
	}
	if !p.known {
		x.names.trace, x.callerTrace = hex.EncodeToString(p.trace[:]), false
	}
	x.traced = &traced{request: Span{Trace: p.trace, ID: newSpanID(), Parent: p.span, Start: x.start}}
}

// part returns a span inside of another one, which begins now.
func (t *traced) part(of [8]byte) Span {
	return Span{Trace: t.request.Trace, ID: newSpanID(), Parent: of, Inner: true, Start: time.Now()}
}

// beginWork says that what the request is for begins; what it looks up is a part of it.
func (t *traced) beginWork(q *engine.Request) {
	if t == nil {
		return
	}
	t.work = t.part(t.request.ID)
	q.Secrets = tracedResolver{q.Secrets, t}
}

// endWork says that it has ended. The last call counts.
func (t *traced) endWork() {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.work.End = time.Now()
}

// add keeps a span, unless there are too many or the request has ended.
func (t *traced) add(span Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.done:
	case len(t.inner) < maxSpans:
		t.inner = append(t.inner, span)
	default:
		t.lost++
	}
}

// export hands over the spans of a request that was answered.
func (t *traced) export(x *exchange, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done = true
	spans := append(t.inner, t.request)
	request := &spans[len(spans)-1]
	request.Name = method(x.r.Method) + " " + x.route.pattern
	request.End = request.Start.Add(took)
	request.Failed = x.status >= http.StatusInternalServerError
	request.Attributes = x.attributes(t.lost)
	if t.work.ID != [8]byte{} && x.work.language != 0 {
		work := t.work
		if work.End.IsZero() {
			work.End = request.End
		}
		work.Name = operationNames[x.work.operation]
		work.Failed = x.code != ""
		work.Attributes = x.workAttributes()
		spans = append(spans, work)
	}
	x.server.tracer.Export(spans)
}

// attributes are those of the request's span.
func (x *exchange) attributes(lost int) []slog.Attr {
	list := []slog.Attr{
		slog.String("http.request.method", method(x.r.Method)), slog.String("http.route", x.route.pattern),
		slog.Int("http.response.status_code", x.status), slog.Int("http.response.body.size", x.bytes),
		slog.String("sotto.audit_id", x.own),
	}
	if x.caller.id != "" {
		list = append(list, slog.String("sotto.token", x.caller.id))
	}
	if x.code != "" {
		list = append(list, slog.String("error.type", string(x.code)))
	}
	if lost > 0 {
		list = append(list, slog.Int("sotto.spans_lost", lost))
	}
	return list
}

// workAttributes are those of the span of rendering or evaluating.
func (x *exchange) workAttributes() []slog.Attr {
	scope := x.scopeAttr(x.run.scope)
	scope.Key = "sotto.scope"
	list := []slog.Attr{slog.String("sotto.mode", string(x.run.mode)), slog.String("sotto.language", workLanguages[x.work.language]), scope}
	if n := x.recipients; n != (batch.Tally{}) {
		list = append(list, slog.Int("sotto.recipients", n.OK+n.Failed), slog.Int("sotto.recipients_failed", n.Failed))
	}
	if x.code != "" {
		list = append(list, slog.String("error.type", string(x.code)))
	}
	return list
}

// tracedResolver makes a span of each look-up.
type tracedResolver struct {
	engine.Resolver
	traced *traced
}

// Resolve implements [engine.Resolver].
func (r tracedResolver) Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error {
	span := r.traced.part(r.traced.work.ID)
	span.Name = "resolve"
	err := r.Resolver.Resolve(ctx, aliases, status, values)
	span.End = time.Now()
	missing := 0
	for _, s := range status {
		missing += one(err == nil && s != macros.Known)
	}
	span.Attributes = []slog.Attr{slog.Int("sotto.secrets", len(aliases)), slog.Int("sotto.secrets_missing", missing), slog.Bool("sotto.values", values != nil)}
	if err != nil {
		span.Failed = true
		span.Attributes = append(span.Attributes, slog.String("error.type", string(api.ResolverUnavailable)))
	}
	r.traced.add(span)
	return err
}
