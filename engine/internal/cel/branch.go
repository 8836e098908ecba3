package cel

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// branch is a node that is evaluated only if something before it says so. It
// notes that it was.
type branch struct {
	interpreter.InterpretableV2
	bit uint64
}

// Exec implements interpreter.InterpretableV2.
func (b *branch) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if b.bit != 0 {
		runOf(frame).taken |= b.bit
	}
	return b.InterpretableV2.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (b *branch) Eval(a interpreter.Activation) ref.Val { return execute(a, b.Exec) }

// branched returns i as a branch. A conditional takes the attribute out of such
// a node, so that note and place of an error have to go with the attribute.
func branched(i interpreter.InterpretableV2, bit uint64) interpreter.InterpretableV2 {
	attribute, ok := i.(interpreter.InterpretableAttribute)
	switch {
	case ok:
		return &attributeBranch{attribute, bit}
	case bit != 0:
		return &branch{i, bit}
	}
	return i
}

type attributeBranch struct {
	interpreter.InterpretableAttribute
	bit uint64
}

// Exec implements interpreter.InterpretableV2.
func (b *attributeBranch) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if b.bit != 0 {
		runOf(frame).taken |= b.bit
	}
	return b.InterpretableAttribute.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (b *attributeBranch) Eval(a interpreter.Activation) ref.Val {
	return execute(a, b.Exec)
}

// Attr implements interpreter.InterpretableAttribute.
func (b *attributeBranch) Attr() interpreter.Attribute {
	return &branchAttribute{b.InterpretableAttribute.Attr(), b.bit}
}

type branchAttribute struct {
	interpreter.Attribute
	bit uint64
}

// Resolve implements interpreter.Attribute.
func (b *branchAttribute) Resolve(a interpreter.Activation) (any, error) {
	if b.bit != 0 {
		runIn(a).taken |= b.bit
	}
	v, err := b.Attribute.Resolve(a)
	if err != nil {
		return nil, types.LabelErrNode(b.ID(), types.WrapErr(err)).(*types.Err)
	}
	return v, nil
}

// alternative is `a.or(b)` or `a.orValue(b)`: b is evaluated only if the
// optional a has no value.
type alternative struct {
	id       int64
	lhs, rhs interpreter.InterpretableV2
	value    bool
}

// ID implements interpreter.Interpretable.
func (a *alternative) ID() int64 { return a.id }

// Eval implements interpreter.Interpretable.
func (a *alternative) Eval(v interpreter.Activation) ref.Val { return execute(v, a.Exec) }

// Exec implements interpreter.InterpretableV2.
func (a *alternative) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	l := a.lhs.Exec(frame)
	if types.IsUnknownOrError(l) {
		return l
	}
	optional, ok := l.(*types.Optional)
	switch {
	case !ok:
		return types.NewErrWithNodeID(a.id, "no such overload")
	case !optional.HasValue():
		return a.rhs.Exec(frame)
	case a.value:
		return optional.GetValue()
	}
	return l
}
