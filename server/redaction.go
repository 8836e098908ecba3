package server

import (
	"net/http"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// redactRequest is the body of POST /v1/redact.
type redactRequest struct {
	text  text
	scope string
}

// Field implements [jsonread.Fields].
func (q *redactRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "text":
		q.text = readText(r)
	case "scope":
		q.scope = r.String()
	default:
		return false
	}
	return true
}

type redacted struct {
	Text string `json:"text"`
}

// redact answers POST /v1/redact with the values of the caller's scope alone:
// with those of others it would tell whether a guess is right.
func (s *Server) redact(x *exchange) error {
	var q redactRequest
	if err := s.decode(x, &q); err != nil {
		return err
	}
	if !q.text.set {
		return fail(api.InvalidRequest, "text is missing")
	}
	scope, err := x.scope(q.scope)
	if err != nil {
		return err
	}
	if err := s.resolver.LoadAll(x.r.Context(), scope); err != nil {
		return err
	}
	return x.replyJSON(http.StatusOK, redacted{s.resolver.Redactor(scope).String(q.text.value)})
}
