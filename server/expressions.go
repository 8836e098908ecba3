package server

import (
	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// expressionFields are what the bodies of evaluations and of lint say of
// expressions. Exactly one of expression and expressions is given.
type expressionFields struct {
	expression  text
	expressions map[string]writtenExpression
	// language is that of all expressions that name none.
	language engine.Language
}

// writtenExpression is one of several expressions.
type writtenExpression struct {
	source text
	// language is zero until it is checked where the expression names none.
	language engine.Language
}

// Field implements [jsonread.Fields].
func (f *expressionFields) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "expression":
		f.expression = readText(r)
	case "expressions":
		f.expressions = readExpressions(r)
	case "language":
		f.language = readLanguage(r)
	default:
		return false
	}
	return true
}

func readExpressions(r *jsonread.Reader) map[string]writtenExpression {
	if r.Null() {
		return nil
	}
	expressions := make(map[string]writtenExpression)
	r.Each(func(name string) {
		var w writtenExpression
		if r.IsObject() {
			r.Object(&w)
		} else {
			w.source = text{set: true, value: r.String()}
		}
		expressions[name] = w
	})
	return expressions
}

// Field implements [jsonread.Fields].
func (w *writtenExpression) Field(name string, r *jsonread.Reader) bool {
	switch name {
	case "expression":
		w.source = readText(r)
	case "language":
		w.language = readLanguage(r)
	default:
		return false
	}
	return true
}

// readLanguage reads the name of a language of expressions.
func readLanguage(r *jsonread.Reader) engine.Language {
	if r.Null() {
		return 0
	}
	switch api.Language(r.String()) {
	case api.CEL:
		return engine.CEL
	case api.JavaScript:
		return engine.JavaScript
	}
	r.Refuse("language must be cel or js")
	return 0
}

// check also gives each expression its language.
func (f *expressionFields) check() error {
	if f.language == 0 {
		f.language = engine.CEL
	}
	if f.expression.set == (f.expressions != nil) {
		return fail(api.InvalidRequest, "give exactly one of expression, expressions and flow_id")
	}
	if f.expressions != nil && len(f.expressions) == 0 {
		return fail(api.InvalidRequest, "expressions must name at least one expression")
	}
	for name, w := range f.expressions {
		if !w.source.set {
			return fail(api.InvalidRequest, `an entry of expressions is a text, or an object with expression and language`)
		}
		if w.language == 0 {
			w.language = f.language
			f.expressions[name] = w
		}
	}
	return checkCount("expressions", len(f.expressions))
}
