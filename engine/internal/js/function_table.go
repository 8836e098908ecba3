package js

import "strings"

// functionMethods are Function.prototype (ECMA-262, 20.2.3).
var functionMethods = []*Func{
	newFunc("apply", 2, func(vm *machine, this Value, args []Value) (Value, error) {
		list := argument(args, 1)
		if list.isNullish() {
			return vm.call(this, argument(args, 0), nil)
		}
		if list.kind != kindArray {
			return undefined, typeError("apply takes an array of arguments")
		}
		given, err := vm.whole(list)
		if err != nil {
			return undefined, err
		}
		vm.seen = vm.seen || isTaintedRow(list)
		return vm.call(this, argument(args, 0), given.items)
	}),
	newFunc("bind", 1, functionBind),
	newFunc("call", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		return vm.call(this, argument(args, 0), args[min(1, len(args)):])
	}),
	newFunc("toString", 0, valueText),
}

func functionBind(vm *machine, this Value, args []Value) (Value, error) {
	if this.kind != kindFunction {
		return undefined, errNotFunction
	}
	if err := vm.charge(int64(len(args)) * valueBytes); err != nil {
		return undefined, err
	}
	bound := append([]Value(nil), args...)
	fn := this.fn()
	given := bound[min(1, len(bound)):]
	return vm.newClosure(strings.TrimSpace("bound "+fn.Name), max(0, fn.Arity-len(given)), func(vm *machine, _ Value, args []Value) (Value, error) {
		if err := vm.charge(int64(len(given)+len(args)) * valueBytes); err != nil {
			return undefined, err
		}
		all := append(append(make([]Value, 0, len(given)+len(args)), given...), args...)
		return vm.call(this, argument(bound, 0), all)
	})
}

// functionGetters are the properties of functions.
var functionGetters = map[string]getter{
	"name":   func(_ *machine, o *Object) (Value, error) { return text(o.data.(*Func).Name), nil },
	"length": func(_ *machine, o *Object) (Value, error) { return integer(o.data.(*Func).Arity), nil },
}

// booleanMethods are Boolean.prototype (ECMA-262, 20.3.3).
var booleanMethods = []*Func{
	newFunc("toLocaleString", 0, booleanText),
	newFunc("toString", 0, booleanText),
	newFunc("valueOf", 0, func(_ *machine, this Value, _ []Value) (Value, error) {
		if this.kind != kindBool {
			return undefined, errThis
		}
		return this, nil
	}),
}

func booleanText(vm *machine, this Value, _ []Value) (Value, error) {
	if this.kind != kindBool {
		return undefined, errThis
	}
	s, err := toText(vm, this)
	return text(s), err
}
