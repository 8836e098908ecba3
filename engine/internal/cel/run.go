package cel

import (
	"context"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Secrets is what a run knows about the secrets. It is asked while the
// expression runs, so it answers from what was resolved before.
type Secrets interface {
	// Status says what is known of a canonical alias; Undeclared stands for
	// one that required_secrets does not list.
	Status(alias string) macros.Status
	// Secret returns the value of a Known alias. In a preview it is not called.
	Secret(alias string) redact.Secret
}

// Given is what an evaluation is given besides the variables.
type Given struct {
	// Secrets answers references; nil knows none.
	Secrets Secrets
	// Preview yields placeholders.
	Preview bool
	// Trace asks for the steps.
	Trace bool
	// Now is what now() returns; nil means time.Now.
	Now func() time.Time
	// Context ends the evaluation when it ends; nil never does.
	Context context.Context
}

// evaluation is one run of a plan: what it is given, and what it has used up.
type evaluation struct {
	Given
	vars    map[string]any
	limits  Limits
	program *Program
	adapter adapter
	secrets secretsMap
	locals  *scope

	// cost and memory are what is left of the budgets, ticks the cost at which
	// the clock is looked at next.
	cost, memory, ticks int64
	started             time.Time
	clock               time.Time
	// exceeded is set for good once a budget is used up; loops stop at it.
	exceeded bool
	canceled bool
	// taken has a bit for each marked branch that was evaluated.
	taken uint64
}

// tickCost is how much cost may pass between two looks at the clock.
const tickCost = 1024

// start fills the budgets.
func (r *evaluation) start() {
	r.cost, r.memory = r.limits.Cost, r.limits.Memory
	r.ticks = r.cost - tickCost
	r.secrets.run = r
}

// spend takes cost and memory off the budgets and reports whether both hold.
func (r *evaluation) spend(cost, memory int64) bool {
	r.cost -= cost
	r.memory -= memory
	if r.cost <= r.ticks {
		r.tick()
	}
	if r.cost < 0 || r.memory < 0 {
		r.exceeded = true
	}
	return !r.exceeded
}

// tick looks at the clock and at the caller's context. The clock starts with
// the first tick: what comes before it is too little to matter.
func (r *evaluation) tick() {
	r.ticks = r.cost - tickCost
	now := time.Now()
	if r.started.IsZero() {
		r.started = now
	}
	if now.Sub(r.started) > r.limits.Time {
		r.exceeded = true
	}
	if r.Context != nil && r.Context.Err() != nil {
		r.exceeded, r.canceled = true, true
	}
}

func (r *evaluation) status(alias string) macros.Status {
	if r.Secrets == nil {
		return macros.Missing
	}
	return r.Secrets.Status(alias)
}

// ResolveName implements interpreter.Activation.
func (r *evaluation) ResolveName(name string) (any, bool) {
	switch name {
	case varsName, fieldsName:
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
			value = types.WrapErr(errPanic)
		}
	}()
	frame, err := interpreter.NewExecutionFrame(r)
	if err != nil {
		return types.WrapErr(err)
	}
	defer frame.Close()
	return plan.Exec(frame)
}

// runOf returns the run that a frame belongs to.
func runOf(frame *interpreter.ExecutionFrame) *evaluation {
	if r, ok := frame.Activation.(*evaluation); ok {
		return r
	}
	found, _ := frame.ResolveName(runName)
	return found.(*evaluation)
}
