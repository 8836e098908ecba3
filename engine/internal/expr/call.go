package expr

import (
	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
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
	price    price
	taint    taint
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
func (c *call) Eval(a interpreter.Activation) ref.Val { return c.Exec(interpreter.AsFrame(a)) }

// Exec implements interpreter.InterpretableV2.
func (c *call) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	var few [3]ref.Val
	values := few[:0]
	if len(c.args) > len(few) {
		values = make([]ref.Val, 0, len(c.args))
	}
	strict := c.impl == nil || !c.impl.NonStrict
	for _, arg := range c.args {
		v := arg.Exec(frame)
		if strict && types.IsUnknownOrError(v) {
			return v
		}
		values = append(values, v)
	}
	if c.price != nil {
		if err := c.price(frame, values); err != nil {
			return types.LabelErrNode(c.id, types.WrapErr(err))
		}
	}
	result := c.invoke(values)
	if err, ok := result.(*types.Err); ok {
		return c.label(err)
	}
	if c.taint != 0 {
		runOf(frame).derive(c.taint, result)
	}
	return result
}

// invoke picks the implementation as the nodes of cel-go do: a bound one whose
// trait the first argument has, else the method of a receiver.
func (c *call) invoke(values []ref.Val) ref.Val {
	if c.impl != nil {
		fits := len(values) == 0 || c.impl.OperandTrait == 0 || values[0].Type().HasTrait(c.impl.OperandTrait) ||
			c.impl.NonStrict && types.IsUnknownOrError(values[0])
		switch {
		case !fits:
		case len(values) == 1 && c.impl.Unary != nil:
			return c.impl.Unary(values[0])
		case len(values) == 2 && c.impl.Binary != nil:
			return c.impl.Binary(values[0], values[1])
		case c.impl.Function != nil:
			return c.impl.Function(append([]ref.Val(nil), values...)...)
		}
	}
	if len(values) > 0 && values[0].Type().HasTrait(traits.ReceiverType) {
		if receiver, ok := values[0].(traits.Receiver); ok {
			return receiver.Receive(c.function, c.overload, append([]ref.Val(nil), values[1:]...))
		}
	}
	return types.NewErrWithNodeID(c.id, "no such overload")
}

// label ties err to this node where it has none of its own.
func (c *call) label(err *types.Err) ref.Val {
	if err.NodeID() == unlabelled {
		return types.NewErrWithNodeID(c.id, "%w", err.Unwrap())
	}
	return types.LabelErrNode(c.id, err)
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
func (q *equality) Eval(a interpreter.Activation) ref.Val { return q.Exec(interpreter.AsFrame(a)) }

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
	if err := payDeep(frame, l, r); err != nil {
		return types.LabelErrNode(q.id, types.WrapErr(err))
	}
	equal := types.Equal(l, r)
	if q.negate {
		return types.Bool(equal != types.True)
	}
	return equal
}
