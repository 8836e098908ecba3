package cel

import (
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// call is a function call under a budget. It calls as cel-go's own nodes do,
// and besides pays for the call, labels errors with its own node, and hands what
// it makes of a secret to the redactors.
type call struct {
	id       int64
	function string
	overload string
	args     []interpreter.InterpretableV2
	impl     *functions.Overload
	strict   bool
	price    price
	taint    eval.Taint
}

var _ interpreter.InterpretableCall = (*call)(nil)

// ID implements interpreter.Interpretable.
func (c *call) ID() int64 { return c.id }

// Function implements interpreter.InterpretableCall.
func (c *call) Function() string { return c.function }

// OverloadID implements interpreter.InterpretableCall.
func (c *call) OverloadID() string { return c.overload }

// Args implements interpreter.InterpretableCall.
func (c *call) Args() []interpreter.InterpretableV2 { return c.args }

// Eval implements interpreter.Interpretable.
func (c *call) Eval(a interpreter.Activation) ref.Val { return execute(a, c.Exec) }

// Exec implements interpreter.InterpretableV2.
func (c *call) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	var first, second, third ref.Val
	var more []ref.Val
	if len(c.args) > 2 {
		more = make([]ref.Val, len(c.args))
	}
	for i, arg := range c.args {
		v := arg.Exec(frame)
		if c.strict && types.IsUnknownOrError(v) {
			return v
		}
		switch i {
		case 0:
			first = v
		case 1:
			second = v
		case 2:
			third = v
		}
		if more != nil {
			more[i] = v
		}
	}
	// Before the call, for a single one may take all the memory there is.
	if c.price != nil {
		if err := c.price(frame, first, second, third); err != nil {
			return types.LabelErrNode(c.id, types.WrapErr(err))
		}
	}
	result := c.invoke(first, second, more)
	if err, ok := result.(*types.Err); ok {
		return label(c.id, err)
	}
	// Before anyone else sees the result: a log line written by another goroutine
	// may carry it from here on.
	if c.taint != 0 {
		runOf(frame).derive(c.taint, result)
	}
	return result
}

// invoke picks the implementation as the nodes of cel-go do: a bound one whose
// trait the first argument has, else the method of a receiver. more are all
// arguments where there are more than two.
func (c *call) invoke(first, second ref.Val, more []ref.Val) ref.Val {
	if c.impl != nil && c.fits(first) {
		switch {
		case len(c.args) == 1 && c.impl.Unary != nil:
			return c.impl.Unary(first)
		case len(c.args) == 2 && c.impl.Binary != nil:
			return c.impl.Binary(first, second)
		case c.impl.Function != nil:
			return c.impl.Function(arguments(len(c.args), first, second, more)...)
		}
	}
	if first != nil && first.Type().HasTrait(traits.ReceiverType) {
		if receiver, ok := first.(traits.Receiver); ok {
			return receiver.Receive(c.function, c.overload, arguments(len(c.args), first, second, more)[1:])
		}
	}
	return types.NewErrWithNodeID(c.id, "no such overload")
}

// fits reports whether the first argument has the trait that the implementation
// wants.
func (c *call) fits(first ref.Val) bool {
	return first == nil || c.impl.OperandTrait == 0 || first.Type().HasTrait(c.impl.OperandTrait) ||
		!c.strict && types.IsUnknownOrError(first)
}

func arguments(n int, first, second ref.Val, more []ref.Val) []ref.Val {
	switch n {
	case 0:
		return nil
	case 1:
		return []ref.Val{first}
	case 2:
		return []ref.Val{first, second}
	}
	return more
}

// label ties err to a node where it has none of its own.
func label(node int64, err *types.Err) ref.Val {
	if err.NodeID() == unlabelled {
		return types.NewErrWithNodeID(node, "%w", err.Unwrap())
	}
	return types.LabelErrNode(node, err)
}

// labelled is a call of cel-go that has nothing to pay.
type labelled struct{ interpreter.InterpretableCall }

// Eval implements interpreter.Interpretable.
func (l *labelled) Eval(a interpreter.Activation) ref.Val { return execute(a, l.Exec) }

// Exec implements interpreter.InterpretableV2.
func (l *labelled) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	v := l.InterpretableCall.Exec(frame)
	if err, ok := v.(*types.Err); ok && err.NodeID() == unlabelled {
		return label(l.ID(), err)
	}
	return v
}

// equality is `==` or `!=`.
type equality struct {
	id       int64
	lhs, rhs interpreter.InterpretableV2
	negate   bool
}

// ID implements interpreter.Interpretable.
func (q *equality) ID() int64 { return q.id }

// Eval implements interpreter.Interpretable.
func (q *equality) Eval(a interpreter.Activation) ref.Val { return execute(a, q.Exec) }

// Exec implements interpreter.InterpretableV2.
func (q *equality) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	l := q.lhs.Exec(frame)
	if types.IsUnknownOrError(l) {
		return l
	}
	r := q.rhs.Exec(frame)
	if types.IsUnknownOrError(r) {
		return r
	}
	if err := chargeDeep(frame, l, r, nil); err != nil {
		return types.LabelErrNode(q.id, types.WrapErr(err))
	}
	equal := types.Equal(l, r)
	if q.negate {
		return types.Bool(equal != types.True)
	}
	return equal
}
