package server

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// flowDraft is the body of PUT /v1/flows/{id}.
type flowDraft struct {
	documentFields
	expressionFields
	required []string
}

// Field implements [jsonread.Fields].
func (q *flowDraft) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "required_secrets":
		q.required = r.Strings()
	case "expression":
		return false
	default:
		return q.documentFields.Field(name, r) || q.expressionFields.Field(name, r)
	}
	return true
}

func (q *flowDraft) source() api.FlowSource {
	f := api.FlowSource{
		Expressions: make(map[string]api.FlowExpression, len(q.expressions)), Language: languageNames[q.language],
		RequiredSecrets: q.required, SampleVars: json.RawMessage(q.sampleVars),
	}
	for name, w := range q.expressions {
		f.Expressions[name] = api.FlowExpression{Expression: w.source.value, Language: languageNames[w.language]}
	}
	return f
}

// languageNames :: language -> its name in the API; none for one that is not said
var languageNames = map[engine.Language]api.Language{engine.CEL: api.CEL, engine.JavaScript: api.JavaScript}

func languageNamed(name api.Language) engine.Language {
	for l, known := range languageNames {
		if known == name {
			return l
		}
	}
	return 0
}

// applyFlow makes a request for a stored flow one that holds it.
func applyFlow(f *api.FlowSource, q *evaluateRequest) {
	q.language = languageNamed(f.Language)
	q.expressions = make(map[string]writtenExpression, len(f.Expressions))
	for name, e := range f.Expressions {
		q.expressions[name] = writtenExpression{source: text{set: true, value: e.Expression}, language: languageNamed(e.Language)}
	}
}

// flows are the calls about stored flows.
func (s *Server) flows() *documents {
	return &documents{
		server: s, kind: store.FlowKind, missing: errNoFlow,
		read: func(x *exchange) (*document, error) {
			var q flowDraft
			if err := s.decode(x, &q); err != nil {
				return nil, err
			}
			// What the author wrote is kept, before check gives each its language.
			d := &document{documentFields: q.documentFields, source: q.source(), required: q.required}
			d.flow = &evaluateRequest{expressionFields: q.expressionFields, runFields: runFields{required: q.required}}
			return d, d.flow.check()
		},
		open: func(definition json.RawMessage) (*document, error) {
			var f api.FlowSource
			if err := json.Unmarshal(definition, &f); err != nil {
				return nil, err
			}
			q := &evaluateRequest{runFields: runFields{required: f.RequiredSecrets}}
			applyFlow(&f, q)
			return &document{source: f, required: f.RequiredSecrets, flow: q}, q.check()
		},
		aliases: func(x *exchange, _ resolver.Scope, d *document) ([]string, error) {
			flow, err := s.compiled.flow(x, d.flow.expressions)
			if err != nil {
				return nil, err
			}
			return flow.Aliases(), nil
		},
		show: func(info api.DocumentInfo, definition json.RawMessage) (any, error) {
			shown := api.Flow{DocumentInfo: info}
			err := json.Unmarshal(definition, &shown.FlowSource)
			return shown, err
		},
	}
}

var errNoFlow = fail(api.NotFound, "there is no flow with this id in this scope")

// storedFlow puts the flow that a request names into the request.
func (s *Server) storedFlow(x *exchange, q *evaluateRequest, scope resolver.Scope) error {
	if !q.flowID.set {
		x.work = ofEvaluation(&q.expressionFields)
		return nil
	}
	if q.language != 0 {
		return fail(api.InvalidRequest, "a stored flow has its own language: leave it out")
	}
	found, err := findDocument(x.r.Context(), s.store, store.FlowKind, scope, q.flowID.value)
	if store.CodeOf(err) == store.NotFound {
		return errNoFlow
	}
	if err != nil {
		return err
	}
	var f api.FlowSource
	if err := json.Unmarshal(found.Definition, &f); err != nil {
		return err
	}
	if f.RequiredSecrets == nil {
		if f.RequiredSecrets, err = inherited(x.r.Context(), s.store, found); err != nil {
			return err
		}
	}
	applyFlow(&f, q)
	q.sampleVars = f.SampleVars
	if q.required, err = narrowed(f.RequiredSecrets, q.required); err != nil {
		return err
	}
	err = q.expressionFields.check()
	x.work = ofEvaluation(&q.expressionFields)
	return err
}

// narrowed returns what a request for a stored document may use: what that declares
// is a limit, which the request may narrow but not widen.
func narrowed(declared, asked []string) ([]string, error) {
	if declared == nil || asked == nil {
		if asked == nil {
			return declared, nil
		}
		return asked, nil
	}
	for _, name := range asked {
		if slices.ContainsFunc(declared, func(known string) bool { return sameAlias(known, name) }) {
			continue
		}
		alias, ok := macros.Canonical(name)
		if !ok {
			return nil, errNotAlias
		}
		message := "required_secrets names secret " + strconv.Quote(alias) + ", which what is stored does not declare: leave it out"
		return nil, &failure{code: api.SecretNotDeclared, message: message,
			details: []api.Detail{{Code: api.SecretNotDeclared, Message: message, Alias: alias}}}
	}
	return asked, nil
}
