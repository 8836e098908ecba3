package server

import (
	"encoding/json"
	"slices"
	"sync/atomic"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// documentFields are those that the bodies of templates and flows share.
type documentFields struct {
	scope, description, note string
	// sampleVars is the text of a JSON object; "" for none.
	sampleVars string
}

// Field implements [jsonread.Fields].
func (f *documentFields) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "scope":
		f.scope = r.String()
	case "description":
		f.description = r.String()
	case "note":
		f.note = r.String()
	case "sample_vars":
		f.sampleVars = r.RawObject()
	default:
		return false
	}
	return true
}

// templateDraft is the body of PUT /v1/templates/{id}.
type templateDraft struct {
	documentFields
	part
	parts        map[string]*part
	required     []string
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
	default:
		return q.documentFields.Field(name, r) || q.part.Field(name, r)
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
	d := api.TemplateSource{
		Context: q.context, Syntax: q.syntax, RequiredSecrets: q.required, Translations: q.translations,
		SampleVars: json.RawMessage(q.sampleVars),
	}
	if q.template.set {
		d.Template = &q.template.value
	}
	for name, p := range q.parts {
		if d.Parts == nil {
			d.Parts = make(map[string]api.Part, len(q.parts))
		}
		d.Parts[name] = api.Part{Template: p.template.value, TemplateID: p.id.value, Context: p.context, Syntax: p.syntax}
	}
	return d
}

// templates are the calls about stored templates.
func (s *Server) templates() *documents {
	return &documents{
		server: s, kind: store.TemplateKind, missing: errNoTemplate,
		read: func(x *exchange) (*document, error) {
			var q templateDraft
			if err := s.decode(x, &q); err != nil {
				return nil, err
			}
			d := &document{documentFields: q.documentFields, source: q.source(), required: q.required, message: &renderRequest{
				part: q.part, parts: q.parts, runFields: runFields{required: q.required}, translations: q.translations,
			}}
			return d, d.message.check()
		},
		open: func(definition json.RawMessage) (*document, error) {
			d, err := decodeDefinition(definition)
			if err != nil {
				return nil, err
			}
			q := new(renderRequest)
			d.apply(q)
			q.required = d.RequiredSecrets
			return &document{source: d.TemplateSource, required: d.RequiredSecrets, message: q}, q.check()
		},
		aliases: s.templateAliases,
		show: func(info api.DocumentInfo, definition json.RawMessage) (any, error) {
			shown := api.Template{DocumentInfo: info}
			err := json.Unmarshal(definition, &shown.TemplateSource)
			return shown, err
		},
	}
}

func decodeDefinition(raw json.RawMessage) (*definition, error) {
	d := new(definition)
	return d, json.Unmarshal(raw, &d.TemplateSource)
}

// templateAliases compiles a template and returns the aliases that it mentions.
func (s *Server) templateAliases(x *exchange, scope resolver.Scope, d *document) ([]string, error) {
	q := d.message
	if q.parts == nil {
		template, err := s.compiled.template(x, scope, &q.part)
		if err != nil {
			return nil, err
		}
		return template.aliases, nil
	}
	if err := s.storedParts(x, q, scope); err != nil {
		return nil, err
	}
	message, err := s.compiled.message(x, scope, q.parts)
	if err != nil {
		return nil, err
	}
	return message.Aliases(), nil
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
	return n + len(d.SampleVars) + translationBytes(d.Translations)
}

// apply makes a request for a stored template one that holds it.
func (d *definition) apply(q *renderRequest) {
	q.context, q.syntax, q.compiled = d.Context, d.Syntax, d.compiled
	q.translations = overlaid(q.translations, d.Translations)
	q.sampleVars = d.SampleVars
	if d.Template != nil {
		q.template = text{set: true, value: *d.Template}
	}
	for name, p := range d.Parts {
		if q.parts == nil {
			q.parts = make(map[string]*part, len(d.Parts))
		}
		q.parts[name] = partOf(p)
	}
}

// partOf is a stored part as a request has it.
func partOf(p api.Part) *part {
	return &part{
		template: text{set: p.TemplateID == "", value: p.Template}, id: text{set: p.TemplateID != "", value: p.TemplateID},
		context: p.Context, syntax: p.Syntax,
	}
}

var errNoTemplate = fail(api.NotFound, "there is no template with this id in this scope")

// findTemplate returns what the stored template holds that id means in scope.
func (s *Server) findTemplate(x *exchange, scope resolver.Scope, id string) (*definition, error) {
	found, err := findDocument(x.r.Context(), s.store, store.TemplateKind, scope, id)
	if store.CodeOf(err) == store.NotFound {
		return nil, errNoTemplate
	}
	if err != nil {
		return nil, err
	}
	d, err := s.compiled.definition(found)
	if err != nil || d.RequiredSecrets != nil {
		return d, err
	}
	declared, err := inherited(x.r.Context(), s.store, found)
	if err != nil || declared == nil {
		return d, err
	}
	limited := *d
	limited.RequiredSecrets = declared
	return &limited, nil
}

// stored puts the templates that a request names into the request.
func (s *Server) stored(x *exchange, q *renderRequest, scope resolver.Scope) error {
	if q.templateID.set {
		d, err := s.findTemplate(x, scope, q.templateID.value)
		if err == nil {
			err = q.use(d)
		}
		if err != nil {
			return err
		}
	}
	if err := s.storedParts(x, q, scope); err != nil {
		return err
	}
	x.work = ofRender(q)
	return nil
}

// storedParts puts the templates in that parts of the request name.
func (s *Server) storedParts(x *exchange, q *renderRequest, scope resolver.Scope) error {
	limited := false
	var (
		declared   []string
		undeclared partErrors
	)
	for _, name := range sortedKeys(q.parts) {
		p := q.parts[name]
		if !p.id.set {
			continue
		}
		d, err := s.findTemplate(x, scope, p.id.value)
		if err == nil && d.Template == nil {
			err = fail(api.InvalidRequest, "a part may name a stored template that has no parts itself")
		}
		if err != nil {
			return inPart(name, err)
		}
		p.template, p.context, p.syntax, p.compiled = text{set: true, value: *d.Template}, d.Context, d.Syntax, d.compiled
		q.translations = overlaid(q.translations, d.Translations)
		if d.RequiredSecrets == nil {
			continue
		}
		// What one part declares limits that part, whatever the others may use.
		t, err := s.compiled.template(x, scope, p)
		if err != nil {
			return inPart(name, err)
		}
		// What such partials mention shows only when they are rendered.
		if t.weigh != nil && q.required == nil {
			return inPart(name, fail(api.InvalidRequest, "the stored template declares its secrets and names partials by data: give required_secrets"))
		}
		if !declares(d.RequiredSecrets, t.aliases) {
			// What comes before rendering names each place, and looks up no secret yet.
			_, err := t.Prepare(x.r.Context(), &engine.Request{Preview: true, Required: d.RequiredSecrets})
			if err := undeclared.add(name, err); err != nil {
				return err
			}
		}
		limited, declared = true, append(declared, d.RequiredSecrets...)
	}
	if err := undeclared.err(); err != nil {
		return err
	}
	// All that is declared anywhere has to exist, and names a computed alias.
	if limited && q.required == nil && !slices.ContainsFunc(sortedKeys(q.parts), func(name string) bool { return !q.parts[name].id.set }) {
		q.required = declared
	}
	return nil
}

// declares reports whether aliases are all among those that are declared.
func declares(declared, aliases []string) bool {
	return !slices.ContainsFunc(aliases, func(alias string) bool {
		return !slices.ContainsFunc(declared, func(name string) bool { return sameAlias(name, alias) })
	})
}

// inPart says in which part it is that err is about, where that is not told yet.
func inPart(name string, err error) error {
	f, ok := err.(*failure) //nolint:errorlint // one that is wrapped has a place already
	if !ok {
		return err
	}
	return &failure{code: f.code, message: "part " + name + ": " + f.message,
		details: []api.Detail{{Code: f.code, Message: f.message, Part: name}}}
}

// use takes a stored definition. Its declaration is a limit that the request
// may narrow but not widen.
func (q *renderRequest) use(d *definition) error {
	if q.context != "" || q.syntax != "" {
		return fail(api.InvalidRequest, "a stored template has its own context and syntax: leave them out")
	}
	d.apply(q)
	var err error
	q.required, err = narrowed(d.RequiredSecrets, q.required)
	return err
}
