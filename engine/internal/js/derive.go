package js

import "github.com/sotto-render/sotto/engine/internal/eval"

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
	p := vm.program
	vm.prepared.Derive(p.refs, eval.AnyReference, vm.derived, p.source, vm.variables.fields)
	clear(vm.derived)
}
