package server

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// readyPatience is how long readyz waits for providers that do not answer.
const readyPatience = 1500 * time.Millisecond

type statusAnswer struct {
	Status string `json:"status"`
}

// healthz says that the process runs.
func (s *Server) healthz(x *exchange) error {
	return x.replyJSON(http.StatusOK, statusAnswer{"ok"})
}

// readyAnswer is what readyz answers.
type readyAnswer struct {
	Status   string          `json:"status"`
	Degraded []degradeReason `json:"degraded,omitempty"`
}

type degradeReason struct {
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// unwell knows which reasons the log has been told of: probes come every second, from
// several sides.
type unwell struct {
	mu sync.Mutex
	// told :: reason -> when
	told map[string]time.Time
}

// news reports whether one of the reasons has not been told for a minute, and notes that
// all are told now.
func (u *unwell) news(reasons []degradeReason, now time.Time) (news bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, r := range reasons {
		news = news || now.Sub(u.told[r.Reason]) >= time.Minute
	}
	for _, r := range reasons {
		if news {
			u.told[r.Reason] = now
		}
	}
	return news
}

// readyz says whether secrets can be resolved now, and in which ways the node is
// not well. It is ready as long as it has an answer to give, from a provider that
// can be read, else from what is cached, and somebody to give it to: a token that is
// let in without the store.
func (s *Server) readyz(x *exchange) error {
	q, err := x.query("strict")
	if err != nil {
		return err
	}
	if s.ending.Load() {
		return fail(api.ResolverUnavailable, "not ready: stopping: this node takes no requests soon")
	}
	// A store that is silent would hold the probe up until the balancer gives up.
	ctx, cancel := context.WithTimeout(x.r.Context(), readyPatience)
	defer cancel()
	down := s.resolver.Ready(ctx)
	if down == nil {
		return x.replyJSON(http.StatusOK, readyAnswer{Status: "ready"})
	}
	answers, cached := true, s.resolver.Stats().Entries > 0
	var reasons []degradeReason
	var details []string
	for _, c := range resolver.Conditions(down) {
		answers = answers && (c.Answers || cached && c.Reason != "store_lost")
		if s.store != nil && errors.Is(c, store.ErrUnreachable) {
			answers = answers && s.store.TokensAnswer()
		}
		// An error of unknown kind may name what is not for everybody.
		detail := "a store or provider does not answer"
		if c.Reason != resolver.Unreachable {
			detail = c.Error()
		}
		reasons = append(reasons, degradeReason{c.Reason, detail})
		details = append(details, c.Reason+": "+detail)
	}
	if s.unwell.news(reasons, time.Now()) {
		s.logger.WarnContext(x.r.Context(), "not ready", "error", down)
	}
	if strict := q.Get("strict"); answers && strict != "1" && strict != "true" {
		return x.replyJSON(http.StatusOK, readyAnswer{Status: "degraded", Degraded: reasons})
	}
	return fail(api.ResolverUnavailable, "not ready: "+strings.Join(details, "; "))
}

func (s *Server) metricsPage(x *exchange) error {
	s.metrics.page.ServeHTTP(x, x.r)
	return nil
}
