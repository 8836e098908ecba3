package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// exchange is one request and what is known about its answer. It is the
// http.ResponseWriter of its endpoint, so that the access log sees what left.
type exchange struct {
	http.ResponseWriter
	server *Server
	r      *http.Request
	route  *route
	caller caller
	// request is that of a render.
	request renderRequest
	run     run
	// grown are the templates that the request lets grow.
	grown []*compiledTemplate
	// budget is what compiling and the run have used.
	budget engine.Budget
	buffers
	names
	start  time.Time
	status int
	bytes  int
	// code is that of the problem that was answered, or "".
	code api.Code
	// asked are the scopes that the request named, as it spelled them, with a blank between
	// them.
	asked string
	// outOfScope says that the request named a scope that the caller does not
	// reach.
	outOfScope bool
	// account is the token's; nil where the request was not admitted. held are
	// the bytes that it counts for this request.
	account *admission.Account
	held    int64
	// repeat is the request for the store, where its caller gave it a key.
	repeat *store.Request
	// work is what the request was for, for metrics.
	work work
	// recipients are those of a batch.
	recipients batch.Tally
	// traced has the spans; nil where nobody wants them. sampled says that the trace is
	// kept somewhere, by whomever.
	traced  *traced
	sampled bool
}

// endpoint answers one kind of request. An error that it returns becomes the
// answer; it MUST NOT have written anything then.
type endpoint func(x *exchange) error

// buffers are what an exchange leaves to the next one.
type buffers struct {
	// vars is an empty map for the variables of the request.
	vars map[string]any
	// output is for what is rendered, answer for what is sent.
	output, answer []byte
	// turn is that of the request on the processors, and yield its Yield.
	turn  admission.Turn
	yield func() time.Duration
}

var exchanges = sync.Pool{New: func() any {
	x := &exchange{buffers: buffers{vars: make(map[string]any)}}
	x.yield = func() time.Duration { return x.turn.Yield(x.r.Context()) }
	return x
}}

// What keeps the buffers of an unusually large exchange out of the pool.
const (
	maxPooledVars  = 64
	maxPooledBytes = 1 << 20
)

// reset drops what the exchange was about and keeps its buffers.
func (x *exchange) reset() {
	kept := x.buffers
	if len(kept.vars) > maxPooledVars {
		kept.vars = make(map[string]any)
	}
	// A variable that the next request does not send would else have this one's
	// value.
	clear(kept.vars)
	if cap(kept.output) > maxPooledBytes {
		kept.output = nil
	}
	if cap(kept.answer) > maxPooledBytes {
		kept.answer = nil
	}
	kept.turn.Reset()
	*x = exchange{buffers: kept}
}

// serve runs the endpoint of rt with everything that surrounds each request:
// its id, the recovery from panics, the access log and the metrics.
func (s *Server) serve(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := exchanges.Get().(*exchange)
		x.ResponseWriter, x.server, x.r, x.route = w, s, r, rt
		x.names, x.start = s.name(r, w.Header()), time.Now()
		s.trace(x)
		x.budget.Start(s.limits.budget(x.start))
		s.metrics.inFlight.Inc()
		defer s.finish(x)
		if err := s.admit(x); err != nil {
			x.drainShortly()
			s.refuse(x, err)
			return
		}
		if err := rt.handle(x); err != nil {
			s.refuse(x, err)
		}
	}
}

// finish ends an exchange, also one whose endpoint panicked.
func (s *Server) finish(x *exchange) {
	if cause := recover(); cause != nil {
		if cause == http.ErrAbortHandler { // compared as net/http does
			x.leave()
			s.metrics.inFlight.Dec()
			panic(cause)
		}
		s.logPanic(x, cause)
		// Behind a header that has left, a problem would be part of the answer.
		if x.status == 0 {
			s.refuse(x, fail(api.Internal, "the server failed; its log tells more under the request id"))
		}
	}
	x.leave()
	for _, t := range x.grown {
		t.weigh()
	}
	s.metrics.inFlight.Dec()
	took := time.Since(x.start)
	s.metrics.observe(x, took)
	s.logAccess(x, took)
	if x.traced != nil {
		x.traced.export(x, took)
	}
	// Nothing may use x from here on: it is the next request's.
	x.reset()
	exchanges.Put(x)
}

// logPanic logs a panic where it was recovered from.
func (s *Server) logPanic(x *exchange, cause any) {
	s.logger.LogAttrs(x.r.Context(), slog.LevelError, "panic",
		slog.String("request_id", x.loggedID()), slog.String("cause", causeText(cause)), slog.String("stack", string(debug.Stack())))
}

// causeText is the text of what was panicked with, and the type alone of what
// is neither an error nor a string: its fields may hold anything.
func causeText(cause any) string {
	switch c := cause.(type) {
	case error:
		return c.Error()
	case string:
		return c
	}
	return fmt.Sprintf("%T", cause)
}

// logAccess writes a line of the access log. It makes the record itself: it
// comes from no place in the source that is worth the search for it.
func (s *Server) logAccess(x *exchange, took time.Duration) {
	ctx, log := x.r.Context(), x.route.log
	if x.r.Method != x.route.method {
		log = s.routeLog(method(x.r.Method), x.route.pattern)
	}
	if !log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(x.start.Add(took), slog.LevelInfo, "request", 0)
	line.AddAttrs(slog.String("request_id", x.loggedID()), slog.Int("status", x.status), slog.Int("bytes", x.bytes), slog.Duration("took", took))
	if x.own != x.id {
		line.AddAttrs(slog.String("audit_id", x.own))
	}
	if x.trace != "" {
		line.AddAttrs(slog.String("trace_id", x.loggedTrace()))
	}
	if x.caller.id != "" {
		line.AddAttrs(slog.String("token", x.caller.id))
	}
	if n := x.recipients; n != (batch.Tally{}) {
		line.AddAttrs(slog.Int("recipients", n.OK+n.Failed), slog.Int("failed", n.Failed))
	}
	if x.code != "" {
		line.AddAttrs(slog.String("code", string(x.code)))
	}
	_ = log.Handle(ctx, line) // as slog does: nobody is left to tell
}

// routeLog returns what writes a route's access log, with what is the same in
// each of its lines.
func (s *Server) routeLog(method, pattern string) slog.Handler {
	return s.logger.Handler().WithAttrs([]slog.Attr{slog.String("method", method), slog.String("route", pattern)})
}

// refuse answers with a problem.
func (s *Server) refuse(x *exchange, err error) {
	p := problemOf(err)
	p.RequestID = x.id
	x.code = p.Code
	if p.Code == api.Internal {
		s.logger.LogAttrs(x.r.Context(), slog.LevelError, "internal error",
			slog.String("request_id", x.loggedID()), slog.Any("error", err))
	}
	if p.Code == api.Forbidden || x.outOfScope {
		s.recordRefusal(x)
	}
	var refused *failure
	if errors.As(err, &refused) && refused.allow != "" {
		p.Status = http.StatusMethodNotAllowed
		x.Header().Set("Allow", refused.allow)
	}
	if p.Status == http.StatusUnauthorized {
		x.Header().Set("WWW-Authenticate", `Bearer realm="sotto"`)
	}
	s.refusedAdmission(x, err)
	if x.Header()["Retry-After"] == nil {
		switch p.Status {
		case http.StatusServiceUnavailable:
			x.Header()["Retry-After"] = headerSoon
		case http.StatusTooManyRequests: // too many keys, which are counted by the hour
			x.Header()["Retry-After"] = headerHour
		}
	}
	x.reply(p.Status, headerProblem, encodeProblem(&p))
}

// answers notes the status of the answer, whose header leaves now.
func (x *exchange) answers(status int) {
	x.status = status
	x.traced.endWork()
	if x.server.ending.Load() {
		x.Header()["Connection"] = headerClose
	}
}

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.answers(status)
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.answers(http.StatusOK)
	}
	n, err := x.ResponseWriter.Write(p)
	x.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }
