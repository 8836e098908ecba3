package server

import (
	"time"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/resolver/store"
)

// audit answers GET /v1/audit.
func (s *Server) audit(x *exchange) error {
	values, err := x.query("scope", "since", "cursor", "limit")
	if err != nil {
		return err
	}
	scope, err := x.reach(values.Get("scope"))
	if err != nil {
		return err
	}
	wanted, err := paging(values)
	if err != nil {
		return err
	}
	asked := store.AuditQuery{Paging: wanted}
	if text := values.Get("since"); text != "" {
		if asked.Since, err = time.Parse(time.RFC3339, text); err != nil {
			return fail(engine.InvalidRequest, "since must be a time such as 2030-01-31T00:00:00Z")
		}
	}
	page, err := s.store.Audit(x.r.Context(), scope, asked)
	return replyPage(x, page, err)
}
