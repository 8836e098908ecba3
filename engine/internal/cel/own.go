package cel

import (
	"strconv"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// ownName stands for all functions that Go programs add: it takes the name of one
// and a list of its arguments, so that all programs share one environment.
const ownName = "@own"

// Reserves reports whether the language has a function or a word of this name.
func Reserves(name string) bool {
	env, err := shared()
	return err != nil || env.env.HasFunction(name) || celWords[name] || macroNames[name] || name == "secrets" || name == "vars" || name == "now"
}

// macroNames are what cel-go spells out while it parses.
var macroNames = map[string]bool{"has": true, "optional": true, "cel": true, "math": true, "lists": true, "sets": true, "regex": true, "strings": true, "base64": true, "json": true}

// own binds the call e of a function that the Go program added.
func (b *binder) own(e ast.Expr, f *extension.Function, p place) {
	args := e.AsCall().Args()
	if least, most := f.Counts(); len(args) < least || len(args) > most {
		b.fail(e.ID(), "`"+f.Name+"` takes other arguments: write `"+f.String()+"`")
		return
	}
	name := b.factory.NewLiteral(b.newID(e.ID()), types.String(f.Name))
	e.SetKindCase(b.factory.NewCall(e.ID(), ownName, name, b.factory.NewList(b.newID(e.ID()), args, nil)))
	for _, arg := range args {
		b.walk(arg, p.inside())
	}
}

// ownCall is a call of a function that the Go program added.
type ownCall struct {
	id       int64
	function *extension.Function
	args     interpreter.InterpretableV2
	adapter  adapter
	taint    eval.Taint
}

// ID implements interpreter.Interpretable.
func (c *ownCall) ID() int64 { return c.id }

// Eval implements interpreter.Interpretable.
func (c *ownCall) Eval(a interpreter.Activation) ref.Val { return execute(a, c.Exec) }

// Exec implements interpreter.InterpretableV2.
func (c *ownCall) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	v := c.args.Exec(frame)
	if types.IsUnknownOrError(v) {
		return v
	}
	if err := chargeAll(frame, v, nil, nil); err != nil {
		return types.LabelErrNode(c.id, types.WrapErr(err))
	}
	list := v.(traits.Lister)
	given := make([]any, 0, list.Size().(types.Int))
	for i := range list.Size().(types.Int) {
		arg, err := argumentOf(c.function.Parameters[i], list.Get(i))
		if err != nil {
			return types.NewErrWithNodeID(c.id, "%w", err)
		}
		given = append(given, arg)
	}
	result, err := c.function.Call(given)
	if err != nil {
		return types.NewErrWithNodeID(c.id, "%w", &eval.Failure{Code: eval.Failed, Kind: err.Error()})
	}
	made := c.adapter.NativeToValue(result)
	if failed, ok := made.(*types.Err); ok {
		return label(c.id, failed)
	}
	// What it made counts before anyone walks it.
	if err := chargeAll(frame, made, nil, nil); err != nil {
		return types.LabelErrNode(c.id, types.WrapErr(err))
	}
	if c.taint != 0 {
		runOf(frame).derive(c.taint, made)
	}
	return made
}

// argumentOf returns v as Go data of the kind that the parameter wants.
func argumentOf(p macros.Parameter, v ref.Val) (any, error) {
	refusal := &eval.Failure{Code: eval.Failed, Kind: "it takes a " + string(p.Kind) + " as its " + p.Name}
	switch p.Kind {
	case macros.TextKind:
		text, err := appendText(nil, v)
		return string(text), err
	case macros.NumberKind:
		switch n := v.(type) {
		case types.Int, types.Uint, types.Double:
			return n.Value(), nil
		}
		return nil, refusal
	case macros.IntegerKind:
		switch n := v.(type) {
		case types.Int:
			return int64(n), nil
		case types.String:
			whole, err := strconv.ParseInt(string(n), 10, 64)
			if err == nil {
				return whole, nil
			}
		}
		return nil, refusal
	case macros.BoolKind:
		if b, ok := v.(types.Bool); ok {
			return bool(b), nil
		}
		return nil, refusal
	case macros.ListKind:
		if _, ok := v.(traits.Lister); !ok {
			return nil, refusal
		}
	}
	c := converter{eval.Room{Bytes: eval.DefaultLimits.Output, Memory: eval.DefaultLimits.Memory}}
	return c.value(v)
}
