package js

// iterator yields values one by one (ECMA-262, 7.4).
type iterator struct {
	// next returns the next value; ok is false at the end.
	next func() (v Value, ok bool, err error)
	// tainted says that how many there are, or their order, depends on a secret.
	tainted bool
}

// iterate returns the values of an array, a string, a Set, a Map, the parameters
// of a URL or an iterator of the library. Each has the taint of the whole.
func iterate(vm *machine, v Value) (*iterator, error) {
	switch v.kind {
	case kindString:
		return iterateText(vm, v), nil
	case kindArray:
		return iterateItems(vm, v), nil
	case kindSet, kindMap:
		return iterateTable(vm, v, v.kind == kindMap, true), nil
	case kindParams:
		return iterateParams(vm, v, true, true), nil
	case kindIterator:
		it := v.obj.data.(*iterator)
		if v.tainted {
			return &iterator{func() (Value, bool, error) {
				x, ok, err := it.next()
				return x.with(true), ok, err
			}, true}, nil
		}
		return it, nil
	}
	return nil, errNotIterable
}

func iterateText(vm *machine, v Value) *iterator {
	left := v.text
	return &iterator{func() (Value, bool, error) {
		if left == "" {
			return undefined.with(v.tainted), false, nil
		}
		r, size := decode(left)
		s := left[:size]
		if left = left[size:]; size == 1 && r < 0x80 {
			s = singles[r]
		}
		return text(s).with(v.tainted), true, vm.step(1)
	}, v.tainted}
}

func iterateItems(vm *machine, v Value) *iterator {
	o, i := v.obj, 0
	return &iterator{func() (Value, bool, error) {
		tainted := v.tainted || o.tainted
		if i >= o.length() {
			return undefined.with(tainted), false, nil
		}
		if err := vm.step(1); err != nil {
			return undefined, false, err
		}
		x, err := vm.item(o, i)
		i++
		return x.with(tainted), true, err
	}, v.tainted || o.tainted}
}

// each calls yield with each value of v.
func (vm *machine) each(v Value, yield func(Value) error) error {
	if v.kind == kindArray {
		// The most frequent kind needs no iterator.
		for i := 0; i < v.obj.length(); i++ {
			if err := vm.step(1); err != nil {
				return err
			}
			x, err := vm.item(v.obj, i)
			if err != nil {
				return err
			}
			if err := yield(x.with(v.tainted || v.obj.tainted)); err != nil {
				return err
			}
		}
		return nil
	}
	it, err := iterate(vm, v)
	if err != nil {
		return err
	}
	for {
		x, ok, err := it.next()
		if err != nil || !ok {
			return err
		}
		if err := yield(x); err != nil {
			return err
		}
	}
}

// isTaintedRow reports whether how many values v yields, or their order, depends
// on a secret.
func isTaintedRow(v Value) bool {
	if v.kind == kindIterator {
		return v.tainted || v.obj.tainted || v.obj.data.(*iterator).tainted
	}
	return v.tainted || v.isObject() && v.obj.tainted
}

// newIterator returns an iterator as a value: keys(), entries(), matchAll().
func (vm *machine) newIterator(it *iterator) (Value, error) {
	if err := vm.charge(objectBytes + 64); err != nil {
		return undefined, err
	}
	return object(&Object{class: kindIterator, data: it}), nil
}

var iteratorMethods = []*Func{
	newFunc("next", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
		if this.kind != kindIterator {
			return undefined, errThis
		}
		vm.changes(this)
		it := this.obj.data.(*iterator)
		v, ok, err := it.next()
		if err != nil {
			return undefined, err
		}
		o, err := vm.newObject(2)
		if err != nil {
			return undefined, err
		}
		o.fields = append(o.fields, field{"value", v}, field{"done", boolean(!ok).with(it.tainted)})
		return object(o), nil
	}),
}
