package server

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// documents are the calls about what authors store of one kind.
type documents struct {
	server *Server
	kind   store.Kind
	// read decodes the body of a PUT.
	read func(x *exchange) (*document, error)
	// open decodes a stored definition.
	open func(definition json.RawMessage) (*document, error)
	// aliases compiles it and returns what it mentions, canonical.
	aliases func(x *exchange, scope resolver.Scope, d *document) ([]string, error)
	// show is what a caller is shown of one, with its definition.
	show func(api.DocumentInfo, json.RawMessage) (any, error)
	// missing is the refusal where there is none.
	missing error
}

// document is a template or flow as a body says it.
type document struct {
	documentFields
	// source is what is kept: one of api's sources.
	source any
	// message or flow is the source as a request has it.
	message *renderRequest
	flow    *evaluateRequest
	// required are the secrets that it declares; nil where it declares nothing.
	required []string
}

// routes are the calls of a kind below path.
func (d *documents) routes(path string) []*route {
	one, version := path+"/{id}", path+"/{id}/versions/{version}"
	return []*route{
		{method: "GET", pattern: path, needs: mayPreview, handle: d.list},
		{method: "GET", pattern: one, needs: mayPreview, handle: d.get},
		{method: "PUT", pattern: one, needs: mayWrite, handle: d.put},
		{method: "DELETE", pattern: one, needs: mayWrite, handle: d.delete},
		{method: "GET", pattern: one + "/versions", needs: mayReview, handle: d.versions},
		{method: "GET", pattern: version, needs: mayReview, handle: d.version},
		{method: "POST", pattern: version + "/restore", needs: mayWrite, handle: d.restore},
	}
}

// list answers GET /v1/templates and GET /v1/flows.
func (d *documents) list(x *exchange) error {
	find := func(ctx context.Context, scope resolver.Scope, p store.Paging) (store.Page[store.Document], error) {
		return d.server.store.Documents(ctx, d.kind, scope, p)
	}
	return replyList(x, x.scope, find, infoOf)
}

// get answers GET /v1/templates/{id} and GET /v1/flows/{id}.
func (d *documents) get(x *exchange) error {
	scope, err := d.scope(x)
	if err != nil {
		return err
	}
	found, err := d.server.store.Document(x.r.Context(), d.kind, scope, x.r.PathValue("id"))
	if err != nil {
		return d.hide(err)
	}
	if x.unchanged(found.Version) {
		return nil
	}
	return d.reply(x, http.StatusOK, found)
}

// put answers PUT /v1/templates/{id} and PUT /v1/flows/{id}: it stores what compiles.
func (d *documents) put(x *exchange) error {
	condition, err := x.condition()
	if err != nil {
		return err
	}
	next, err := d.read(x)
	if err != nil {
		return err
	}
	scope, err := x.bodyScope(next.scope)
	if err != nil {
		return d.hide(err)
	}
	return d.store(x, scope, next, condition)
}

// store compiles a document and stores it.
func (d *documents) store(x *exchange, scope resolver.Scope, next *document, condition store.Condition) error {
	id := x.r.PathValue("id")
	aliases, err := d.aliases(x, scope, next)
	if err != nil {
		return err
	}
	if aliases, err = withRequired(aliases, next.required); err != nil {
		return err
	}
	if err := d.author(x, scope, id, next, &condition); err != nil {
		return err
	}
	raw, err := json.Marshal(next.source)
	if err != nil {
		return err
	}
	var created bool
	stored, err := d.server.store.PutDocument(x.r.Context(), x.actor(), d.kind, scope, id, store.DocumentDraft{
		Definition: raw, Description: next.description, Note: next.note, Aliases: aliases, If: condition, Created: &created,
	})
	if err != nil {
		return err
	}
	x.Header()["Etag"] = []string{etag(stored.Version)}
	if !created {
		return d.reply(x, http.StatusOK, stored)
	}
	x.locate(strings.TrimSuffix(x.route.pattern, "/{id}"), id, string(scope))
	return d.reply(x, http.StatusCreated, stored)
}

// author refuses an author who would widen or remove what a document declares that
// it may use: the one in this scope, or else the one of a parent that it stands or
// would stand before. One that is deleted, with next nil, widens what it declares itself:
// stored anew it would be without it. That this was looked at becomes part of condition,
// whatever the caller asked.
func (d *documents) author(x *exchange, scope resolver.Scope, id string, next *document, condition *store.Condition) error {
	if x.caller.may(mayAdminister) {
		return nil
	}
	old, err := findDocument(x.r.Context(), d.server.store, d.kind, scope, id)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return err
	}
	if err != nil || old.Scope != scope {
		// With versions too it holds for nothing: there is none to have one.
		condition.Absent = true
	} else if condition.Versions == nil || slices.Contains(condition.Versions, old.Version) {
		condition.Versions = []int64{old.Version}
	} else {
		condition.Versions = []int64{} // what was looked at is not what the caller means
	}
	if err != nil {
		return nil //nolint:nilerr // there is none yet
	}
	var limit, required []string
	if next == nil {
		limit, err = declaredIn(old)
	} else {
		required = next.required
		limit, err = declaration(x.r.Context(), d.server.store, old)
	}
	if err != nil || limit == nil {
		return err
	}
	declared := func(name string) bool {
		return slices.ContainsFunc(limit, func(old string) bool { return sameAlias(old, name) })
	}
	if required == nil || slices.ContainsFunc(required, func(name string) bool { return !declared(name) }) {
		return fail(api.Forbidden, "an author may not widen or remove required_secrets of a "+string(d.kind)+": an admin may")
	}
	return nil
}

// delete answers DELETE /v1/templates/{id} and DELETE /v1/flows/{id}.
func (d *documents) delete(x *exchange) error {
	condition, err := x.condition()
	if err != nil {
		return err
	}
	scope, err := d.scope(x)
	if err != nil {
		return err
	}
	id := x.r.PathValue("id")
	// One that only a parent has is none to delete.
	if _, err := d.server.store.Document(x.r.Context(), d.kind, scope, id); err != nil {
		return d.hide(err)
	}
	if err := d.author(x, scope, id, nil, &condition); err != nil {
		return err
	}
	if err := d.server.store.DeleteDocument(x.r.Context(), x.actor(), d.kind, scope, id, condition); err != nil {
		return d.hide(err)
	}
	return x.replyNothing()
}

// versions answers GET .../{id}/versions.
func (d *documents) versions(x *exchange) error {
	scope, err := d.scope(x)
	if err != nil {
		return err
	}
	found, err := d.server.store.DocumentVersions(x.r.Context(), d.kind, scope, x.r.PathValue("id"))
	return replyPage(x, store.Page[store.Document]{Items: found}, d.hide(err), infoOf)
}

// version answers GET .../{id}/versions/{version}.
func (d *documents) version(x *exchange) error {
	_, found, err := d.kept(x)
	if err != nil {
		return err
	}
	if x.unchanged(found.Version) {
		return nil
	}
	return d.reply(x, http.StatusOK, found)
}

// restore answers POST .../{id}/versions/{version}/restore: the version becomes the
// newest once more, if it still compiles.
func (d *documents) restore(x *exchange) error {
	condition, err := x.condition()
	if err != nil {
		return err
	}
	scope, found, err := d.kept(x)
	if err != nil {
		return err
	}
	present, err := d.server.store.Document(x.r.Context(), d.kind, scope, found.ID)
	if err != nil {
		return d.hide(err)
	}
	if present.Version == found.Version {
		return fail(api.NoChanges, "version "+strconv.FormatInt(found.Version, 10)+" is the newest already: restore an earlier one")
	}
	next, err := d.open(found.Definition)
	if err != nil {
		return err
	}
	next.description = found.Description
	next.note = "restored version " + strconv.FormatInt(found.Version, 10)
	if err := x.begin(); err != nil {
		return err
	}
	return d.store(x, scope, next, condition)
}

// kept returns the version that the path names.
func (d *documents) kept(x *exchange) (resolver.Scope, store.Document, error) {
	scope, err := d.scope(x)
	if err != nil {
		return "", store.Document{}, err
	}
	n, err := strconv.ParseInt(x.r.PathValue("version"), 10, 64)
	if err != nil {
		return "", store.Document{}, d.missing
	}
	found, err := d.server.store.DocumentVersion(x.r.Context(), d.kind, scope, x.r.PathValue("id"), n)
	return scope, found, d.hide(err)
}

func (d *documents) scope(x *exchange) (resolver.Scope, error) {
	values, err := x.query("scope")
	if err != nil {
		return "", err
	}
	scope, err := x.scope(values.Get("scope"))
	return scope, d.hide(err)
}

// hide makes a document in a scope that the caller does not reach read the same as
// one that does not exist.
func (d *documents) hide(err error) error {
	if err == errOutOfScope || store.CodeOf(err) == store.NotFound {
		return d.missing
	}
	return err
}

func (d *documents) reply(x *exchange, status int, found store.Document) error {
	shown, err := d.show(infoOf(found), found.Definition)
	if err != nil {
		return err
	}
	return x.replyJSON(status, shown)
}

// infoOf returns what a list shows of a document.
func infoOf(d store.Document) api.DocumentInfo {
	return api.DocumentInfo{
		ID: d.ID, Scope: string(d.Scope), Version: d.Version, Author: d.Author, Note: d.Note, Description: d.Description,
		Secrets: nonNil(d.Aliases), CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
}

var errNotAlias = fail(api.InvalidRequest, "required_secrets holds something that is not an alias: use letters, digits, _ and -")

// withRequired returns aliases with those that a document declares, sorted.
func withRequired(aliases, required []string) ([]string, error) {
	aliases = slices.Clone(aliases)
	for _, name := range required {
		alias, ok := macros.Canonical(name)
		if !ok {
			return nil, errNotAlias
		}
		aliases = append(aliases, alias)
	}
	slices.Sort(aliases)
	return slices.Compact(aliases), nil
}

func sameAlias(a, b string) bool {
	one, _ := macros.Canonical(a)
	other, ok := macros.Canonical(b)
	return ok && one == other
}

var errNoDocument = &store.Error{Code: store.NotFound, Message: "there is no such document in this scope"}

// findDocument returns the stored document that id means in scope: that of the
// nearest scope, as with secrets.
func findDocument(ctx context.Context, from *store.Store, kind store.Kind, scope resolver.Scope, id string) (store.Document, error) {
	if from == nil {
		return store.Document{}, errNoDocument
	}
	for at := scope; at != ""; at = at.Parent() {
		d, err := from.Document(ctx, kind, at, id)
		if err == nil || store.CodeOf(err) != store.NotFound {
			return d, err
		}
	}
	return store.Document{}, errNoDocument
}

// declaration returns what a document may use: what it declares itself, or else what it
// [inherited]; nil where nobody says.
func declaration(ctx context.Context, from *store.Store, d store.Document) ([]string, error) {
	if declared, err := declaredIn(d); err != nil || declared != nil {
		return declared, err
	}
	return inherited(ctx, from, d)
}

// declaredIn returns what the definition of d declares; nil where it says nothing.
func declaredIn(d store.Document) ([]string, error) {
	var f struct {
		RequiredSecrets []string `json:"required_secrets"`
	}
	err := json.Unmarshal(d.Definition, &f)
	return f.RequiredSecrets, err
}

// inherited returns what the nearest document in front of which d stands declares: one of
// the same id in a parent scope. Else whoever stored d before that was declared would have
// undone it for the scopes below.
func inherited(ctx context.Context, from *store.Store, d store.Document) ([]string, error) {
	above, err := findDocument(ctx, from, d.Kind, d.Scope.Parent(), d.ID)
	if store.CodeOf(err) == store.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return declaration(ctx, from, above)
}
