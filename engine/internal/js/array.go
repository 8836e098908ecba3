package js

import "math"

// arrayThis returns the array that a method is called on, and whether its length
// or order depends on a secret.
func arrayThis(this Value) (o *Object, tainted bool, err error) {
	if this.kind != kindArray {
		return nil, false, errThis
	}
	return this.obj, this.tainted || this.obj.tainted, nil
}

// visit calls the first argument for each item (ECMA-262, 23.1.3). Holes are left
// out where skip is set; backwards begins at the end. Yield says whether to go on;
// once seen is set, a secret decides about what is called next.
func (vm *machine) visit(this Value, args []Value, skip, backwards bool, yield func(i int, item, result Value) (bool, error)) error {
	o, tainted, err := arrayThis(this)
	if err != nil {
		return err
	}
	fn := argument(args, 0)
	if fn.kind != kindFunction {
		return errNotFunction
	}
	if tainted {
		vm.decide()
	}
	given := make([]Value, 3)
	n := o.length()
	for k := range n {
		i := k
		if backwards {
			i = n - 1 - k
		}
		if skip && vm.isHole(o, i) {
			if err := vm.step(1); err != nil {
				return err
			}
			continue
		}
		item, err := vm.item(o, i)
		if err != nil {
			return err
		}
		item.tainted = item.tainted || tainted
		given[0], given[1], given[2] = item, integer(i), this
		result, err := vm.call(fn, argument(args, 1), given)
		if err != nil {
			return err
		}
		before := vm.seen
		more, err := yield(i, item, result)
		if vm.seen && !before {
			vm.decide()
		}
		if err != nil || !more {
			return err
		}
	}
	return nil
}

func arrayForEach(vm *machine, this Value, args []Value) (Value, error) {
	return undefined, vm.visit(this, args, true, false, func(int, Value, Value) (bool, error) { return true, nil })
}

func arrayMap(vm *machine, this Value, args []Value) (Value, error) {
	source, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	o, err := vm.newArray(source.length())
	if err != nil {
		return undefined, err
	}
	o.tainted = tainted
	err = vm.visit(this, args, true, false, func(i int, _, result Value) (bool, error) {
		if err := vm.grow(o, i); err != nil {
			return false, err
		}
		return true, vm.push(o, result)
	})
	if err != nil {
		return undefined, err
	}
	return object(o), vm.grow(o, source.length())
}

func arrayFilter(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	err = vm.visit(this, args, true, false, func(_ int, item, result Value) (bool, error) {
		if vm.see(result); truthy(result) {
			return true, vm.push(o, item)
		}
		return true, nil
	})
	if err != nil {
		return undefined, err
	}
	o.tainted = isTaintedRow(this)
	return vm.fresh(o), nil
}

// finding is find, findIndex and those from the end.
func finding(index, backwards bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		found := undefined
		if index {
			found = integer(-1)
		}
		err := vm.visit(this, args, false, backwards, func(i int, item, result Value) (bool, error) {
			if vm.see(result); !truthy(result) {
				return true, nil
			}
			if found = item; index {
				found = integer(i)
			}
			return false, nil
		})
		vm.seen = vm.seen || isTaintedRow(this)
		return found, err
	}
}

// deciding is some, where until is true, and every, where it is false.
func deciding(until bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		answer := !until
		err := vm.visit(this, args, true, false, func(_ int, _, result Value) (bool, error) {
			if vm.see(result); truthy(result) == until {
				answer = until
				return false, nil
			}
			return true, nil
		})
		vm.seen = vm.seen || isTaintedRow(this)
		return boolean(answer), err
	}
}

func arrayFlatMap(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	err = vm.visit(this, args, true, false, func(_ int, _, result Value) (bool, error) {
		if result.kind != kindArray {
			return true, vm.push(o, result)
		}
		return true, vm.flatten(o, result, 0)
	})
	if err != nil {
		return undefined, err
	}
	o.tainted = o.tainted || isTaintedRow(this)
	return object(o), nil
}

// flatten pushes the items of an array, and those of arrays in it as deep as depth
// says. The result gets the taint of their lengths.
func (vm *machine) flatten(o *Object, v Value, depth float64) error {
	vm.depth++
	defer func() { vm.depth-- }()
	if vm.depth > maxDepth {
		return errDepth
	}
	o.tainted = o.tainted || isTaintedRow(v)
	for i := 0; i < v.obj.length(); i++ {
		if err := vm.step(1); err != nil {
			return err
		}
		if vm.isHole(v.obj, i) {
			continue
		}
		item, err := vm.item(v.obj, i)
		if err != nil {
			return err
		}
		item.tainted = item.tainted || v.tainted
		if item.kind == kindArray && depth >= 1 {
			err = vm.flatten(o, item, depth-1)
		} else {
			err = vm.push(o, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func arrayFlat(vm *machine, this Value, args []Value) (Value, error) {
	if _, _, err := arrayThis(this); err != nil {
		return undefined, err
	}
	depth := 1.0
	if v := argument(args, 0); v.kind != kindUndefined {
		var err error
		if depth, err = toInteger(vm, v); err != nil {
			return undefined, err
		}
	}
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	if err := vm.flatten(o, this, depth); err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}

// reducing is reduce and reduceRight (ECMA-262, 23.1.3.24).
func reducing(backwards bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		o, tainted, err := arrayThis(this)
		if err != nil {
			return undefined, err
		}
		fn := argument(args, 0)
		if fn.kind != kindFunction {
			return undefined, errNotFunction
		}
		if tainted {
			vm.decide()
		}
		given := make([]Value, 4)
		var sum Value
		started := len(args) > 1
		if started {
			sum = args[1]
		}
		n := o.length()
		for k := range n {
			i := k
			if backwards {
				i = n - 1 - k
			}
			if vm.isHole(o, i) {
				continue
			}
			item, err := vm.item(o, i)
			if err != nil {
				return undefined, err
			}
			item.tainted = item.tainted || tainted
			if !started {
				sum, started = item, true
				continue
			}
			given[0], given[1], given[2], given[3] = sum, item, integer(i), this
			if sum, err = vm.call(fn, undefined, given); err != nil {
				return undefined, err
			}
		}
		if !started {
			return undefined, typeError("reduce of an empty array needs a second argument")
		}
		return sum.with(tainted), nil
	}
}

func arrayAt(vm *machine, this Value, args []Value) (Value, error) {
	o, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	f, err := toInteger(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	if f < 0 {
		f += float64(o.length())
	}
	if f < 0 || f >= float64(o.length()) {
		return undefined.with(tainted), nil
	}
	v, err := vm.item(o, int(f))
	return v.with(tainted), err
}

// searching is indexOf, lastIndexOf and includes: the last takes NaN as equal to
// itself, and finds holes.
func searching(includes, backwards bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		o, tainted, err := arrayThis(this)
		if err != nil {
			return undefined, err
		}
		n := o.length()
		from, err := position(vm, argument(args, 1), n, 0)
		if backwards {
			if from = n - 1; len(args) > 1 {
				var f float64
				if f, err = toInteger(vm, args[1]); f < 0 {
					f += float64(n)
				}
				from = int(max(-1, min(f, float64(n-1))))
			}
		}
		if err != nil {
			return undefined, err
		}
		wanted := argument(args, 0)
		vm.see(wanted)
		vm.seen = vm.seen || tainted
		for i := from; 0 <= i && i < n; {
			if err := vm.step(1); err != nil {
				return undefined, err
			}
			item, err := vm.item(o, i)
			if err != nil {
				return undefined, err
			}
			if vm.see(item); item.kind == kindString {
				if err := vm.look(len(item.text)); err != nil {
					return undefined, err
				}
			}
			equal := includes && sameValue(item, wanted, true) || !includes && !vm.isHole(o, i) && strictEqual(item, wanted)
			if equal && !(vm.preview && (item.tainted || wanted.tainted)) {
				if includes {
					return trueV, nil
				}
				return integer(i), nil
			}
			if i++; backwards {
				i -= 2
			}
		}
		if includes {
			return falseV, nil
		}
		return integer(-1), nil
	}
}

func arrayJoin(vm *machine, this Value, args []Value) (Value, error) {
	o, _, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	separator := ","
	if v := argument(args, 0); v.kind != kindUndefined {
		if separator, err = toText(vm, v); err != nil {
			return undefined, err
		}
	}
	s, err := joinItems(vm, o, separator)
	return text(s), err
}

// copyItems pushes the items from from to to of an array.
func (vm *machine) copyItems(o, source *Object, from, to int) error {
	for i := from; i < to; i++ {
		if vm.isHole(source, i) {
			if err := vm.push(o, Value{kind: kindHole}); err != nil {
				return err
			}
			continue
		}
		v, err := vm.item(source, i)
		if err != nil {
			return err
		}
		if err := vm.push(o, v); err != nil {
			return err
		}
	}
	return nil
}

func arraySlice(vm *machine, this Value, args []Value) (Value, error) {
	source, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	n := source.length()
	from, err := position(vm, argument(args, 0), n, 0)
	if err != nil {
		return undefined, err
	}
	to, err := position(vm, argument(args, 1), n, n)
	if err != nil {
		return undefined, err
	}
	o, err := vm.newArray(max(0, to-from))
	if err != nil {
		return undefined, err
	}
	o.tainted = tainted
	if err := vm.copyItems(o, source, from, to); err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}

func arrayConcat(vm *machine, this Value, args []Value) (Value, error) {
	if _, _, err := arrayThis(this); err != nil {
		return undefined, err
	}
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	for i := -1; i < len(args); i++ {
		v := this
		if i >= 0 {
			v = args[i]
		}
		if v.kind != kindArray {
			if err := vm.push(o, v); err != nil {
				return undefined, err
			}
			continue
		}
		o.tainted = o.tainted || isTaintedRow(v)
		if err := vm.copyItems(o, v.obj, 0, v.obj.length()); err != nil {
			return undefined, err
		}
	}
	return object(o), nil
}

// rowOf is keys, values and entries of an array.
func rowOf(keys, values bool) native {
	return func(vm *machine, this Value, _ []Value) (Value, error) {
		o, tainted, err := arrayThis(this)
		if err != nil {
			return undefined, err
		}
		i := 0
		it := &iterator{tainted: tainted}
		it.next = func() (Value, bool, error) {
			if i >= o.length() {
				return undefined.with(tainted), false, nil
			}
			if err := vm.step(1); err != nil {
				return undefined, false, err
			}
			v, err := vm.item(o, i)
			if i++; err != nil {
				return undefined, false, err
			}
			switch {
			case keys && values:
				v, err = vm.pair(integer(i-1), v)
			case keys:
				v = integer(i - 1)
			}
			return v.with(tainted), true, err
		}
		return vm.newIterator(it)
	}
}

// maxArray is the longest an array can be.
const maxArray = math.MaxUint32
