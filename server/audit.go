package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver"
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
			return fail(api.InvalidRequest, "since must be a time such as 2030-01-31T00:00:00Z")
		}
	}
	page, err := s.store.Audit(x.r.Context(), scope, asked)
	return replyPage(x, page, err, eventOf)
}

func eventOf(e store.Event) api.Event {
	return api.Event{
		Time: e.Time, Who: e.Who, What: e.What, Scope: string(e.Scope), Alias: e.Alias, Version: e.Version,
		Outcome: e.Outcome, RequestID: e.RequestID, Count: e.Count,
	}
}

// recordRefusal puts into the audit trail, in the caller's own scope, that a
// caller tried what its token does not allow. The store records what it refuses
// itself.
func (s *Server) recordRefusal(x *exchange) {
	if s.store == nil {
		return
	}
	scope := x.caller.scope
	if scope == "" {
		scope = resolver.DefaultScope
	}
	err := s.store.Record(context.WithoutCancel(x.r.Context()), store.Event{
		Who: x.caller.id, What: x.r.Method + " " + x.route.pattern, Scope: scope,
		Outcome: string(api.Forbidden), RequestID: x.own,
	})
	if err != nil {
		s.logger.LogAttrs(x.r.Context(), slog.LevelError, "a refusal is not in the audit trail yet",
			slog.String("request_id", x.loggedID()), slog.Any("error", err))
	}
}
