package js

import "github.com/sotto-render/sotto/engine/internal/eval"

// derivedSteps is what it takes to tell the redactors of a text, in steps.
const derivedSteps = 32

// derive tells the redactors what a function of the library made of secrets, before anyone
// else sees it: a text, or the texts of a list, at most [eval.MaxDerived].
func (vm *machine) derive(made Value) {
	if vm.preview {
		return
	}
	switch {
	case made.kind == kindString && made.tainted:
		vm.derived = append(vm.derived[:0], made.text)
	case made.kind == kindArray && made.obj.items != nil:
		vm.derived = vm.derived[:0]
		whole := made.tainted || made.obj.tainted
		for _, item := range made.obj.items {
			if item.kind == kindString && (whole || item.tainted) && len(vm.derived) < eval.MaxDerived {
				vm.derived = append(vm.derived, item.text)
			}
		}
	default:
		return
	}
	// Each text is looked for among the variables: the clock must be seen meanwhile.
	vm.budget.Spend(int64(len(vm.derived))*derivedSteps, 0)
	p := vm.program
	vm.prepared.Derive(p.refs, eval.AnyReference, vm.derived, p.source, vm.variables.fields)
	clear(vm.derived)
}
