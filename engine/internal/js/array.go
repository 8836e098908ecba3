package js

// arrayThis returns the array that a method is called on, and whether its length
// or order depends on a secret.
func arrayThis(this Value) (o *Object, tainted bool, err error) {
	if this.kind != kindArray {
		return nil, false, errThis
	}
	return this.obj, this.tainted || this.obj.tainted, nil
}

// visit calls the first argument for each item (ECMA-262, 23.1.3). Holes are left
// out where skip is set; backwards begins at the end. Yield gets the item and what the
// function made of it, and says whether to go on; once seen is set, a secret decides
// about what is called next.
func (vm *machine) visit(this Value, args []Value, skip, backwards bool, yield func(i int, item, result *Value) (bool, error)) error {
	o, tainted, err := arrayThis(this)
	if err != nil {
		return err
	}
	fn, err := vm.callback(argument(args, 0), argument(args, 1))
	if err != nil {
		return err
	}
	defer fn.done()
	if tainted {
		vm.decide()
	}
	room := vm.reserve(4)
	given, result := room[:3], &room[3]
	given[2] = this
	direct := fn.direct()
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
		item := &given[0]
		if *item, err = vm.item(o, i); err != nil {
			return err
		}
		item.tainted = item.tainted || tainted
		if direct != nil {
			if !vm.budget.Spend(1, 0) {
				return vm.budget.Failure()
			}
			seen := vm.seen
			vm.seen = false
			fn.frame.slots[0] = *item
			*result = direct(fn.frame)
			vm.seen = seen
		} else {
			given[1] = integer(i)
			if *result, err = fn.call(given); err != nil {
				return err
			}
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
	return undefined, vm.visit(this, args, true, false, func(int, *Value, *Value) (bool, error) { return true, nil })
}

func arrayMap(vm *machine, this Value, args []Value) (Value, error) {
	source, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	n := source.length()
	o, err := vm.newArray(n)
	if err != nil {
		return undefined, err
	}
	o.tainted = tainted
	err = vm.visit(this, args, true, false, func(i int, _, result *Value) (bool, error) {
		if len(o.items) == i && i < cap(o.items) {
			o.items = append(o.items, *result)
			return true, nil
		}
		if err := vm.grow(o, i); err != nil {
			return false, err
		}
		return true, vm.push(o, *result)
	})
	if err != nil {
		return undefined, err
	}
	return object(o), vm.grow(o, n)
}

func arrayFilter(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.newArray(0)
	if err != nil {
		return undefined, err
	}
	err = vm.visit(this, args, true, false, func(_ int, item, result *Value) (bool, error) {
		if vm.see(*result); truthy(*result) {
			return true, vm.push(o, *item)
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
		err := vm.visit(this, args, false, backwards, func(i int, item, result *Value) (bool, error) {
			if vm.see(*result); !truthy(*result) {
				return true, nil
			}
			if found = *item; index {
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
		err := vm.visit(this, args, true, false, func(_ int, _, result *Value) (bool, error) {
			if vm.see(*result); truthy(*result) == until {
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
	err = vm.visit(this, args, true, false, func(_ int, _, result *Value) (bool, error) {
		if result.kind != kindArray {
			// With another secret it may be an array, whose items are put in.
			o.tainted = o.tainted || result.tainted
			return true, vm.push(o, *result)
		}
		return true, vm.flatten(o, *result, 0)
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
			o.tainted = o.tainted || item.tainted && depth >= 1
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
		fn, err := vm.callback(argument(args, 0), undefined)
		if err != nil {
			return undefined, err
		}
		defer fn.done()
		if tainted {
			vm.decide()
		}
		given := vm.reserve(4)
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
			if sum, err = fn.call(given); err != nil {
				return undefined, err
			}
		}
		if !started {
			return undefined, typeError("reduce of an empty array needs a second argument")
		}
		return sum.with(tainted), nil
	}
}
