package server

import (
	"errors"
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver/store"
)

type statusAnswer struct {
	Status string `json:"status"`
}

// healthz says that the process runs.
func (s *Server) healthz(x *exchange) error {
	return x.replyJSON(http.StatusOK, statusAnswer{"ok"})
}

// readyz says whether secrets can be resolved now.
func (s *Server) readyz(x *exchange) error {
	if err := s.resolver.Ready(x.r.Context()); err != nil {
		s.logger.WarnContext(x.r.Context(), "not ready", "error", err)
		if errors.Is(err, store.ErrLost) {
			return fail(api.ResolverUnavailable, "scopes are refused because an edit was lost")
		}
		return fail(api.ResolverUnavailable, "a store or provider does not answer")
	}
	return x.replyJSON(http.StatusOK, statusAnswer{"ready"})
}

func (s *Server) metricsPage(x *exchange) error {
	s.metrics.page.ServeHTTP(x, x.r)
	return nil
}
