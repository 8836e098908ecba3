package server

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"slices"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
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
	if kind := streamed(x.r.Header.Get("Content-Type")); kind != "" {
		if err := x.plain(); err != nil {
			return err
		}
		return s.redactStream(x, kind)
	}
	var q redactRequest
	if err := s.decode(x, &q); err != nil {
		return err
	}
	if !q.text.set {
		return fail(api.InvalidRequest, "text is missing")
	}
	known, err := s.knowledge(x, q.scope)
	if err != nil {
		return err
	}
	if err := known.load(x.r.Context()); err != nil {
		return err
	}
	return x.replyJSON(http.StatusOK, redacted{known.redactor.String(q.text.value)})
}

// streamed returns the Content-Type of the answer to a body that is a text itself, or
// "" where the body is JSON. That is what a body of any other type is taken for.
func streamed(contentType string) string {
	switch kind, _, _ := mime.ParseMediaType(contentType); kind {
	case "text/plain":
		return "text/plain; charset=utf-8"
	case "application/octet-stream":
		return kind
	}
	return ""
}

// knowledge is what is masked for one request.
type knowledge struct {
	server *Server
	x      *exchange
	scope  resolver.Scope
	// below says that the scopes below count too.
	below bool
	// redactor is united with each, those of the scopes.
	redactor *redact.Redactor
	each     []*redact.Redactor
}

// knowledge reads which values a request is about: those of the scope that the body,
// or else the query, names, and with below=true, which an admin alone may ask for,
// those of the scopes below it too.
func (s *Server) knowledge(x *exchange, given string) (*knowledge, error) {
	values, err := x.query("scope", "below")
	if err != nil {
		return nil, err
	}
	if given, err = agreedScope(given, values); err != nil {
		return nil, err
	}
	k := &knowledge{server: s, x: x, redactor: s.metrics.counting(redact.New(), surfaceAPI)}
	if k.below, err = flag(values, "below"); err != nil {
		return nil, err
	}
	if !k.below {
		k.scope, err = x.scope(given)
		return k, err
	}
	if err := x.need(mayAdminister); err != nil {
		return nil, err
	}
	k.scope, err = x.reach(given)
	return k, err
}

// load makes the redactor know what there is now. Between changes it costs next to
// nothing.
func (k *knowledge) load(ctx context.Context) error {
	scopes := []resolver.Scope{k.scope}
	if k.below {
		var err error
		if scopes, err = k.server.resolver.Below(ctx, k.scope); err != nil {
			return err
		}
	}
	each := make([]*redact.Redactor, len(scopes))
	for i, scope := range scopes {
		// Asked for anew: see [resolver.Resolver.Redactor].
		each[i] = k.server.resolver.Redactor(scope)
		if err := k.loadScope(ctx, scope); err != nil {
			return err
		}
	}
	if !slices.Equal(each, k.each) {
		k.redactor.Unite(each...)
		k.each = each
	}
	return nil
}

// loadScope leaves it to the log to name what cannot be read: what can be is masked.
func (k *knowledge) loadScope(ctx context.Context, scope resolver.Scope) error {
	flaws, err := k.server.resolver.Flaws(ctx, scope)
	for _, flaw := range flaws {
		if !flaw.Covered {
			k.server.logger.LogAttrs(ctx, slog.LevelWarn, "a secret cannot be read, so its value is not masked",
				k.x.scopeAttr(scope), slog.Any("error", flaw.Err))
		}
	}
	return err
}
