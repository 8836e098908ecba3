package js

import "math"

// strictEqual is === (ECMA-262, 7.2.15).
func strictEqual(a, b Value) bool {
	if a.kind != b.kind {
		return false
	}
	switch a.kind {
	case kindNumber, kindBool:
		return a.num == b.num
	case kindString:
		return a.text == b.text
	case kindUndefined, kindNull, kindHole:
		return true
	}
	return a.obj == b.obj
}

// sameValue is SameValue, with zero the same as negative zero where zero is set:
// SameValueZero (ECMA-262, 7.2.10 and 7.2.11).
func sameValue(a, b Value, zero bool) bool {
	if a.kind == kindNumber && b.kind == kindNumber {
		return a.num != a.num && b.num != b.num || a.num == b.num && (zero || math.Signbit(a.num) == math.Signbit(b.num))
	}
	return strictEqual(a, b)
}

// strictEquality is === as a value. In a preview nothing equals what depends on a
// secret.
func strictEquality(vm *machine, a, b Value) (Value, error) {
	tainted := a.tainted || b.tainted
	if a.kind == kindString && b.kind == kindString {
		if err := vm.look(min(len(a.text), len(b.text))); err != nil {
			return undefined, err
		}
	}
	return boolean(strictEqual(a, b) && !(vm.preview && tainted)).with(tainted), nil
}

// looseEqual is == (ECMA-262, 7.2.14).
func looseEqual(vm *machine, a, b Value) (Value, error) {
	vm.converts(a.tainted || b.tainted)
	if a.kind == b.kind {
		return strictEquality(vm, a, b)
	}
	seen := vm.seen
	vm.seen = a.tainted || b.tainted
	equal, err := equalAny(vm, a, b)
	tainted := vm.seen
	vm.seen = seen
	if err != nil {
		_, err = absorb(err)
	}
	return boolean(equal && !(vm.preview && tainted)).with(tainted), err
}

func equalAny(vm *machine, a, b Value) (bool, error) {
	switch {
	case a.isNullish() || b.isNullish():
		return a.isNullish() && b.isNullish(), nil
	case a.kind == b.kind:
		return strictEqual(a, b), nil
	case a.isObject() && b.isObject():
		return false, nil
	}
	a, err := toOperand(vm, a)
	if err != nil {
		return false, err
	}
	if b, err = toOperand(vm, b); err != nil {
		return false, err
	}
	if a.kind == b.kind {
		return strictEqual(a, b), nil
	}
	if a.isNullish() || b.isNullish() {
		return a.isNullish() && b.isNullish(), nil
	}
	x, err := toNumber(vm, a)
	if err != nil {
		return false, err
	}
	y, err := toNumber(vm, b)
	return x == y, err
}

// relation is an operator that orders two values.
type relation uint8

const (
	relLess relation = iota
	relLessEqual
	relGreater
	relGreaterEqual
)

func (r relation) of(order int) bool {
	switch r {
	case relLess:
		return order < 0
	case relLessEqual:
		return order <= 0
	case relGreater:
		return order > 0
	}
	return order >= 0
}

// compare is < <= > >= (ECMA-262, 13.10.1). In a preview it is false where either
// side depends on a secret.
func compare(vm *machine, rel relation, a, b Value) (Value, error) {
	vm.converts(a.tainted || b.tainted)
	if a.kind == kindNumber && b.kind == kindNumber {
		tainted := a.tainted || b.tainted
		return boolean(compareNumbers(rel, a.num, b.num) && !(vm.preview && tainted)).with(tainted), nil
	}
	seen := vm.seen
	vm.seen = a.tainted || b.tainted
	result, err := compareAny(vm, rel, a, b)
	tainted := vm.seen
	vm.seen = seen
	if err != nil {
		_, err = absorb(err)
	}
	return boolean(result && !(vm.preview && tainted)).with(tainted), err
}

func compareNumbers(rel relation, x, y float64) bool {
	switch rel {
	case relLess:
		return x < y
	case relLessEqual:
		return x <= y
	case relGreater:
		return x > y
	}
	return x >= y
}

func compareAny(vm *machine, rel relation, a, b Value) (bool, error) {
	a, err := toPrimitive(vm, a, false)
	if err != nil {
		return false, err
	}
	if b, err = toPrimitive(vm, b, false); err != nil {
		return false, err
	}
	if a.kind == kindString && b.kind == kindString {
		vm.see(a)
		vm.see(b)
		return rel.of(compareText(a.text, b.text)), vm.look(min(len(a.text), len(b.text)))
	}
	x, err := toNumber(vm, a)
	if err != nil {
		return false, err
	}
	y, err := toNumber(vm, b)
	return compareNumbers(rel, x, y), err
}

// instanceOf is v instanceof fn: whether v was made by that constructor of the
// library. There are no others.
func instanceOf(v, fn Value) (Value, error) {
	if fn.kind != kindFunction {
		return undefined, typeError("the right side of instanceof is no constructor")
	}
	f := fn.fn()
	is := f.makes != kindUndefined && v.isObject() && (v.kind == f.makes || f.makes == kindObject)
	return boolean(is).with(v.tainted || fn.tainted), nil
}
