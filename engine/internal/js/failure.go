package js

import (
	"errors"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// located is why an evaluation ended, and where. It is what [machine.fail] panics
// with: nothing of the language can catch an error, so that one way out serves
// all of them.
type located struct {
	pos  int
	code eval.Code
	// message is made of names of the source and of fixed texts.
	message      string
	alias, field string
}

// fail ends the evaluation with err, at pos.
func (vm *machine) fail(pos int, err error) {
	panic(locate(pos, err))
}

// failAs ends the evaluation with a message of its own.
func (vm *machine) failAs(pos int, message string) {
	panic(&located{pos: pos, code: eval.Failed, message: message})
}

func locate(pos int, err error) *located {
	var own *eval.Failure
	if errors.As(err, &own) {
		return &located{pos: pos, code: own.Code, message: own.Kind}
	}
	var thrown *exception
	if errors.As(err, &thrown) {
		return &located{pos: pos, code: eval.Failed, message: thrown.text}
	}
	return &located{pos: pos, code: eval.Failed, message: "the value does not fit"}
}

func (l *located) error() *eval.Error {
	return &eval.Error{Code: l.code, Message: l.message, Pos: l.pos, Alias: l.alias, Field: l.field}
}

// decide notes that a secret decides about what follows: all of it depends on the
// secret.
func (vm *machine) decide() { vm.decided = true }

// risk notes that an operation went well that may fail with another value of v: that
// there is a result at all then depends on the secret.
func (vm *machine) risk(v Value) {
	if v.tainted {
		vm.decided = true
	}
}

// spend takes a step off the budget.
func (vm *machine) spend(pos int) {
	if !vm.budget.Spend(1, 0) {
		vm.fail(pos, vm.budget.Failure())
	}
}
