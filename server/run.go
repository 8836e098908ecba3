package server

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// parseMode returns the mode called name, if the caller may use it.
func (x *exchange) parseMode(name string) (api.Mode, error) {
	switch api.Mode(name) {
	case api.ModePreview:
		return api.ModePreview, nil
	case "", api.ModeSend:
		if !x.caller.may(maySend) {
			return "", fail(api.Forbidden, `to send needs the role render: set "mode" to "preview"`)
		}
		return api.ModeSend, nil
	}
	return "", fail(api.InvalidRequest, "mode must be send or preview")
}

// runFields are those that the bodies of renders and evaluations share.
type runFields struct {
	scope    string
	mode     string
	required []string
}

// Field implements [jsonread.Fields].
func (f *runFields) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "scope":
		f.scope = r.String()
	case "mode":
		f.mode = r.String()
	case "required_secrets":
		f.required = r.Strings()
	default:
		return false
	}
	return true
}

// run is one render or evaluation: what the engine is given, and for whom.
type run struct {
	engine.Request
	x     *exchange
	scope resolver.Scope
	mode  api.Mode
}

// newRun checks that the caller may work in this mode and scope.
func (s *Server) newRun(x *exchange, modeName, scopeName string) (*run, error) {
	mode, err := x.parseMode(modeName)
	if err != nil {
		return nil, err
	}
	scope, err := x.bodyScope(scopeName)
	if err != nil {
		return nil, err
	}
	x.run = run{
		Request: engine.Request{
			Secrets: s.resolver.Scoped(scope), Preview: mode == api.ModePreview, Yield: x.yield, Budget: &x.budget,
			RequireDeclared: s.requireDeclared && mode == api.ModeSend, Ordered: true,
		},
		x: x, scope: scope, mode: mode,
	}
	x.traced.beginWork(&x.run.Request)
	return &x.run, nil
}

// spend counts what finding or compiling one source took, and returns why no other
// is worth it: the caller is gone, or the request has used its budget.
func (x *exchange) spend(took time.Duration) error {
	if x.r.Context().Err() != nil {
		return fail(api.LimitExceeded, "the limit time is exceeded: the caller gave up")
	}
	return x.budget.Spend(took)
}

// countUses counts the uses of what a send resolved.
func (s *Server) countUses(run *run, aliases []string) {
	if s.store != nil && run.mode == api.ModeSend && len(aliases) > 0 {
		s.store.Used(run.scope, run.x.caller.id, aliases, 1)
	}
}

// shown records who looks at values: what a send answers to a session, a person sees in a
// browser. It is recorded before it leaves, with a row for each alias, or one without.
func (s *Server) shown(run *run, aliases []string) error {
	x := run.x
	if !x.caller.session || run.mode != api.ModeSend {
		return nil
	}
	if len(aliases) == 0 {
		aliases = []string{""}
	}
	for _, alias := range aliases {
		err := s.store.Record(x.r.Context(), store.Event{
			Who: x.caller.id, What: strings.ReplaceAll(strings.TrimPrefix(x.route.pattern, "/v1/"), "/", "."),
			Scope: run.scope, Alias: alias, Outcome: "ok", RequestID: x.own,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// warnRequired logs a warning for each required secret that stopped the run, and
// returns err.
func (s *Server) warnRequired(run *run, err error) error {
	var wrong *engine.Error
	if len(run.Required) == 0 || !errors.As(err, &wrong) {
		return err
	}
	warned := make(map[string]bool, len(run.Required))
	// shown :: alias -> itself, or the mask: a value is one as it was sent, not folded
	shown := make(map[string]string, len(run.Required))
	for _, name := range run.Required {
		alias, _ := macros.Canonical(name)
		warned[alias] = false
		if shown[alias] == "" {
			shown[alias] = alias
		}
		if foreign(s.redactor, name) != name {
			shown[alias] = redact.Mask
		}
	}
	for _, d := range wrong.Details {
		absent := d.Code == engine.SecretMissing || d.Code == engine.SecretArchived
		if done, required := warned[d.Alias]; absent && required && !done {
			warned[d.Alias] = true
			s.logger.LogAttrs(run.x.r.Context(), slog.LevelWarn, "a required secret cannot be used",
				slog.String("request_id", run.x.loggedID()), slog.String("alias", shown[d.Alias]),
				run.x.scopeAttr(run.scope), slog.String("code", string(d.Code)))
		}
	}
	return err
}
