package js

import "slices"

// changed returns the array that a method is about to change in place.
func (vm *machine) changed(this Value) (*Object, error) {
	o, _, err := arrayThis(this)
	if err != nil {
		return nil, err
	}
	if o.sealed {
		return nil, errFrozenObject
	}
	vm.changes(this)
	return o, vm.thaw(o)
}

func arrayPush(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	for _, v := range args {
		if err := vm.push(o, v); err != nil {
			return undefined, err
		}
	}
	return integer(len(o.items)).with(o.tainted), nil
}

// taken is an item that leaves an array.
func taken(o *Object, v Value) Value {
	if v.kind == kindHole {
		v = undefined
	}
	return v.with(o.tainted)
}

func arrayPop(vm *machine, this Value, _ []Value) (Value, error) {
	o, err := vm.changed(this)
	n := 0
	if err == nil {
		n = len(o.items)
	}
	if n == 0 {
		return undefined.with(err == nil && o.tainted), err
	}
	v := o.items[n-1]
	o.items[n-1] = undefined
	o.items = o.items[:n-1]
	return taken(o, v), nil
}

func arrayShift(vm *machine, this Value, _ []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil || len(o.items) == 0 {
		return undefined.with(err == nil && o.tainted), err
	}
	v := o.items[0]
	o.items = slices.Delete(o.items, 0, 1)
	return taken(o, v), vm.look(len(o.items) * 8)
}

func arrayUnshift(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	if err := vm.charge(int64(len(args)+len(o.items)) * valueBytes); err != nil {
		return undefined, err
	}
	o.items = slices.Insert(o.items, 0, args...)
	return integer(len(o.items)).with(o.tainted), nil
}

// splice are the arguments of splice and toSpliced: what is left out, from where.
func (vm *machine) splice(n int, args []Value) (from, count int, err error) {
	if from, err = position(vm, argument(args, 0), n, 0); err != nil {
		return 0, 0, err
	}
	switch len(args) {
	case 0:
		return from, 0, nil
	case 1:
		return from, n - from, nil
	}
	count, err = clamped(vm, args[1], n-from, 0)
	return from, count, err
}

func arraySplice(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	from, count, err := vm.splice(len(o.items), args)
	if err != nil {
		return undefined, err
	}
	// What was converted may have changed the array.
	from = min(from, len(o.items))
	count = min(count, len(o.items)-from)
	var with []Value
	if len(args) > 2 {
		with = args[2:]
	}
	if err := vm.charge(int64(2*count+len(with)+len(o.items)) * valueBytes); err != nil {
		return undefined, err
	}
	removed := arrayOf(slices.Clone(o.items[from : from+count]))
	o.items = slices.Replace(o.items, from, from+count, with...)
	o.tainted = o.tainted || vm.seen
	removed.tainted = o.tainted
	return vm.fresh(removed), nil
}

func arrayReverse(vm *machine, this Value, _ []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	slices.Reverse(o.items)
	return this, vm.look(len(o.items) * 8)
}

func arrayFill(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	from, to, err := vm.section(args, 1, len(o.items), position)
	if err != nil {
		return undefined, err
	}
	o.tainted = o.tainted || vm.seen
	vm.seen = false
	if err := vm.step(int64(max(0, to-from))); err != nil {
		return undefined, err
	}
	// What was converted may have changed the array.
	for i := from; i < min(to, len(o.items)); i++ {
		o.items[i] = argument(args, 0)
	}
	return this, nil
}

func arrayCopyWithin(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.changed(this)
	if err != nil {
		return undefined, err
	}
	n := len(o.items)
	at, err := position(vm, argument(args, 0), n, 0)
	if err != nil {
		return undefined, err
	}
	from, to, err := vm.section(args, 1, n, position)
	if err != nil {
		return undefined, err
	}
	o.tainted = o.tainted || vm.seen
	vm.seen = false
	// What was converted may have changed the array.
	if n = len(o.items); from < min(to, n) && at < n {
		copy(o.items[at:], o.items[from:min(to, n)])
	}
	return this, vm.look(n * 8)
}

// whole returns a copy of an array without holes, for the methods of ES2023 that
// leave the array as it is.
func (vm *machine) whole(this Value) (*Object, error) {
	source, tainted, err := arrayThis(this)
	if err != nil {
		return nil, err
	}
	o, err := vm.newArray(source.length())
	if err != nil {
		return nil, err
	}
	o.tainted = tainted
	for i := range source.length() {
		v, err := vm.item(source, i)
		if err != nil {
			return nil, err
		}
		o.items = append(o.items, v)
	}
	return o, nil
}

func arrayWith(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.whole(this)
	if err != nil {
		return undefined, err
	}
	i, err := placeOf(vm, argument(args, 0), len(o.items))
	if err != nil {
		return undefined, err
	}
	if i < 0 {
		return undefined, rangeError("with takes an index of the array")
	}
	o.items[i] = argument(args, 1)
	return vm.fresh(o), nil
}

func arrayToReversed(vm *machine, this Value, _ []Value) (Value, error) {
	o, err := vm.whole(this)
	if err != nil {
		return undefined, err
	}
	slices.Reverse(o.items)
	return object(o), nil
}

func arrayToSpliced(vm *machine, this Value, args []Value) (Value, error) {
	o, err := vm.whole(this)
	if err != nil {
		return undefined, err
	}
	from, count, err := vm.splice(len(o.items), args)
	if err != nil {
		return undefined, err
	}
	var with []Value
	if len(args) > 2 {
		with = args[2:]
	}
	if err := vm.charge(int64(len(with)+len(o.items)) * valueBytes); err != nil {
		return undefined, err
	}
	o.items = slices.Replace(o.items, from, from+count, with...)
	return vm.fresh(o), nil
}
