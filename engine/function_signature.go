package engine

import (
	"github.com/sotto-render/sotto/engine/internal/cel"
	"github.com/sotto-render/sotto/engine/internal/js"
)

// FunctionSignature says what a function of expressions does and how it is written.
type FunctionSignature struct {
	// Name is what an author writes, with what always stands before it: math.abs. A
	// method has no more than its own: startsWith.
	Name string
	// Description is one sentence without a full stop: what the result is.
	Description string
	// Forms are expressions that call the function, the shortest first. Each compiles.
	Forms []string
}

// FunctionSignatures returns the functions of a language that an author can insert, in
// order of their names, which are unique. Those of [Functions] are not among them.
func FunctionSignatures(l Language) []FunctionSignature {
	rows := cel.Signatures()
	if l.expression() == JavaScript {
		rows = js.Signatures()
	}
	signatures := make([]FunctionSignature, len(rows))
	for i, row := range rows {
		signatures[i] = FunctionSignature(row)
	}
	return signatures
}
