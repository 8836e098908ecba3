package js

// each method of Set and Map (ECMA-262, 24.1.3 and 24.2.4), for both kinds.

// setMethods are Set.prototype.
var setMethods = append(tableMethods(kindSet),
	newFunc("add", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		return this, vm.setEntry(this, kindSet, argument(args, 0), undefined)
	}),
)

// mapMethods are Map.prototype.
var mapMethods = append(tableMethods(kindMap),
	newFunc("set", 2, func(vm *machine, this Value, args []Value) (Value, error) {
		return this, vm.setEntry(this, kindMap, argument(args, 0), argument(args, 1))
	}),
	newFunc("get", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		t, err := tableOf(this, kindMap)
		if err != nil {
			return undefined, err
		}
		key := argument(args, 0)
		tainted := key.tainted || isTaintedRow(this)
		i, ok, err := t.find(vm, key)
		if !ok || vm.preview && key.tainted {
			return undefined.with(tainted), err
		}
		return t.entries[i].value.with(tainted), err
	}),
)

// setEntry adds to a table. A key that depends on a secret taints the table: how
// many there are depends on it.
func (vm *machine) setEntry(this Value, class kind, key, value Value) error {
	t, err := tableOf(this, class)
	if err != nil {
		return err
	}
	if this.obj.frozen {
		return errFrozenObject
	}
	vm.changes(this)
	this.obj.tainted = this.obj.tainted || key.tainted
	return t.set(vm, key, value)
}

func tableMethods(class kind) []*Func {
	row := func(keys, values bool) native {
		return func(vm *machine, this Value, _ []Value) (Value, error) {
			if _, err := tableOf(this, class); err != nil {
				return undefined, err
			}
			return vm.newIterator(iterateTable(vm, this, keys, values))
		}
	}
	return []*Func{
		newFunc("clear", 0, func(vm *machine, this Value, _ []Value) (Value, error) {
			t, err := tableOf(this, class)
			if err == nil {
				vm.changes(this)
				t.clear()
			}
			return undefined, err
		}),
		newFunc("delete", 1, func(vm *machine, this Value, args []Value) (Value, error) {
			t, err := tableOf(this, class)
			if err != nil {
				return undefined, err
			}
			key := argument(args, 0)
			vm.changes(this)
			this.obj.tainted = this.obj.tainted || key.tainted
			was, err := t.remove(vm, key)
			return boolean(was).with(isTaintedRow(this)), err
		}),
		newFunc("entries", 0, row(true, true)),
		newFunc("forEach", 1, func(vm *machine, this Value, args []Value) (Value, error) {
			if _, err := tableOf(this, class); err != nil {
				return undefined, err
			}
			fn := argument(args, 0)
			if fn.kind != kindFunction {
				return undefined, errNotFunction
			}
			if isTaintedRow(this) {
				vm.decide()
			}
			it := iterateTable(vm, this, true, true)
			for {
				pair, ok, err := it.next()
				if err != nil || !ok {
					return undefined, err
				}
				items := pair.obj.items
				if _, err := vm.call(fn, argument(args, 1), []Value{items[1].with(pair.tainted), items[0].with(pair.tainted), this}); err != nil {
					return undefined, err
				}
			}
		}),
		newFunc("has", 1, func(vm *machine, this Value, args []Value) (Value, error) {
			t, err := tableOf(this, class)
			if err != nil {
				return undefined, err
			}
			key := argument(args, 0)
			_, ok, err := t.find(vm, key)
			tainted := key.tainted || isTaintedRow(this)
			return boolean(ok && !(vm.preview && tainted)).with(tainted), err
		}),
		newFunc("keys", 0, row(true, false)),
		newFunc("values", 0, row(false, true)),
	}
}

// tableGetters are size.
var tableGetters = map[string]getter{
	"size": func(_ *machine, o *Object) (Value, error) { return integer(o.data.(*table).live), nil },
}

// makeTable is new Set(items) and new Map(pairs).
func makeTable(class kind) native {
	return func(vm *machine, _ Value, args []Value) (Value, error) {
		o, err := vm.newTable(class)
		if err != nil {
			return undefined, err
		}
		v, source := object(o), argument(args, 0)
		vm.see(source)
		if source.isNullish() {
			return vm.fresh(o), nil
		}
		tainted := isTaintedRow(source)
		err = vm.each(source, func(item Value) error {
			if class == kindSet {
				return vm.setEntry(v, class, item, undefined)
			}
			if !item.isObject() {
				return typeError("a Map is made of pairs of a key and a value")
			}
			key, err := getIndex(vm, item, integer(0))
			if err != nil {
				return err
			}
			value, err := getIndex(vm, item, integer(1))
			if err != nil {
				return err
			}
			return vm.setEntry(v, class, key, value)
		})
		o.tainted = o.tainted || tainted
		return v, err
	}
}

// mapGroupBy is Map.groupBy (ECMA-262, 24.1.2.1).
var mapGroupBy = newFunc("groupBy", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
	o, err := vm.newTable(kindMap)
	if err != nil {
		return undefined, err
	}
	t := o.data.(*table)
	err = vm.grouped(args, func(key, item Value) error {
		vm.see(key)
		i, ok, err := t.find(vm, key)
		if err != nil {
			return err
		}
		if !ok {
			list, err := vm.newArray(0)
			if err != nil {
				return err
			}
			if err := t.set(vm, key, object(list)); err != nil {
				return err
			}
			i = len(t.entries) - 1
		}
		list := t.entries[i].value.obj
		list.tainted = list.tainted || vm.seen
		return vm.push(list, item)
	})
	if err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
})
