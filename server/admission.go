package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/server/internal/admission"
)

// TokenLimits bound what one token may take that has no limits of its own. A field
// that is 0 does not bound it.
type TokenLimits struct {
	// Rate is how many requests it may make in a second.
	Rate int
	// Concurrency is how many of its requests are answered at once.
	Concurrency int
	// Bytes is how much of its requests and answers is held at once.
	Bytes int64
}

func newAdmission(l *Limits) *admission.Controller {
	return admission.New(admission.Options{
		Bytes: l.InFlightBytes, Patience: l.Queue, SignIns: l.SignIns, Token: admission.Limits(l.Token),
	})
}

// enter admits the request as one of its token's.
func (x *exchange) enter() error {
	account, err := x.server.admission.Enter(x.caller.id, x.caller.limits)
	account.Describe(x.Header())
	if err == nil {
		x.account = account
	}
	return err
}

// leave gives back all that the request took.
func (x *exchange) leave() {
	if x.account == nil {
		return
	}
	x.turn.End()
	x.account.Free(x.held)
	x.account.Leave()
}

// begin waits for the request's turn on the processors, if its route needs one.
func (x *exchange) begin() error {
	if !x.route.computes {
		return nil
	}
	err := x.account.Begin(x.r.Context(), &x.turn)
	if err == nil && x.turn.Waited() {
		x.budget.Start(x.server.limits.budget(time.Now()))
	}
	return err
}

// uncounted is how many bytes a request or an answer has for free: net/http has
// as much in its own buffers for each connection.
const uncounted = 4 << 10

// hold counts the room of a body or an answer.
func (x *exchange) hold(room int) error {
	if room <= uncounted || x.account == nil {
		return nil
	}
	if err := x.account.Hold(int64(room)); err != nil {
		return err
	}
	x.held += int64(room)
	return nil
}

// holdAnswer counts the room of the answer that is about to be sent. What was
// rendered is part of it by now, so that the room of a large output is not kept
// for as long as the client reads. The length counts: another request may have
// grown the buffer, and what that one needed is not this token's to pay.
//
// A request that may have changed something is never refused here: what was done
// would look undone, and a client that tries again would do it twice.
func (x *exchange) holdAnswer() error {
	if cap(x.output) > maxPooledBytes {
		x.output = nil
	}
	if x.route.method != http.MethodGet && !x.route.computes {
		return nil
	}
	return x.hold(len(x.answer))
}

// refusedAdmission tells the client when to come again.
func (s *Server) refusedAdmission(x *exchange, err error) {
	var refused *admission.Refusal
	if !errors.As(err, &refused) {
		return
	}
	x.Header()["Retry-After"] = []string{refused.RetryAfter()}
	s.metrics.rejections[refused.Reason].Inc()
}

func admissionProblem(r *admission.Refusal) api.Problem {
	if r.Overloaded() {
		return newProblem(api.Overloaded, r.Error(), nil)
	}
	return newProblem(api.RateLimited, r.Error(), nil)
}

// piece is how much of an answer a client must take within [Limits.Silence].
const piece = 64 << 10

// send writes body. Its client is given up when it takes nothing for a while, or
// takes too long in all; the time that the request waited for its turn does not
// count.
func (x *exchange) send(body []byte) {
	if len(body) <= piece && !x.turn.Waited() {
		_, _ = x.Write(body) // the client is gone: nobody is left to tell
		return
	}
	limits, control := &x.server.limits, http.NewResponseController(x.ResponseWriter)
	end := time.Now().Add(limits.Write)
	for len(body) > 0 {
		silent := time.Now().Add(limits.Silence)
		if silent.After(end) {
			silent = end
		}
		_ = control.SetWriteDeadline(silent) // one that cannot be set is one of a client that is gone
		n, err := x.Write(body[:min(len(body), piece)])
		if err != nil {
			return
		}
		body = body[n:]
	}
}

// rejectionCounters returns a counter for each reason.
func rejectionCounters(of *prometheus.CounterVec) map[admission.Reason]prometheus.Counter {
	counters := make(map[admission.Reason]prometheus.Counter)
	for _, reason := range admission.Reasons() {
		counters[reason] = of.WithLabelValues(string(reason))
	}
	return counters
}
