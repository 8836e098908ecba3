package js

func arrayAt(vm *machine, this Value, args []Value) (Value, error) {
	o, tainted, err := arrayThis(this)
	if err != nil {
		return undefined, err
	}
	i, err := placeOf(vm, argument(args, 0), o.length())
	if err != nil || i < 0 {
		return undefined.with(tainted), err
	}
	v, err := vm.item(o, i)
	return v.with(tainted), err
}

// placeOf is the index of one of n elements that v names, counted from the end where
// it is negative; -1 if it names none.
func placeOf(vm *machine, v Value, n int) (int, error) {
	f, err := toInteger(vm, v)
	if f < 0 {
		f += float64(n)
	}
	if err != nil || f < 0 || f >= float64(n) {
		return -1, err
	}
	return int(f), nil
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
		if vm.seen = vm.seen || tainted; n == 0 {
			return searchResult(includes, -1), nil
		}
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
				return searchResult(includes, i), nil
			}
			if i++; backwards {
				i -= 2
			}
		}
		return searchResult(includes, -1), nil
	}
}

// searchResult is the index where something was found, or whether it was.
func searchResult(includes bool, i int) Value {
	if includes {
		return boolean(i >= 0)
	}
	return integer(i)
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
	from, to, err := vm.section(args, 0, source.length(), position)
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
			// With another secret it may be an array, whose items are put in.
			o.tainted = o.tainted || v.tainted
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
