package js

import (
	"math"
	"slices"
)

// getMember is v.key (ECMA-262, 7.3.2). There are no prototypes: a name is an own
// property, one that the library lists for the kind of v, or undefined.
func getMember(vm *machine, v Value, key string) (Value, error) {
	if v.isObject() {
		found, ok, err := vm.ownMember(v.obj, key)
		if ok || err != nil {
			return found.with(v.tainted || v.obj.tainted), err
		}
		if get := getters[v.kind][key]; get != nil {
			found, err := get(vm, v.obj)
			return found.with(v.tainted || v.obj.tainted), err
		}
		// Whether a plain object has the name itself may depend on a secret.
		if f := methodOf(v.kind, key); f != nil {
			return function(f).with(v.tainted || v.obj.tainted && v.kind == kindObject), nil
		}
		return undefined.with(v.tainted || v.obj.tainted), nil
	}
	if v.isNullish() {
		return undefined, errNullish
	}
	if v.kind == kindString {
		if key == "length" {
			return integer(textLength(v.text)).with(v.tainted), vm.look(len(v.text))
		}
		if i, ok := arrayIndex(key); ok {
			return vm.charAt(v, i)
		}
	}
	if f := methodOf(v.kind, key); f != nil {
		return function(f).with(v.tainted), nil
	}
	return undefined.with(v.tainted), nil
}

// charAt is the code unit i of a string as a string, or undefined.
func (vm *machine) charAt(v Value, i int) (Value, error) {
	if err := vm.look(min(i, len(v.text))); err != nil {
		return undefined, err
	}
	r, ok := unitAt(v.text, i)
	if !ok {
		return undefined.with(v.tainted), nil
	}
	return text(codeText(r)).with(v.tainted), nil
}

// ownMember returns an own property of o, without its taints.
func (vm *machine) ownMember(o *Object, key string) (Value, bool, error) {
	if o.class == kindArray {
		if i, ok := arrayIndex(key); ok {
			if i >= o.length() {
				return undefined, false, nil
			}
			v, err := vm.item(o, i)
			return v, !vm.isHole(o, i), err
		}
		if key == "length" {
			return integer(o.length()), true, nil
		}
	} else if w := o.shown(); w != nil {
		return vm.viewField(w, key)
	}
	v, ok := o.own(key)
	return v, ok, nil
}

// hasOwn reports whether o has the property key itself.
func (vm *machine) hasOwn(o *Object, key string) (bool, error) {
	_, ok, err := vm.ownMember(o, key)
	return ok, err
}

// length returns the number of items of an array.
func (o *Object) length() int {
	if w := o.shown(); w != nil {
		return len(w.list)
	}
	return len(o.items)
}

// item returns item i of an array, which must have it, without the array's taint.
func (vm *machine) item(o *Object, i int) (Value, error) {
	if w := o.shown(); w != nil {
		if i >= len(w.list) {
			return undefined, nil
		}
		return vm.viewItem(w, i)
	}
	if i >= len(o.items) || o.items[i].kind == kindHole {
		return undefined, nil
	}
	return o.items[i], nil
}

// isHole reports whether an array was never given item i.
func (vm *machine) isHole(o *Object, i int) bool {
	return o.items != nil && (i >= len(o.items) || o.items[i].kind == kindHole)
}

// getIndex is v[key].
func getIndex(vm *machine, v, key Value) (Value, error) {
	vm.converts(key.tainted)
	if key.kind == kindNumber {
		if i := int(key.num); i >= 0 && float64(i) == key.num {
			switch {
			case v.kind == kindArray && i < v.obj.length():
				found, err := vm.item(v.obj, i)
				return found.with(v.tainted || v.obj.tainted || key.tainted), err
			case v.kind == kindString:
				found, err := vm.charAt(v, i)
				return found.with(key.tainted), err
			}
		}
	}
	if v.isNullish() {
		return undefined, errNullish
	}
	name, tainted, err := vm.keyOf(key)
	if err != nil {
		return undefined, err
	}
	found, err := getMember(vm, v, name)
	return found.with(tainted), err
}

// keyOf returns a computed key and its taint.
func (vm *machine) keyOf(key Value) (name string, tainted bool, err error) {
	vm.converts(key.tainted)
	if key.kind == kindString {
		return key.text, key.tainted, nil
	}
	seen := vm.seen
	vm.seen = false
	name, err = toKey(vm, key)
	tainted, vm.seen = vm.seen, seen
	return name, tainted, err
}

// setMember is v.key = x.
func setMember(vm *machine, v Value, key string, x Value) error {
	if v.isNullish() {
		return errNullish
	}
	if !v.isObject() {
		return errFixed
	}
	o := v.obj
	switch {
	case o.variable:
		return errFrozen
	case o.frozen:
		return errFrozenObject
	}
	vm.changes(v)
	if o.class == kindArray {
		if i, ok := arrayIndex(key); ok {
			return vm.setItem(o, i, x)
		}
		if key == "length" {
			return vm.setLength(o, x)
		}
	}
	if set := setters[o.class][key]; set != nil {
		return set(vm, o, x)
	}
	if getters[o.class][key] != nil {
		return errFixed
	}
	if o.sealed {
		if o.find(key) < 0 {
			return errFrozenObject
		}
	}
	return vm.put(o, key, x)
}

// setIndex is v[key] = x. A key that depends on a secret taints the object.
func setIndex(vm *machine, v, key, x Value) error {
	if v.kind == kindArray && key.kind == kindNumber && !v.obj.variable && !v.obj.frozen && !v.obj.sealed {
		if key.num >= 0 && key.num < maxArray && key.num == math.Trunc(key.num) {
			vm.changes(v)
			v.obj.tainted = v.obj.tainted || key.tainted
			return vm.setItem(v.obj, int(key.num), x)
		}
	}
	if v.isNullish() {
		return errNullish
	}
	name, tainted, err := vm.keyOf(key)
	if err != nil {
		return err
	}
	if err := setMember(vm, v, name, x); err != nil {
		return err
	}
	v.obj.tainted = v.obj.tainted || tainted
	return nil
}

// setItem sets item i of an array of our own making.
func (vm *machine) setItem(o *Object, i int, x Value) error {
	if i < len(o.items) {
		o.items[i] = x
		return nil
	}
	if o.sealed {
		return errFrozenObject
	}
	if err := vm.grow(o, i); err != nil {
		return err
	}
	return vm.push(o, x)
}

// grow fills an array with holes up to n items.
func (vm *machine) grow(o *Object, n int) error {
	more := n - len(o.items)
	if more <= 0 {
		return nil
	}
	if err := vm.charge(int64(more) * valueBytes); err != nil {
		return err
	}
	o.items = slices.Grow(o.items, more)
	for range more {
		o.items = append(o.items, Value{kind: kindHole})
	}
	return nil
}

// setLength is ArraySetLength (ECMA-262, 10.4.2.4).
func (vm *machine) setLength(o *Object, x Value) error {
	seen := vm.seen
	vm.seen = false
	f, err := toNumber(vm, x)
	o.tainted = o.tainted || vm.seen
	if vm.seen = seen; err != nil {
		return err
	}
	if f < 0 || f >= 1<<32 || f != math.Trunc(f) {
		return errLength
	}
	if n := int(f); n < len(o.items) {
		clear(o.items[n:])
		o.items = o.items[:n]
		return nil
	}
	return vm.grow(o, int(f))
}

// ownKeys returns the keys of an object's own properties in order (ECMA-262,
// 10.1.11.1). The slice must not be changed.
func (vm *machine) ownKeys(o *Object) ([]string, error) {
	w := o.shown()
	if w != nil && o.class != kindArray {
		return vm.viewKeys(w)
	}
	if o.hidden {
		return nil, nil
	}
	n := len(o.fields)
	if o.class == kindArray {
		n += o.length()
	}
	if err := vm.charge(int64(n) * 16); err != nil {
		return nil, err
	}
	keys := make([]string, 0, n)
	if o.class == kindArray {
		for i := range o.length() {
			if !vm.isHole(o, i) {
				keys = append(keys, numberText(float64(i)))
			}
		}
	}
	for i := range o.fields {
		keys = append(keys, o.fields[i].key)
	}
	if o.indexed {
		return ordered(vm, keys)
	}
	return keys, nil
}
