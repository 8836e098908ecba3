package js

import (
	"slices"
	"time"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// machine evaluates. It belongs to one goroutine.
type machine struct {
	memory
	evaluation
}

// evaluation is what a machine knows of the evaluation that it is at. It is zero
// between two.
type evaluation struct {
	program  *Program
	prepared *eval.Prepared
	// variables show what the evaluation was given.
	variables view
	// secrets :: place of a reference -> the object that it yields, so that it is
	// the same one each time
	secrets map[int]*Object
	// record notes the steps of a trace; nil where none is asked for.
	record *recorder
	// deep is about how many bytes of the goroutine's stack calls take.
	deep int

	budget eval.Budget
	// preview says that references yield placeholders: tainted strings that
	// absorb arithmetic.
	preview bool
	// clock is the time of the request; now reads it once.
	clock func() time.Time
	at    time.Time

	// seen says that a tainted value was converted since it was last cleared: by
	// [toText], [toNumber] and their like. [machine.invoke] keeps it per call.
	seen bool
	// control counts the decisions by secrets that what runs now is behind.
	// [machine.changes] is told of each change that happens meanwhile.
	control int
	// decided says that a secret decided about a change: everything after it is
	// tainted.
	decided bool
	// depth is the number of calls that are not back.
	depth int
	// hooked says that an object may have a toString, valueOf or toJSON of its own.
	hooked bool
	// joining are the arrays whose text is being made.
	joining []*Object
	// patterns :: source and flags -> what it compiles to
	patterns map[patternKey]*pattern
	limits   *eval.Limits
	// objects makes the objects of the result; nil makes Go maps of them.
	objects func(size int) eval.Builder
	// derived are the texts that the redactors are told of.
	derived []string
}

// forget makes e zero. Most evaluations set little of it: what they did not set is not
// written, which would cost time while garbage is collected.
func (e *evaluation) forget() {
	e.budget.Stop()
	e.program, e.prepared, e.limits, e.objects = nil, nil, nil, nil
	if e.variables.fields = nil; e.variables.keys != nil || e.variables.first != nil || e.variables.named != nil {
		e.variables = view{}
	}
	if e.secrets != nil || e.record != nil || e.clock != nil || e.joining != nil || e.patterns != nil || e.derived != nil || !e.at.IsZero() {
		e.secrets, e.record, e.clock, e.at, e.joining, e.patterns, e.derived = nil, nil, nil, time.Time{}, nil, nil, nil
	}
	e.deep, e.depth, e.control = 0, 0, 0
	e.preview, e.seen, e.decided, e.hooked = false, false, false, false
}

// maxDepth is how deep calls go.
const maxDepth = 200

// bytesPerStep is how many bytes that are made or looked at are one step.
const bytesPerStep = 64

// step takes n steps off the budget.
func (vm *machine) step(n int64) error {
	if vm.budget.Spend(n, 0) {
		return nil
	}
	return vm.budget.Failure()
}

// charge takes bytes off the budget, before they are allocated, and the steps of
// making them.
func (vm *machine) charge(bytes int64) error {
	if vm.budget.Spend(bytes/bytesPerStep, bytes) {
		return nil
	}
	return vm.budget.Failure()
}

// look takes the steps of reading bytes off the budget.
func (vm *machine) look(bytes int) error {
	if bytes < bytesPerStep {
		return nil
	}
	return vm.step(int64(bytes) / bytesPerStep)
}

// see notes that v was converted.
func (vm *machine) see(v Value) {
	vm.seen = vm.seen || v.tainted
	vm.converts(v.tainted)
}

// converts notes that an operation may convert its operands, one of which is tainted:
// where objects may have functions for that, a secret decided whether one of them is
// called, whichever operand the object is, and so what it changes.
func (vm *machine) converts(tainted bool) { vm.decided = vm.decided || tainted && vm.hooked }

// changes notes that the object behind v is about to change. Where a secret
// decides that, or which object it is, all that follows depends on the secret.
func (vm *machine) changes(v Value) {
	if v.tainted || vm.control > 0 {
		vm.decided = true
	}
}

// call calls a value (ECMA-262, 7.3.14).
func (vm *machine) call(fn, this Value, args []Value) (Value, error) {
	if fn.kind != kindFunction {
		return undefined, errNotFunction
	}
	return vm.invoke(fn.fn(), fn.tainted, this, args)
}

// invoke calls a function. Tainted says that a secret chose it.
func (vm *machine) invoke(f *Func, tainted bool, this Value, args []Value) (Value, error) {
	if f.code != nil {
		return vm.enterFunction(f, tainted, args)
	}
	return vm.run(f.Call, f.library, tainted, this, args)
}

// construct is `new` (ECMA-262, 7.3.15).
func (vm *machine) construct(fn Value, args []Value) (Value, error) {
	if fn.kind != kindFunction || fn.fn().construct == nil {
		return undefined, errNotConstructor
	}
	return vm.run(fn.fn().construct, true, fn.tainted, undefined, args)
}

func (vm *machine) run(call native, library, tainted bool, this Value, args []Value) (Value, error) {
	if err := vm.step(1); err != nil {
		return undefined, err
	}
	if vm.hooked {
		vm.converts(isTaintedRow(this) || slices.ContainsFunc(args, isTaintedRow))
	}
	depth, control, seen := vm.depth, vm.control, vm.seen
	if vm.depth++; vm.depth > maxDepth {
		return undefined, errDepth
	}
	if vm.seen = false; tainted {
		vm.control++
	}
	result, err := call(vm, this, args)
	vm.converts(vm.seen)
	if err != nil {
		result, err = absorb(err)
	}
	result.tainted = result.tainted || tainted || library && vm.seen
	if library && vm.program != nil && len(vm.program.refs) > 0 {
		vm.derive(result)
	}
	vm.depth, vm.control, vm.seen = depth, control, seen
	return result, err
}

// now returns the time of the request, which is the same in all of it.
func (vm *machine) now() time.Time {
	if vm.at.IsZero() {
		if vm.clock != nil {
			vm.at = vm.clock()
		} else {
			vm.at = time.Now()
		}
	}
	return vm.at
}

// fresh returns an object that a native just made. The taint of what was
// converted for it goes into the object: whatever is read from it is tainted.
func (vm *machine) fresh(o *Object) Value {
	o.tainted = o.tainted || vm.seen
	vm.converts(vm.seen)
	vm.seen = false
	return object(o)
}
