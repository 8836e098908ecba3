package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/batch"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// renderRequest is the body of POST /v1/render. Exactly one of template,
// templateID and parts is given.
type renderRequest struct {
	part
	runFields
	templateID text
	parts      map[string]*part
	vars       map[string]any
	// reuse is an empty map for vars to be read into.
	reuse  map[string]any
	strict bool
	// translations are those of the request, and behind them those of the stored
	// template.
	translations map[string]any
	// sampleVars are those of the stored template, for a preview without vars.
	sampleVars json.RawMessage
}

// Field implements [jsonread.Fields].
func (q *renderRequest) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "template_id":
		q.templateID = readText(r)
	case "parts":
		q.parts = readParts(r)
	case "vars":
		q.vars = r.Ordered(q.reuse)
	case "translations":
		q.translations = r.Map()
	case "strict_variables":
		q.strict = r.Bool()
	default:
		return q.runFields.Field(name, r) || q.part.Field(name, r)
	}
	return true
}

// check refuses a request that does not name exactly one thing to render.
func (q *renderRequest) check() error {
	given := 0
	for _, set := range []bool{q.template.set, q.templateID.set, q.parts != nil} {
		if set {
			given++
		}
	}
	switch {
	case given != 1:
		return fail(api.InvalidRequest, "give exactly one of template, template_id and parts")
	case q.parts != nil && len(q.parts) == 0:
		return fail(api.InvalidRequest, "parts must name at least one part")
	}
	if err := checkCount("parts", len(q.parts)); err != nil {
		return err
	}
	if err := checkCount("required_secrets", len(q.required)); err != nil {
		return err
	}
	if err := checkTranslations(q.translations); err != nil {
		return err
	}
	for name, p := range q.parts {
		if err := p.check(name); err != nil {
			return err
		}
		if p.id.set {
			continue
		}
		if p.context == "" {
			p.context = q.context
		}
		if p.syntax == "" {
			p.syntax = q.syntax
		}
	}
	return nil
}

// maxItems is how many parts, expressions, variables or declared secrets one
// request may name.
const maxItems = 1000

func checkCount(field string, n int) error {
	if n > maxItems {
		return fail(api.InvalidRequest, field+" must name at most "+strconv.Itoa(maxItems))
	}
	return nil
}

// render answers POST /v1/render.
func (s *Server) render(x *exchange) error {
	q := &x.request
	q.reuse = x.vars
	if err := s.decode(x, q); err != nil {
		return err
	}
	if err := q.check(); err != nil {
		return err
	}
	run, err := s.newRun(x, q.mode, q.scope)
	if err != nil {
		return err
	}
	if err := s.stored(x, q, run.scope); err != nil {
		return err
	}
	if q.vars == nil && run.mode == api.ModePreview && q.sampleVars != nil {
		if q.vars, err = engine.DecodeVars(q.sampleVars); err != nil {
			return err
		}
	}
	run.Vars, run.Required, run.Strict, run.Translations = q.vars, q.required, q.strict, q.translations
	if q.parts != nil {
		return s.renderParts(run, q.parts)
	}
	return s.renderOne(run, &q.part)
}

func (s *Server) renderOne(run *run, p *part) error {
	template, err := s.compiled.template(run.x, run.scope, p)
	if err != nil {
		return err
	}
	x := run.x
	if x.output, err = template.Append(x.r.Context(), &run.Request, x.output[:0]); err != nil {
		return s.warnRequired(run, err)
	}
	body, ok := jsontext.AppendValid(append(x.answer[:0], `{"output":`...), x.output)
	if !ok {
		return batch.ErrNotText
	}
	aliases := template.Uses(&run.Request)
	s.countUses(run, aliases)
	if err := s.shown(run, aliases); err != nil {
		return err
	}
	x.answer = appendRendered(body, aliases, run.mode)
	if err := x.holdAnswer(); err != nil {
		return err
	}
	x.reply(http.StatusOK, headerJSON, x.answer)
	return nil
}

func (s *Server) renderParts(run *run, parts map[string]*part) error {
	message, err := s.compiled.message(run.x, run.scope, parts)
	if err != nil {
		return err
	}
	outputs, err := message.Render(run.x.r.Context(), &run.Request)
	if err != nil {
		return s.warnRequired(run, err)
	}
	body := append(run.x.answer[:0], `{"outputs":{`...)
	for i, name := range sortedKeys(outputs) {
		if i > 0 {
			body = append(body, ',')
		}
		body, _ = jsontext.AppendValid(body, name)
		body = append(body, ':')
		var ok bool
		if body, ok = jsontext.AppendValid(body, outputs[name].Reveal()); !ok {
			return batch.ErrNotText
		}
	}
	aliases := message.Uses(&run.Request)
	s.countUses(run, aliases)
	if err := s.shown(run, aliases); err != nil {
		return err
	}
	run.x.answer = appendRendered(append(body, '}'), aliases, run.mode)
	if err := run.x.holdAnswer(); err != nil {
		return err
	}
	run.x.reply(http.StatusOK, headerJSON, run.x.answer)
	return nil
}

// appendRendered appends what stands behind the output.
func appendRendered(b []byte, aliases []string, mode api.Mode) []byte {
	b = append(b, `,"secrets":[`...)
	for i, alias := range aliases {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, alias...)
		b = append(b, '"')
	}
	b = append(b, `],"mode":"`...)
	b = append(b, mode...)
	return append(b, '"', '}', '\n')
}

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
