package js

import "math"

// arrayMethods are Array.prototype (ECMA-262, 23.1.3).
var arrayMethods = []*Func{
	newFunc("at", 1, arrayAt),
	newFunc("concat", 1, arrayConcat),
	newFunc("copyWithin", 2, arrayCopyWithin),
	newFunc("entries", 0, rowOf(true, true)),
	newFunc("every", 1, deciding(false)),
	newFunc("fill", 1, arrayFill),
	newFunc("filter", 1, arrayFilter),
	newFunc("find", 1, finding(false, false)),
	newFunc("findIndex", 1, finding(true, false)),
	newFunc("findLast", 1, finding(false, true)),
	newFunc("findLastIndex", 1, finding(true, true)),
	newFunc("flat", 0, arrayFlat),
	newFunc("flatMap", 1, arrayFlatMap),
	newFunc("forEach", 1, arrayForEach),
	newFunc("includes", 1, searching(true, false)),
	newFunc("indexOf", 1, searching(false, false)),
	newFunc("join", 1, arrayJoin),
	newFunc("keys", 0, rowOf(true, false)),
	newFunc("lastIndexOf", 1, searching(false, true)),
	newFunc("map", 1, arrayMap),
	newFunc("pop", 0, arrayPop),
	newFunc("push", 1, arrayPush),
	newFunc("reduce", 1, reducing(false)),
	newFunc("reduceRight", 1, reducing(true)),
	newFunc("reverse", 0, arrayReverse),
	newFunc("shift", 0, arrayShift),
	newFunc("slice", 2, arraySlice),
	newFunc("some", 1, deciding(true)),
	newFunc("sort", 1, arraySort),
	newFunc("splice", 2, arraySplice),
	newFunc("toLocaleString", 0, arrayToLocaleString),
	newFunc("toReversed", 0, arrayToReversed),
	newFunc("toSorted", 1, arrayToSorted),
	newFunc("toSpliced", 2, arrayToSpliced),
	newFunc("toString", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		return arrayJoin(vm, this, nil)
	}),
	newFunc("unshift", 1, arrayUnshift),
	newFunc("values", 0, rowOf(false, true)),
	newFunc("with", 2, arrayWith),
}

// arrayFunctions are what Array has itself (ECMA-262, 23.1.2).
var arrayFunctions = []*Func{
	newFunc("from", 1, arrayFrom),
	newFunc("isArray", 1, func(_ *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		return boolean(v.kind == kindArray).with(v.tainted), nil
	}),
	newFunc("of", 0, func(vm *machine, _ Value, args []Value) (Value, error) {
		o, err := vm.newArray(len(args))
		if err != nil {
			return undefined, err
		}
		o.items = append(o.items, args...)
		return object(o), nil
	}),
}

// makeArray is Array(...) with or without new (ECMA-262, 23.1.1.1).
func makeArray(vm *machine, _ Value, args []Value) (Value, error) {
	if len(args) != 1 || args[0].kind != kindNumber {
		o, err := vm.newArray(len(args))
		if err != nil {
			return undefined, err
		}
		o.items = append(o.items, args...)
		return object(o), nil
	}
	vm.see(args[0])
	f := args[0].num
	if f < 0 || f > maxArray || f != math.Trunc(f) {
		return undefined, errLength
	}
	o, err := vm.newArray(int(f))
	if err != nil {
		return undefined, err
	}
	for range int(f) {
		o.items = append(o.items, Value{kind: kindHole})
	}
	return vm.fresh(o), nil
}

// arrayFrom is Array.from (ECMA-262, 23.1.2.1).
func arrayFrom(vm *machine, _ Value, args []Value) (Value, error) {
	source, fn := argument(args, 0), argument(args, 1)
	if fn.kind != kindUndefined && fn.kind != kindFunction {
		return undefined, errNotFunction
	}
	if source.isNullish() {
		return undefined, errNullish
	}
	tainted := isTaintedRow(source) || fn.tainted
	if tainted {
		vm.decide()
	}
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	add := func(v Value) error {
		if fn.kind == kindFunction {
			if v, err = vm.call(fn, argument(args, 2), []Value{v, integer(len(o.items))}); err != nil {
				return err
			}
		}
		return vm.push(o, v)
	}
	if source.kind == kindObject || source.kind == kindFunction {
		err = vm.arrayLike(o, source, add)
	} else if source.isObject() || source.kind == kindString {
		if source.kind != kindRegExp && source.kind != kindDate && source.kind != kindURL && source.kind != kindError {
			err = vm.each(source, add)
		}
	}
	if err != nil {
		return undefined, err
	}
	o.tainted = tainted
	return vm.fresh(o), nil
}

// arrayLike adds what an object with a length has.
func (vm *machine) arrayLike(o *Object, source Value, add func(Value) error) error {
	length, err := getMember(vm, source, "length")
	if err != nil {
		return err
	}
	f, err := toInteger(vm, length)
	if err != nil {
		return err
	}
	if vm.seen {
		vm.decide()
	}
	if f > maxArray {
		return errLength
	}
	n := int(max(0, f))
	if err := vm.charge(int64(n) * valueBytes); err != nil {
		return err
	}
	o.items = make([]Value, 0, n)
	for i := range n {
		v, err := getIndex(vm, source, integer(i))
		if err != nil {
			return err
		}
		if err := add(v); err != nil {
			return err
		}
	}
	return nil
}

// arrayToLocaleString is Array.prototype.toLocaleString (ECMA-402, 20.5.1).
func arrayToLocaleString(vm *machine, this Value, args []Value) (Value, error) {
	o, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	vm.seen = vm.seen || tainted
	var b []byte
	for i := range o.length() {
		if i > 0 {
			b = append(b, ',')
		}
		v, err := vm.item(o, i)
		if err != nil {
			return undefined, err
		}
		if v.isNullish() {
			vm.see(v)
			continue
		}
		method, err := getMember(vm, v, "toLocaleString")
		if err != nil {
			return undefined, err
		}
		if v, err = vm.call(method, v, args); err != nil {
			return undefined, err
		}
		if b, err = appendText(vm, b, v); err != nil {
			return undefined, err
		}
	}
	return text(string(b)), nil
}

// maxArray is the longest an array can be.
const maxArray = math.MaxUint32
