package cel

import (
	"math/big"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// bare is cel-go with the extensions of an expression, and of ours nothing but
// what the language differs in on purpose: that the types of the branches of ?:
// may be two, and arithmetic on numbers whose types are not known.
var bare = sync.OnceValues(func() (*cel.Env, error) {
	options := append(libraries(), cel.Variable("vars", cel.MapType(cel.StringType, cel.DynType)))
	for _, name := range []string{"n", "f", "s", "b", "u", "null_value", "user", "tags", "numbers", "nothing"} {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	return cel.NewEnv(append(options, mixedNumbers()...)...)
})

// bareCompile returns the program of source, or false where cel-go refuses it.
func bareCompile(env *cel.Env, source string) (cel.Program, bool) {
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, false
	}
	checked, issues := env.Check(parsed)
	for issues.Err() != nil {
		if !hideBranches(parsed.NativeRep(), issues) {
			return nil, false
		}
		checked, issues = env.Check(parsed)
	}
	unknown, refused := arithmeticOf(checked.NativeRep())
	if refused {
		return nil, false
	}
	program, err := env.Program(checked, cel.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		if call, ok := i.(interpreter.InterpretableCall); ok && unknown[i.ID()] {
			return &dataArithmetic{call}, nil
		}
		return i, nil
	}))
	return program, err == nil
}

// hideBranches takes the types away from the branches that the checker found to
// be of two types.
func hideBranches(tree *ast.AST, issues *cel.Issues) bool {
	factory, next, found := ast.NewExprFactory(), ast.MaxID(tree), false
	for _, issue := range issues.Errors() {
		if !strings.Contains(issue.Message, "'_?_:_' applied to '(bool") && !strings.Contains(issue.Message, "'_?_:_' applied to '(dyn") {
			continue
		}
		ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
			if e.ID() != issue.ExprID || e.Kind() != ast.CallKind {
				return
			}
			found = true
			for _, branch := range e.AsCall().Args()[1:] {
				next++
				inner := factory.NewUnspecifiedExpr(next)
				inner.SetKindCase(branch)
				branch.SetKindCase(factory.NewCall(branch.ID(), "dyn", inner))
			}
		}))
	}
	return found
}

// arithmeticOf returns the operations that have an operand of unknown type, and
// whether there is one on an int and a double that are known.
func arithmeticOf(checked *ast.AST) (unknown map[int64]bool, refused bool) {
	unknown = map[int64]bool{}
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		switch e.AsCall().FunctionName() {
		case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
			ids := checked.ReferenceMap()[e.ID()].OverloadIDs
			unknown[e.ID()] = len(ids) > 1
			refused = refused || len(ids) == 1 && (strings.HasSuffix(ids[0], "int64_double") || strings.HasSuffix(ids[0], "double_int64"))
		}
	}))
	return unknown, refused
}

// dataArithmetic is an operation on numbers of the data, by the rules: an int
// with a double is a double, and ints divide exactly.
type dataArithmetic struct{ interpreter.InterpretableCall }

func (d *dataArithmetic) Eval(a interpreter.Activation) ref.Val {
	return d.Exec(interpreter.AsFrame(a))
}

func (d *dataArithmetic) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	l := d.Args()[0].Exec(frame)
	if types.IsError(l) {
		return l
	}
	r := d.Args()[1].Exec(frame)
	if types.IsError(r) {
		return r
	}
	divides := d.Function() == operators.Divide
	i, isInt := l.(types.Int)
	j, isInt2 := r.(types.Int)
	if isInt && isInt2 && divides && j != 0 {
		quotient := new(big.Rat).Quo(new(big.Rat).SetInt64(int64(i)), new(big.Rat).SetInt64(int64(j)))
		switch f, _ := new(big.Float).Quo(big.NewFloat(float64(i)), big.NewFloat(float64(j))).Float64(); {
		case !quotient.IsInt():
			return types.Double(f)
		case !quotient.Num().IsInt64():
			return types.NewErr("integer overflow")
		default:
			return types.Int(quotient.Num().Int64())
		}
	}
	x, isDouble := l.(types.Double)
	y, isDouble2 := r.(types.Double)
	switch {
	case isInt && isDouble2:
		x = types.Double(i)
	case isDouble && isInt2:
		y = types.Double(j)
	default:
		return d.InterpretableCall.Exec(frame)
	}
	switch d.Function() {
	case operators.Add:
		return x + y
	case operators.Subtract:
		return x - y
	case operators.Multiply:
		return x * y
	}
	if y == 0 {
		return types.NewErr("division by zero")
	}
	return x / y
}
