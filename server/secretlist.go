package server

import (
	"strconv"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/resolver/store"
)

// maxSearchBytes bounds the text that a list is searched for.
const maxSearchBytes = 256

// listSecrets answers GET /v1/secrets.
func (s *Server) listSecrets(x *exchange) error {
	values, err := x.query("scope", "cursor", "limit", "q", "archived", "type", "unused")
	if err != nil {
		return err
	}
	scope, err := x.scope(values.Get("scope"))
	if err != nil {
		return err
	}
	wanted := store.SecretQuery{
		Text: values.Get("q"), Type: store.Type(values.Get("type")), Archived: store.Archived(values.Get("archived")),
	}
	if len(wanted.Text) > maxSearchBytes {
		return fail(api.InvalidRequest, "q is longer than "+strconv.Itoa(maxSearchBytes)+" bytes: search for less")
	}
	if wanted.Unused, err = flag(values, "unused"); err != nil {
		return err
	}
	if wanted.Paging, err = paging(values); err != nil {
		return err
	}
	page, err := s.store.FindSecrets(x.r.Context(), scope, wanted)
	if err == nil {
		err = s.tellMasking(x, scope, page.Items)
	}
	return replyPage(x, page, err, secretOf)
}
