package cel

import (
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// evaluation is one run of a plan: what it is given, and what it has used up.
type evaluation struct {
	eval.Given
	eval.Budget
	vars    map[string]any
	program *Program
	adapter adapter
	secrets secretsMap
	locals  *scope
	clock   time.Time
	// taken has a bit for each marked branch that was evaluated.
	taken uint64
}

// start fills the budgets.
func (r *evaluation) start(limits *eval.Limits) {
	r.Budget.Start(limits, &r.Given)
	r.secrets.run = r
}

// ResolveName implements interpreter.Activation.
func (r *evaluation) ResolveName(name string) (any, bool) {
	switch name {
	case varsName:
		return inOrder(r.adapter, r.vars, r.Order), true
	case fieldsName:
		if r.vars == nil {
			return map[string]any{}, true
		}
		return r.vars, true
	case secretsName, aliasesName:
		return &r.secrets, true
	case runName:
		return r, true
	case nowName:
		return types.Timestamp{Time: r.now()}, true
	}
	if local := r.locals.find(name); local != nil && local.constant != nil {
		return local.constant, true
	}
	return nil, false
}

// now is the same all through an evaluation.
func (r *evaluation) now() time.Time {
	if r.clock.IsZero() {
		if r.Now != nil {
			r.clock = r.Now()
		} else {
			r.clock = time.Now()
		}
	}
	return r.clock
}

// Parent implements interpreter.Activation.
func (r *evaluation) Parent() interpreter.Activation { return nil }

// exec runs a plan. A panic of a function ends as an error.
func (r *evaluation) exec(plan interpreter.InterpretableV2) (value ref.Val) {
	defer func() {
		if recover() != nil {
			value = types.WrapErr(eval.ErrPanic)
		}
	}()
	frame, err := interpreter.NewExecutionFrame(r)
	if err != nil {
		return types.WrapErr(err)
	}
	defer frame.Close()
	return plan.Exec(frame)
}

// execute runs a node that cel-go asks by the older of its two ways, with an
// activation and no frame. All nodes go through it, because the way from one to
// the other is what changes between releases of cel-go.
func execute(a interpreter.Activation, exec func(*interpreter.ExecutionFrame) ref.Val) ref.Val {
	return exec(interpreter.AsFrame(a))
}

// runOf returns the run that a frame belongs to. Most nodes stand outside of
// loops, whose frame has the run itself; those inside find it by a name that no
// author can write.
func runOf(frame *interpreter.ExecutionFrame) *evaluation {
	if r, ok := frame.Activation.(*evaluation); ok {
		return r
	}
	return runIn(frame)
}

// runIn is runOf for any activation.
func runIn(a interpreter.Activation) *evaluation {
	found, _ := a.ResolveName(runName)
	return found.(*evaluation)
}
