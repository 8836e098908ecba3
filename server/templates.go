package server

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// templateDraft is the body of PUT /v1/templates/{id}.
type templateDraft struct {
	part
	parts        map[string]*part
	required     []string
	description  string
	scope        string
	translations map[string]any
}

// Field implements [jsonread.Fields].
func (q *templateDraft) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "parts":
		q.parts = readParts(r)
	case "required_secrets":
		q.required = r.Strings()
	case "translations":
		q.translations = r.Map()
	case "description":
		q.description = r.String()
	case "scope":
		q.scope = r.String()
	default:
		return q.part.Field(name, r)
	}
	return true
}

// definition is how a template is stored: what its author wrote.
type definition struct {
	api.TemplateSource

	// compiled is what Template was compiled to, where that means the same in
	// every scope; nil where nothing is kept.
	compiled *definitionTemplate
	// digest is that of Template.
	digest digest
}

// definitionTemplate is what a stored template was compiled to.
type definitionTemplate struct {
	template atomic.Pointer[compiledTemplate]
	// weigh is told how many bytes the definition takes more than before.
	weigh func(bytes int)
}

func (q *templateDraft) source() api.TemplateSource {
	d := api.TemplateSource{Context: q.context, Syntax: q.syntax, RequiredSecrets: q.required, Translations: q.translations}
	if q.template.set {
		d.Template = &q.template.value
	}
	for name, p := range q.parts {
		if d.Parts == nil {
			d.Parts = make(map[string]api.Part, len(q.parts))
		}
		d.Parts[name] = api.Part{Template: p.template.value, Context: p.context, Syntax: p.syntax}
	}
	return d
}

// size is the length of its sources.
func (d *definition) size() int {
	n := 0
	if d.Template != nil {
		n = len(*d.Template)
	}
	for _, p := range d.Parts {
		n += len(p.Template)
	}
	return n + translationBytes(d.Translations)
}

// apply makes a request for a stored template one that holds it.
func (d *definition) apply(q *renderRequest) {
	q.context, q.syntax, q.compiled = d.Context, d.Syntax, d.compiled
	q.translations = overlaid(q.translations, d.Translations)
	if d.Template != nil {
		q.template = text{set: true, value: *d.Template}
	}
	for name, p := range d.Parts {
		if q.parts == nil {
			q.parts = make(map[string]*part, len(d.Parts))
		}
		q.parts[name] = &part{template: text{set: true, value: p.Template}, context: p.Context, syntax: p.Syntax}
	}
}

// summaryOf returns what a list shows of a stored template.
func summaryOf(t store.Template) api.TemplateSummary {
	return api.TemplateSummary{
		ID: t.ID, Scope: string(t.Scope), Version: t.Version, Description: t.Description,
		Secrets: nonNil(t.Aliases), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
}

// putTemplate answers PUT /v1/templates/{id}: it stores what compiles.
func (s *Server) putTemplate(x *exchange) error {
	var q templateDraft
	if err := s.decode(x, &q); err != nil {
		return err
	}
	scope, err := x.bodyScope(q.scope)
	if err != nil {
		return templateError(err)
	}
	as := renderRequest{part: q.part, parts: q.parts, runFields: runFields{required: q.required}, translations: q.translations}
	if err := as.check(); err != nil {
		return err
	}
	aliases, err := s.aliasesOf(x, &as, scope, q.required)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(q.source())
	if err != nil {
		return err
	}
	stored, err := s.store.PutTemplate(x.r.Context(), x.actor(), scope, x.r.PathValue("id"), store.TemplateDraft{
		Definition: raw, Description: q.description, Aliases: aliases,
	})
	if err != nil {
		return err
	}
	return x.replyTemplate(stored, raw)
}

func (x *exchange) replyTemplate(t store.Template, definition json.RawMessage) error {
	status := http.StatusOK
	if x.r.Method == http.MethodPut && t.Version == 1 {
		status = http.StatusCreated
	}
	shown := api.Template{
		ID: t.ID, Scope: string(t.Scope), Version: t.Version, Description: t.Description,
		Secrets: nonNil(t.Aliases), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
	if err := json.Unmarshal(definition, &shown.TemplateSource); err != nil {
		return err
	}
	return x.replyJSON(status, shown)
}

var errNotAlias = fail(api.InvalidRequest, "required_secrets holds something that is not an alias: use letters, digits, _ and -")

// aliasesOf compiles the request's templates and returns the aliases that they
// mention or declare.
func (s *Server) aliasesOf(x *exchange, q *renderRequest, scope resolver.Scope, required []string) ([]string, error) {
	var aliases []string
	if q.parts != nil {
		message, err := s.compiled.message(x, scope, q.parts)
		if err != nil {
			return nil, err
		}
		aliases = slices.Clone(message.Aliases())
	} else {
		template, err := s.compiled.template(x, scope, &q.part)
		if err != nil {
			return nil, err
		}
		aliases = slices.Clone(template.aliases)
	}
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

// getTemplate answers GET /v1/templates/{id}.
func (s *Server) getTemplate(x *exchange) error {
	values, err := x.query("scope")
	if err != nil {
		return err
	}
	scope, err := x.scope(values.Get("scope"))
	if err != nil {
		return templateError(err)
	}
	t, err := s.store.Template(x.r.Context(), scope, x.r.PathValue("id"))
	if err != nil {
		return templateError(err)
	}
	return x.replyTemplate(t, t.Definition)
}

// listTemplates answers GET /v1/templates.
func (s *Server) listTemplates(x *exchange) error {
	return replyList(x, x.scope, s.store.Templates, summaryOf)
}

// deleteTemplate answers DELETE /v1/templates/{id}.
func (s *Server) deleteTemplate(x *exchange) error {
	values, err := x.query("scope")
	if err != nil {
		return err
	}
	scope, err := x.scope(values.Get("scope"))
	if err == nil {
		err = s.store.DeleteTemplate(x.r.Context(), x.actor(), scope, x.r.PathValue("id"))
	}
	if err != nil {
		return templateError(err)
	}
	return x.replyNothing()
}

var errNoTemplate = fail(api.NotFound, "there is no template with this id in this scope")

// templateError makes a template in a scope that the caller does not reach
// read the same as one that does not exist.
func templateError(err error) error {
	if err == errOutOfScope || store.CodeOf(err) == store.NotFound {
		return errNoTemplate
	}
	return err
}

// stored puts the template that a request names into the request.
func (s *Server) stored(x *exchange, q *renderRequest, scope resolver.Scope) error {
	t, err := findTemplate(x.r.Context(), s.store, scope, q.templateID.value)
	if err != nil {
		return templateError(err)
	}
	d, err := s.compiled.definition(t)
	if err != nil {
		return err
	}
	return q.use(d)
}

// findTemplate returns the stored template that id means in scope: that of the
// nearest scope, as with secrets.
func findTemplate(ctx context.Context, from *store.Store, scope resolver.Scope, id string) (store.Template, error) {
	if from == nil {
		return store.Template{}, errNoTemplate
	}
	for at := scope; at != ""; at = at.Parent() {
		t, err := from.Template(ctx, at, id)
		if err == nil || store.CodeOf(err) != store.NotFound {
			return t, err
		}
	}
	return store.Template{}, errNoTemplate
}

// use takes a stored definition. Its declaration is a limit that the request
// may narrow but not widen.
func (q *renderRequest) use(d *definition) error {
	if q.context != "" || q.syntax != "" {
		return fail(api.InvalidRequest, "a stored template has its own context and syntax: leave them out")
	}
	d.apply(q)
	if d.RequiredSecrets == nil {
		return nil
	}
	if q.required == nil {
		q.required = d.RequiredSecrets
		return nil
	}
	for _, name := range q.required {
		if !slices.ContainsFunc(d.RequiredSecrets, func(declared string) bool { return sameAlias(declared, name) }) {
			return fail(api.SecretNotDeclared, "required_secrets names a secret that the stored template does not declare")
		}
	}
	return nil
}

func sameAlias(a, b string) bool {
	one, _ := macros.Canonical(a)
	other, ok := macros.Canonical(b)
	return ok && one == other
}
