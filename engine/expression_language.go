package engine

import (
	"github.com/sotto-render/sotto/engine/internal/cel"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/js"
)

// expression returns the language of an expression that says l.
func (l Language) expression() Language {
	if l == JavaScript {
		return JavaScript
	}
	return CEL
}

// checkProgram returns the program of an expression, or all that is wrong with it.
func checkProgram(source string, o ExpressionOptions) (program, []*eval.Error) {
	limits := o.Limits.within()
	// A nil program of a language must not become one that is not nil.
	if o.Language.expression() == JavaScript {
		if p, wrong := js.Check(source, limits, o.Functions.extensions()); p == nil {
			return nil, wrong
		} else {
			return p, wrong
		}
	}
	if p, wrong := cel.Check(source, limits, o.Functions.extensions()); p == nil {
		return nil, wrong
	} else {
		return p, wrong
	}
}
