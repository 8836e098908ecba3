package server

import (
	"net/http"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
)

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

// readyz says whether secrets can be resolved now, and in which ways the node is
// not well. It is ready as long as it has an answer to give: from a provider that
// can be read, else from what is cached.
func (s *Server) readyz(x *exchange) error {
	q, err := x.query("strict")
	if err != nil {
		return err
	}
	down := s.resolver.Ready(x.r.Context())
	if down == nil {
		return x.replyJSON(http.StatusOK, readyAnswer{Status: "ready"})
	}
	s.logger.WarnContext(x.r.Context(), "not ready", "error", down)
	answers, cached := true, s.resolver.Stats().Entries > 0
	var reasons []degradeReason
	var details []string
	for _, c := range resolver.Conditions(down) {
		answers = answers && (c.Answers || cached && c.Reason != "store_lost")
		// An error of unknown kind may name what is not for everybody.
		detail := "a store or provider does not answer"
		if c.Reason != resolver.Unreachable {
			detail = c.Error()
		}
		reasons = append(reasons, degradeReason{c.Reason, detail})
		details = append(details, c.Reason+": "+detail)
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
