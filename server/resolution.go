package server

import (
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/macros"
)

// secretResolution answers GET /v1/secrets/{alias}/resolution. Why a provider cannot
// tell is in the log alone: it may name what is not for everybody.
func (s *Server) secretResolution(x *exchange) error {
	scope, given, _, err := x.secretCall()
	if err != nil {
		return err
	}
	alias, ok := macros.Canonical(given)
	if !ok {
		return fail(api.InvalidAlias, "an alias is letters, digits, _ or -, and does not start with -")
	}
	found, err := s.resolver.Explain(x.r.Context(), scope, alias)
	if err != nil {
		return err
	}
	for _, a := range found.Answers {
		if a.Err != nil {
			s.logger.WarnContext(x.r.Context(), "a secret cannot be explained", x.scopeAttr(scope), "error", a.Err)
		}
	}
	return x.replyJSON(http.StatusOK, answer.Resolution(scope, alias, found))
}
