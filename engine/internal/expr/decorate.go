package expr

import (
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// decoration says what to put around the nodes of a plan.
type decoration struct {
	limits Limits
	flow   flow
	// loops are the conditions of comprehensions.
	loops map[int64]bool
	// holes :: node that a preview shows a placeholder for -> its text
	holes map[int64]string
	// rescue gives each tainted node that fails in a preview the text of a
	// placeholder: reference index -> text.
	rescue []string
}

// decorate returns the options that plan an expression with d.
func (e *environment) decorate(d decoration) []interpreter.PlannerOption {
	return []interpreter.PlannerOption{interpreter.CustomDecoratorV2(func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		i = e.replace(i, d)
		if d.loops[i.ID()] {
			if _, isAttribute := i.(interpreter.InterpretableAttribute); !isAttribute {
				i = &loop{i}
			}
		}
		if bit := d.flow.marks[i.ID()]; bit != 0 {
			i = marked(i, bit)
		}
		if t := d.flow.nodes[i.ID()]; t != 0 && d.rescue != nil {
			i = rescued(i, d.rescue[t.first()])
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
		if inst.Type() != types.ListType && inst.Type() != types.MapType {
			return i
		}
		for _, v := range inst.InitVals() {
			if _, constant := v.(interpreter.InterpretableConst); !constant {
				return i
			}
		}
		if v := inst.Eval(interpreter.EmptyActivation()); !types.IsUnknownOrError(v) {
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
	case placeholderName:
		return &placeholder{c.ID(), constantText(c.Args()[0]), types.String(constantText(c.Args()[1]))}
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
		price = payRegex(d.limits.Regex)
	}
	node := &call{id: c.ID(), function: name, overload: c.OverloadID(), args: c.Args(), impl: impl, price: price}
	if transforms(name) {
		node.taint = d.flow.nodes[c.ID()]
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
		"distinct", "sort", "@sortByAssociatedKeys", "slice", "flatten", "first", "last":
		return false
	}
	return true
}

// loop pays for each iteration of a comprehension. Once a budget is used up its
// condition is false, so that all loops around end at once.
type loop struct{ interpreter.InterpretableV2 }

// Exec implements interpreter.InterpretableV2.
func (l *loop) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if !runOf(frame).spend(1, 16) {
		return types.False
	}
	return l.InterpretableV2.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (l *loop) Eval(a interpreter.Activation) ref.Val { return l.Exec(interpreter.AsFrame(a)) }

// marked returns i so that it notes when it is evaluated.
func marked(i interpreter.InterpretableV2, bit uint64) interpreter.InterpretableV2 {
	if attribute, ok := i.(interpreter.InterpretableAttribute); ok {
		return &markedAttribute{attribute, bit}
	}
	return &mark{i, bit}
}

type mark struct {
	interpreter.InterpretableV2
	bit uint64
}

// Exec implements interpreter.InterpretableV2.
func (m *mark) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	runOf(frame).taken |= m.bit
	return m.InterpretableV2.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (m *mark) Eval(a interpreter.Activation) ref.Val { return m.Exec(interpreter.AsFrame(a)) }

// markedAttribute is a mark around an attribute. A conditional takes the
// attribute out of the node, so that the mark has to go with it.
type markedAttribute struct {
	interpreter.InterpretableAttribute
	bit uint64
}

// Exec implements interpreter.InterpretableV2.
func (m *markedAttribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	runOf(frame).taken |= m.bit
	return m.InterpretableAttribute.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (m *markedAttribute) Eval(a interpreter.Activation) ref.Val {
	return m.Exec(interpreter.AsFrame(a))
}

// Attr implements interpreter.InterpretableAttribute.
func (m *markedAttribute) Attr() interpreter.Attribute {
	return &markedResolver{m.InterpretableAttribute.Attr(), m.bit}
}

type markedResolver struct {
	interpreter.Attribute
	bit uint64
}

// Resolve implements interpreter.Attribute.
func (m *markedResolver) Resolve(a interpreter.Activation) (any, error) {
	runOf(interpreter.AsFrame(a)).taken |= m.bit
	return m.Attribute.Resolve(a)
}
