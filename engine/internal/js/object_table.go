package js

// objectFunctions are what Object has itself (ECMA-262, 20.1.2), but for what is
// about prototypes and attributes of properties.
var objectFunctions = []*Func{
	newFunc("assign", 2, objectAssign),
	newFunc("entries", 1, listing(true, true)),
	newFunc("freeze", 1, restricting(func(o *Object) { o.frozen, o.sealed = true, true })),
	newFunc("fromEntries", 1, objectFromEntries),
	newFunc("getOwnPropertyNames", 1, func(vm *machine, this Value, args []Value) (Value, error) {
		return propertyNames(vm, argument(args, 0))
	}),
	newFunc("groupBy", 2, objectGroupBy),
	newFunc("hasOwn", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		if argument(args, 0).isNullish() {
			return undefined, errNullish
		}
		return hasOwnProperty(vm, argument(args, 0), args[1:])
	}),
	newFunc("is", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		a, b := argument(args, 0), argument(args, 1)
		tainted := a.tainted || b.tainted
		return boolean(sameValue(a, b, false) && !(vm.preview && tainted)).with(tainted), nil
	}),
	newFunc("isExtensible", 1, asking(func(o *Object) bool { return !o.sealed && !o.frozen && !o.variable }, false)),
	newFunc("isFrozen", 1, asking(func(o *Object) bool { return o.frozen || o.variable || o.sealed && o.isEmpty() }, true)),
	newFunc("isSealed", 1, asking(func(o *Object) bool { return o.sealed || o.frozen || o.variable }, true)),
	newFunc("keys", 1, listing(true, false)),
	newFunc("preventExtensions", 1, restricting(func(o *Object) { o.sealed = true })),
	newFunc("seal", 1, restricting(func(o *Object) { o.sealed = true })),
	newFunc("values", 1, listing(false, true)),
}

// objectMethods are Object.prototype (ECMA-262, 20.1.3).
var objectMethods = []*Func{
	newFunc("hasOwnProperty", 1, hasOwnProperty),
	newFunc("propertyIsEnumerable", 1, hasOwnProperty),
	newFunc("toLocaleString", 0, valueText),
	newFunc("toString", 0, valueText),
	newFunc("valueOf", 0, func(_ *machine, this Value, _ []Value) (Value, error) { return this, nil }),
}

func (o *Object) isEmpty() bool {
	return len(o.fields) == 0 && o.class != kindArray || o.class == kindArray && o.length() == 0
}

// valueText is toString of a kind that has its text in [objectText].
func valueText(vm *machine, this Value, _ []Value) (Value, error) {
	if !this.isObject() {
		return undefined, errThis
	}
	vm.seen = vm.seen || this.tainted || this.obj.tainted
	s, err := objectText(vm, this)
	return text(s), err
}

// makeObject is Object(v) (ECMA-262, 20.1.1.1); there are no wrapper objects.
func makeObject(vm *machine, _ Value, args []Value) (Value, error) {
	v := argument(args, 0)
	if v.isObject() {
		return v, nil
	}
	if !v.isNullish() {
		return undefined, typeError("there are no objects around texts, numbers and booleans")
	}
	o, err := vm.newObject(0)
	if err != nil {
		return undefined, err
	}
	return vm.fresh(o), nil
}

// eachOwn calls yield with the own properties of any value in order. Of a text
// they are its code units.
func (vm *machine) eachOwn(v Value, yield func(key string, x Value) error) error {
	switch {
	case v.kind == kindString:
		if err := vm.look(len(v.text)); err != nil {
			return err
		}
		for i := range textLength(v.text) {
			x, err := vm.charAt(v, i)
			if err != nil {
				return err
			}
			if err := yield(numberText(float64(i)), x); err != nil {
				return err
			}
		}
		return nil
	case !v.isObject():
		return nil
	}
	tainted := isTaintedRow(v)
	keys, err := vm.ownKeys(v.obj)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := vm.step(1); err != nil {
			return err
		}
		x, ok, err := vm.ownMember(v.obj, key)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := yield(key, x.with(tainted)); err != nil {
			return err
		}
	}
	return nil
}

// listing is Object.keys, values and entries.
func listing(keys, values bool) native {
	return func(vm *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		if v.isNullish() {
			return undefined, errNullish
		}
		o, err := vm.newArray(0)
		if err != nil {
			return undefined, err
		}
		tainted := isTaintedRow(v)
		o.tainted = tainted
		err = vm.eachOwn(v, func(key string, x Value) error {
			item := x
			switch name := text(key).with(tainted); {
			case keys && values:
				var err error
				if item, err = vm.pair(name, x); err != nil {
					return err
				}
			case keys:
				item = name
			}
			return vm.push(o, item)
		})
		if err != nil {
			return undefined, err
		}
		return object(o), nil
	}
}

// propertyNames is Object.getOwnPropertyNames.
func propertyNames(vm *machine, v Value) (Value, error) {
	list, err := listing(true, false)(vm, undefined, []Value{v})
	if err == nil && (v.kind == kindArray || v.kind == kindString || v.kind == kindFunction) {
		err = vm.push(list.obj, text("length"))
	}
	if err == nil && v.kind == kindFunction {
		err = vm.push(list.obj, text("name"))
	}
	return list, err
}

func objectAssign(vm *machine, _ Value, args []Value) (Value, error) {
	target := argument(args, 0)
	if !target.isObject() {
		return undefined, typeError("Object.assign changes an object, which comes first")
	}
	for _, source := range args[1:] {
		if isTaintedRow(source) && !target.obj.variable && !target.obj.frozen {
			target.obj.tainted = true
		}
		err := vm.eachOwn(source, func(key string, x Value) error { return setMember(vm, target, key, x) })
		if err != nil {
			return undefined, err
		}
	}
	return target, nil
}

// restricting is freeze, seal and preventExtensions. A variable cannot be changed
// anyway.
func restricting(restrict func(*Object)) native {
	return func(vm *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		if v.isObject() && !v.obj.frozen && !v.obj.variable {
			vm.changes(v)
			restrict(v.obj)
		}
		return v, nil
	}
}

func asking(ask func(*Object) bool, primitive bool) native {
	return func(vm *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		if vm.see(v); !v.isObject() {
			return boolean(primitive), nil
		}
		vm.seen = vm.seen || v.obj.tainted
		return boolean(ask(v.obj)), nil
	}
}

func objectFromEntries(vm *machine, _ Value, args []Value) (Value, error) {
	source := argument(args, 0)
	o, err := vm.newObject(0)
	if err != nil {
		return undefined, err
	}
	err = vm.each(source, func(entry Value) error {
		if !entry.isObject() {
			return typeError("Object.fromEntries takes pairs of a name and a value")
		}
		name, err := getIndex(vm, entry, integer(0))
		if err != nil {
			return err
		}
		key, err := toKey(vm, name)
		if err != nil {
			return err
		}
		v, err := getIndex(vm, entry, integer(1))
		if err != nil {
			return err
		}
		return vm.put(o, key, v)
	})
	if err != nil {
		return undefined, err
	}
	o.tainted = isTaintedRow(source)
	return vm.fresh(o), nil
}

// grouped collects the items of an iterable under what a function says of them.
func (vm *machine) grouped(args []Value, add func(key, item Value) error) error {
	source, fn := argument(args, 0), argument(args, 1)
	if source.isNullish() {
		return errNullish
	}
	if fn.kind != kindFunction {
		return errNotFunction
	}
	vm.seen = vm.seen || isTaintedRow(source) || fn.tainted
	if vm.seen {
		vm.decide()
	}
	i := 0
	return vm.each(source, func(item Value) error {
		key, err := vm.call(fn, undefined, []Value{item, integer(i)})
		if err != nil {
			return err
		}
		i++
		return add(key, item)
	})
}

func objectGroupBy(vm *machine, _ Value, args []Value) (Value, error) {
	o, err := vm.newObject(0)
	if err != nil {
		return undefined, err
	}
	err = vm.grouped(args, func(key, item Value) error {
		name, err := toKey(vm, key)
		if err != nil {
			return err
		}
		group, ok := o.own(name)
		if !ok {
			list, err := vm.newArray(0)
			if err != nil {
				return err
			}
			group = object(list)
			if err := vm.put(o, name, group); err != nil {
				return err
			}
		}
		return vm.push(group.obj, item)
	})
	if err != nil {
		return undefined, err
	}
	if vm.seen {
		// How many there are of each name is the secret's, too.
		for _, f := range o.fields {
			f.value.obj.tainted = true
		}
	}
	return vm.fresh(o), nil
}

// hasOwnProperty is Object.prototype.hasOwnProperty and Object.hasOwn.
func hasOwnProperty(vm *machine, this Value, args []Value) (Value, error) {
	key, err := toKey(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	vm.see(this)
	if this.kind == kindString {
		i, ok := arrayIndex(key)
		return boolean(key == "length" || ok && i < textLength(this.text)), vm.look(len(this.text))
	}
	if !this.isObject() {
		return falseV, nil
	}
	vm.seen = vm.seen || this.obj.tainted
	ok, err := vm.hasOwn(this.obj, key)
	return boolean(ok), err
}
