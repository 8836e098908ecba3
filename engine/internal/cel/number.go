package cel

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// Numbers of the data are an int or a double by how they are spelled, which no
// author sees: `price / 4` must not depend on it. Where the checker does not know
// both operands, an int meets a double as a double, and ints divide exactly.

// mixing :: arithmetic operator -> its overloads of an int and a double. They
// tell the checker that the type of such an operation is not known either.
var mixing = map[string][2]string{
	operators.Add:      {"add_int64_double", "add_double_int64"},
	operators.Subtract: {"subtract_int64_double", "subtract_double_int64"},
	operators.Multiply: {"multiply_int64_double", "multiply_double_int64"},
	operators.Divide:   {"divide_int64_double", "divide_double_int64"},
}

func mixedNumbers() []cel.EnvOption {
	var options []cel.EnvOption
	for operator, ids := range mixing {
		options = append(options, cel.Function(operator,
			cel.Overload(ids[0], []*cel.Type{cel.IntType, cel.DoubleType}, cel.DoubleType),
			cel.Overload(ids[1], []*cel.Type{cel.DoubleType, cel.IntType}, cel.DoubleType)))
	}
	return options
}

// isLoose reports whether the arithmetic of a call is that of numbers whose types
// are not known. Where they are, one overload is left.
func isLoose(checked *ast.AST, e ast.Expr) bool {
	_, arithmetic := mixing[e.AsCall().FunctionName()]
	return arithmetic && len(checked.ReferenceMap()[e.ID()].OverloadIDs) > 1
}

// mixed returns the mistakes of operations on an int and a double of which the
// checker knows both: those are refused, as in CEL.
func (b *binder) mixed(checked *ast.AST) []*eval.Error {
	var wrong []*eval.Error
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || len(wrong) == eval.MaxMistakes {
			return
		}
		call := e.AsCall()
		ids, arithmetic := mixing[call.FunctionName()]
		if !arithmetic {
			return
		}
		overloads := checked.ReferenceMap()[e.ID()].OverloadIDs
		if len(overloads) != 1 || overloads[0] != ids[0] && overloads[0] != ids[1] {
			return
		}
		wrong = append(wrong, eval.SyntaxError(b.pos(e.ID()), doesNotTake(call.FunctionName(),
			"("+checker.FormatCELType(checked.GetType(call.Args()[0].ID()))+", "+checker.FormatCELType(checked.GetType(call.Args()[1].ID()))+")")))
	}))
	return wrong
}

// loose returns an arithmetic operator for numbers whose types are not known,
// where strict is what CEL makes of two of one type.
func loose(operator string, strict *functions.Overload) *functions.Overload {
	return &functions.Overload{Operator: operator, OperandTrait: strict.OperandTrait, Binary: func(l, r ref.Val) ref.Val {
		left, isInt := l.(types.Int)
		right, isInt2 := r.(types.Int)
		f, isDouble := l.(types.Double)
		f2, isDouble2 := r.(types.Double)
		byZero := isInt2 && right == 0 || isDouble2 && f2 == 0
		switch {
		case isInt && isInt2 && operator == operators.Divide:
			return divided(left, right)
		case isInt && isDouble2:
			l = types.Double(left)
		case isDouble && isInt2:
			l, r = f, types.Double(right)
		default:
			return strict.Binary(l, r)
		}
		if operator == operators.Divide && byZero {
			return types.NewErr("division by zero")
		}
		return strict.Binary(l, r)
	}}
}

// divided divides exactly: an int where it comes out even, else a double.
func divided(l, r types.Int) ref.Val {
	if r == 0 || r == -1 || l%r == 0 {
		return l.Divide(r) // which knows what fails
	}
	return types.Double(float64(l) / float64(r))
}
