package server

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// secretDraft is the body of POST /v1/secrets.
type secretDraft struct {
	store.Draft
	scope string
}

// Field implements [jsonread.Fields].
func (q *secretDraft) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "alias":
		q.Alias = r.String()
	case "type":
		q.Type = store.Type(r.String())
	case "value":
		q.Value = store.Raw([]byte(r.Raw()))
	case "description":
		q.Description = r.String()
	case "unmasked":
		q.Unmasked = optionalList(r)
	case "scope":
		q.scope = r.String()
	default:
		return false
	}
	return true
}

// secretPatch is the body of PATCH /v1/secrets/{alias}.
type secretPatch struct {
	store.Patch
	scope string
}

// Field implements [jsonread.Fields].
func (q *secretPatch) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "value":
		q.Value = store.Raw([]byte(r.Raw()))
	case "description":
		q.Description = optional(r)
	case "unmasked":
		fields := optionalList(r)
		q.Unmasked = &fields
	case "alias":
		q.Alias = optional(r)
	case "type":
		if word := optional(r); word != nil {
			kind := store.Type(*word)
			q.Type = &kind
		}
	case "scope":
		q.scope = r.String()
	default:
		return false
	}
	return true
}

// optional reads a string, and nil for null.
func optional(r *jsonread.Reader) *string {
	if r.Null() {
		return nil
	}
	word := r.String()
	return &word
}

// optionalList reads a list of strings, and nil for null.
func optionalList(r *jsonread.Reader) []string {
	if r.Null() {
		return nil
	}
	return nonNil(r.Strings())
}

// actor is the caller for the audit trail.
func (x *exchange) actor() store.Actor {
	return store.Actor{Who: x.caller.id, RequestID: x.own, Request: x.repeat}
}

// secretCall reads what a call on one secret is about: its alias in the path
// and its scope in the query. A scope that the caller does not reach looks
// just like one that lacks the alias.
func (x *exchange) secretCall(known ...string) (resolver.Scope, string, url.Values, error) {
	values, err := x.query(append(known, "scope")...)
	if err != nil {
		return "", "", nil, err
	}
	scope, err := x.scope(values.Get("scope"))
	return scope, x.r.PathValue("alias"), values, secretError(err)
}

var errNoSecret = fail(api.NotFound, "there is no secret with this alias in this scope")

// secretOf returns what is told of a secret.
func secretOf(m store.Metadata) api.Secret {
	told := api.Secret{
		Alias: m.Alias, Type: api.SecretType(m.Type), Description: m.Description, Scope: string(m.Scope),
		Version: m.Version, Fields: m.Fields, CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
		LastUsedAt: m.LastUsedAt, Archived: m.Archived,
	}
	if m.Masking != nil {
		told.Unmasked = nonNil(m.Masking.Unmasked)
		for _, weak := range m.Masking.Weak {
			told.Warnings = append(told.Warnings, warningOf(weak))
		}
	}
	return told
}

func warningOf(weak redact.Weakness) api.SecretWarning {
	of := "the value"
	if weak.Field != "" {
		of += " of " + weak.Field
	}
	if weak.Common {
		return api.SecretWarning{
			Code: api.CommonValue, Field: weak.Field,
			Message: of + " is a common word or very short: logs show it, but for behind a key that names a secret",
		}
	}
	return api.SecretWarning{
		Code: api.ShortValue, Field: weak.Field,
		Message: of + " is under 8 bytes: it is masked only where it stands as a word by itself",
	}
}

// toldSecret is secretOf with what admins alone may know. Without it where the value cannot
// be read: a change that was made is not to look as if it had failed.
func (s *Server) toldSecret(x *exchange, meta store.Metadata) api.Secret {
	s.awaitKnown(x.r.Context())
	if meta.Masking != nil {
		return secretOf(meta) // of a request whose answer is kept
	}
	list := []store.Metadata{meta}
	_ = s.tellMasking(x, meta.Scope, list)
	return secretOf(list[0])
}

// awaitKnown waits until the log knows what was changed: its caller may send the value
// anywhere once it hears that it is kept.
func (s *Server) awaitKnown(ctx context.Context) {
	const patience = 2 * time.Second
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	s.resolver.AwaitKnown(ctx)
}

// tellMasking adds to list, secrets of one scope, what admins alone may know: how their
// values are masked.
func (s *Server) tellMasking(x *exchange, scope resolver.Scope, list []store.Metadata) error {
	if !x.caller.may(mayAdminister) {
		return nil
	}
	return s.store.AddMasking(x.r.Context(), scope, list)
}

// createSecret answers POST /v1/secrets.
func (s *Server) createSecret(x *exchange) error {
	var q secretDraft
	if err := s.decode(x, &q); err != nil {
		return err
	}
	scope, err := x.bodyScope(q.scope)
	if err != nil {
		return err
	}
	meta, err := s.store.Create(x.r.Context(), x.actor(), scope, q.Draft)
	if err != nil {
		return err
	}
	return x.replyCreated("/v1/secrets", meta.Alias, string(meta.Scope), s.toldSecret(x, meta))
}

// showSecret answers GET /v1/secrets/{alias}.
func (s *Server) showSecret(x *exchange) error {
	scope, alias, _, err := x.secretCall()
	if err != nil {
		return err
	}
	meta, err := s.store.Get(x.r.Context(), scope, alias)
	if err != nil {
		return secretError(err)
	}
	return x.replyJSON(http.StatusOK, s.toldSecret(x, meta))
}

// editSecret answers PATCH /v1/secrets/{alias}.
func (s *Server) editSecret(x *exchange) error {
	var q secretPatch
	if err := s.decode(x, &q); err != nil {
		return err
	}
	scope, err := x.bodyScope(q.scope)
	if err != nil {
		return secretError(err)
	}
	meta, err := s.store.Update(x.r.Context(), x.actor(), scope, x.r.PathValue("alias"), q.Patch)
	if err != nil {
		return secretError(err)
	}
	return x.replyJSON(http.StatusOK, s.toldSecret(x, meta))
}

// archiveSecret answers POST /v1/secrets/{alias}/archive.
func (s *Server) archiveSecret(x *exchange) error {
	scope, alias, values, err := x.secretCall("force")
	if err != nil {
		return err
	}
	force, err := flag(values, "force")
	if err != nil {
		return err
	}
	meta, err := s.store.Archive(x.r.Context(), x.actor(), scope, alias, force)
	if err != nil {
		return secretError(err)
	}
	return x.replyJSON(http.StatusOK, s.toldSecret(x, meta))
}

// restoreSecret answers POST /v1/secrets/{alias}/restore.
func (s *Server) restoreSecret(x *exchange) error {
	scope, alias, _, err := x.secretCall()
	if err != nil {
		return err
	}
	meta, err := s.store.Restore(x.r.Context(), x.actor(), scope, alias)
	if err != nil {
		return secretError(err)
	}
	return x.replyJSON(http.StatusOK, s.toldSecret(x, meta))
}

// deleteSecret answers DELETE /v1/secrets/{alias}.
func (s *Server) deleteSecret(x *exchange) error {
	scope, alias, values, err := x.secretCall("confirm", "force", "purge")
	if err != nil {
		return err
	}
	force, err := flag(values, "force")
	if err != nil {
		return err
	}
	purge, err := flag(values, "purge")
	if err != nil {
		return err
	}
	remove := s.store.Delete
	if purge {
		remove = s.store.Purge
	}
	if err := remove(x.r.Context(), x.actor(), scope, alias, values.Get("confirm"), force); err != nil {
		return secretError(err)
	}
	s.awaitKnown(x.r.Context())
	return x.replyNothing()
}

// secretUsage answers GET /v1/secrets/{alias}/usage.
func (s *Server) secretUsage(x *exchange) error {
	scope, alias, values, err := x.secretCall("cursor", "limit")
	if err != nil {
		return err
	}
	page, err := paging(values)
	if err != nil {
		return err
	}
	mentions, err := s.store.Usage(x.r.Context(), scope, alias)
	if err != nil {
		return secretError(err)
	}
	uses, err := s.store.Uses(x.r.Context(), scope, alias, page)
	if err != nil {
		return secretError(err)
	}
	versions, err := s.store.SecretVersions(x.r.Context(), scope, alias)
	if err != nil {
		return secretError(err)
	}
	answer := api.SecretUsage{
		Versions:  make([]api.SecretVersion, len(versions)),
		Templates: []api.DocumentRef{}, Flows: []api.DocumentRef{},
		Uses: make([]api.SecretUse, len(uses.Items)), Next: uses.Next,
	}
	for _, d := range mentions {
		ref := api.DocumentRef{ID: d.ID, Scope: string(d.Scope)}
		if d.Kind == store.FlowKind {
			answer.Flows = append(answer.Flows, ref)
		} else {
			answer.Templates = append(answer.Templates, ref)
		}
	}
	for i, v := range versions {
		answer.Versions[i] = api.SecretVersion(v)
	}
	for i, use := range uses.Items {
		answer.Uses[i] = api.SecretUse(use)
	}
	return x.replyJSON(http.StatusOK, answer)
}

// secretError makes a secret in a scope that the caller does not reach read the
// same as one that does not exist: else the answer would tell which scopes hold
// an alias.
func secretError(err error) error {
	if err == errOutOfScope || store.CodeOf(err) == store.NotFound {
		return errNoSecret
	}
	return err
}
