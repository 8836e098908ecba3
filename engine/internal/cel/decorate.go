package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// decoration says what to put around the nodes of a plan.
type decoration struct {
	limits eval.Limits
	flow   flow
	shape  shape
	// preview are the references of a preview, where a tainted node that
	// fails gets a placeholder; nil for any other plan.
	preview []*macros.Reference
	// refs are the references of the tree.
	refs []*macros.Reference
	// own are the functions of the Go program.
	own *extension.Set
}

// shape tells nodes apart by the parts that they play.
type shape = perNode[role]

type role uint8

const (
	// isLoop is the condition of a comprehension.
	isLoop role = 1 << iota
	// isBranch is evaluated only if what stands before it says so.
	isBranch
	// isIndexed is the i of `a[i]`.
	isIndexed
	// isKey is the key of an entry in a map.
	isKey
	// isLooseNumber is arithmetic on numbers whose types are not known.
	isLooseNumber
	// isOptionalKey is the key of an entry that may be left out.
	isOptionalKey
)

// shapeOf returns the shape of a tree whose nodes have the numbers up to last.
func shapeOf(checked *ast.AST, last int64) shape {
	s := make(shape, last+1)
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(n ast.Expr) {
		switch n.Kind() {
		case ast.ComprehensionKind:
			s[n.AsComprehension().LoopCondition().ID()] |= isLoop
		case ast.MapKind:
			for _, entry := range n.AsMap().Entries() {
				s[entry.AsMapEntry().Key().ID()] |= isKey
				if entry.AsMapEntry().IsOptional() {
					s[entry.AsMapEntry().Key().ID()] |= isOptionalKey
				}
			}
		case ast.CallKind:
			call := n.AsCall()
			switch call.FunctionName() {
			case operators.Conditional, operators.LogicalAnd, operators.LogicalOr:
				for _, arg := range call.Args()[1:] {
					s[arg.ID()] |= isBranch
				}
			case "or", "orValue":
				if call.IsMemberFunction() && len(call.Args()) == 1 {
					s[call.Args()[0].ID()] |= isBranch
				}
			case operators.Index, operators.OptIndex:
				s[call.Args()[1].ID()] |= isIndexed
			case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
				if isLoose(checked, n) {
					s[n.ID()] |= isLooseNumber
				}
			}
		}
	}))
	return s
}

// decorate returns the options that plan an expression with d.
func (e *environment) decorate(d decoration) []interpreter.PlannerOption {
	return []interpreter.PlannerOption{interpreter.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		i = e.replace(i, d)
		if d.shape.of(i.ID())&isLoop != 0 {
			if _, isAttribute := i.(interpreter.InterpretableAttribute); !isAttribute {
				i = &loop{i}
			}
		}
		if d.shape.of(i.ID())&isBranch != 0 {
			i = branched(i, d.flow.marks[i.ID()])
		}
		if d.shape.of(i.ID())&isKey != 0 {
			i = asMapKey(i)
		}
		// The outermost, so that it sees the errors of all that was put around
		// the node before.
		if t := d.flow.nodes.of(i.ID()); t != 0 && d.preview != nil {
			i = recovered(i, t, d.preview)
		}
		return i, nil
	})}
}

// replace returns the node that stands for i: a call under a budget, or the
// value of a literal list or map.
func (e *environment) replace(i interpreter.InterpretableV2, d decoration) interpreter.InterpretableV2 {
	switch inst := i.(type) {
	case interpreter.InterpretableCall:
		return e.replaceCall(inst, d)
	case interpreter.InterpretableConstructor:
		// An index that is a constant list is no error of the author's until
		// it is reached, but one of the planner.
		if inst.Type() != types.ListType && inst.Type() != types.MapType || d.shape.of(inst.ID())&isIndexed != 0 {
			return i
		}
		if inst.Type() == types.MapType {
			i = newMapLiteral(e.adapter, inst, d.shape)
		}
		for _, v := range inst.InitVals() {
			if _, constant := v.(interpreter.InterpretableConst); !constant {
				return i
			}
		}
		if v := i.Eval(interpreter.EmptyActivation()); !types.IsUnknownOrError(v) {
			return interpreter.NewConstValue(inst.ID(), v)
		}
	}
	return i
}

func (e *environment) replaceCall(c interpreter.InterpretableCall, d decoration) interpreter.InterpretableV2 {
	name := c.Function()
	switch name {
	case operators.Equals, operators.NotEquals:
		return &equality{c.ID(), c.Args()[0], c.Args()[1], name == operators.NotEquals}
	case presentName:
		return newPresence(c, d.refs)
	case ownName:
		return &ownCall{c.ID(), d.own.Get(constantText(c.Args()[0])), c.Args()[1], e.adapter, d.flow.nodes.of(c.ID())}
	case placeholderName:
		return &placeholder{c.ID(), constantText(c.Args()[0]), types.String(constantText(c.Args()[1]))}
	}
	if (name == "or" || name == "orValue") && len(c.Args()) == 2 {
		return &alternative{c.ID(), c.Args()[0], c.Args()[1], name == "orValue"}
	}
	if m := newMatcher(c, d.limits.Regex); m != nil {
		return m
	}
	var impl *functions.Overload
	if c.OverloadID() != "" {
		impl = e.overloads[c.OverloadID()]
	}
	if impl == nil {
		impl = e.overloads[name]
	}
	price := priceOf(name)
	if isRegex(name) {
		price = chargeRegex(name, d.limits.Regex)
	}
	if name == mapInsert {
		impl = insertion(e.adapter)
	} else if d.shape.of(c.ID())&isLooseNumber != 0 {
		impl = e.loose[name]
	} else if price == nil {
		return &labelled{c}
	}
	node := &call{
		id: c.ID(), function: name, overload: c.OverloadID(), args: c.Args(),
		impl: impl, strict: impl == nil || !impl.NonStrict, price: price,
	}
	if transforms(name) {
		node.taint = d.flow.nodes.of(c.ID())
	}
	return node
}

func constantText(i interpreter.InterpretableV2) string {
	return string(i.(interpreter.InterpretableConst).Value().(types.String))
}

// transforms reports whether a function makes texts that the redactors cannot
// know. The others put texts together, or pick one.
func transforms(function string) bool {
	switch function {
	case operators.Add, textName, exactName, "dyn", "or", "orValue", "value", "optional.of", "optional.ofNonZeroValue",
		"distinct", "sort", "@sortByAssociatedKeys", "slice", "flatten", "first", "last",
		"compact", "uniq", "@sort", "sort_natural", "@first", "@last", "map", "group_by", "where", "reject", "find":
		return false
	}
	return true
}

// loop pays for each iteration of a comprehension. Once a budget is used up its
// condition is false, so that all loops around end at once.
type loop struct{ interpreter.InterpretableV2 }

// Exec implements interpreter.InterpretableV2.
func (l *loop) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if !runOf(frame).Spend(1, 16) {
		return types.False
	}
	return l.InterpretableV2.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (l *loop) Eval(a interpreter.Activation) ref.Val { return execute(a, l.Exec) }

// mapKey is the key of an entry in a map that is made. cel-go puts it into a map
// of Go, which panics at bytes.
type mapKey struct{ interpreter.InterpretableV2 }

func asMapKey(i interpreter.InterpretableV2) interpreter.InterpretableV2 {
	if constant, ok := i.(interpreter.InterpretableConst); ok && constant.Value().Type() != types.BytesType {
		return i
	}
	if attribute, ok := i.(interpreter.InterpretableAttribute); ok {
		return &attributeMapKey{attribute}
	}
	return &mapKey{i}
}

// Exec implements interpreter.InterpretableV2.
func (k *mapKey) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return keyOf(k.ID(), k.InterpretableV2.Exec(frame))
}

// keyOf returns v, or an error if it cannot be a key.
func keyOf(id int64, v ref.Val) ref.Val {
	if _, ok := v.(types.Bytes); ok {
		return types.NewErrWithNodeID(id, "%w", errKeyType)
	}
	return v
}

// Eval implements interpreter.Interpretable.
func (k *mapKey) Eval(a interpreter.Activation) ref.Val { return execute(a, k.Exec) }

// attributeMapKey is a mapKey that cel-go can qualify, as it does with what an
// index picks.
type attributeMapKey struct {
	interpreter.InterpretableAttribute
}

// Exec implements interpreter.InterpretableV2.
func (k *attributeMapKey) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return keyOf(k.ID(), k.InterpretableAttribute.Exec(frame))
}

// Eval implements interpreter.Interpretable.
func (k *attributeMapKey) Eval(a interpreter.Activation) ref.Val {
	return execute(a, k.Exec)
}
