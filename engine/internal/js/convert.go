package js

import (
	"math"
	"slices"
	"strings"
)

// isPlaceholder reports whether v is what a preview has in place of a secret, or
// was made of one.
func (vm *machine) isPlaceholder(v Value) bool {
	return vm.preview && v.tainted && v.kind == kindString && strings.Contains(v.text, "[secrets.")
}

// toNumber is ToNumber (ECMA-262, 7.1.4). It notes the taint of v.
func toNumber(vm *machine, v Value) (float64, error) {
	vm.see(v)
	switch v.kind {
	case kindNumber, kindBool:
		return v.num, nil
	case kindNull:
		return 0, nil
	case kindUndefined, kindHole:
		return math.NaN(), nil
	case kindString:
		if vm.isPlaceholder(v) {
			return 0, &placeholderNumber{v}
		}
		return parseNumber(v.text), vm.look(len(v.text))
	}
	p, err := toPrimitive(vm, v, false)
	if err != nil {
		return 0, err
	}
	return toNumber(vm, p)
}

// toInteger is ToIntegerOrInfinity (ECMA-262, 7.1.5).
func toInteger(vm *machine, v Value) (float64, error) {
	f, err := toNumber(vm, v)
	if f != f {
		return 0, err
	}
	// Adding 0 makes a zero of a negative one.
	return math.Trunc(f) + 0, err
}

// toText is ToString (ECMA-262, 7.1.17). It notes the taint of v and of whatever
// the text is made of.
func toText(vm *machine, v Value) (string, error) {
	vm.see(v)
	switch v.kind {
	case kindString:
		return v.text, nil
	case kindNumber:
		if v.text != "" {
			return v.text, nil
		}
		return numberText(v.num), vm.charge(24)
	case kindBool:
		if v.num != 0 {
			return "true", nil
		}
		return "false", nil
	case kindNull:
		return "null", nil
	case kindUndefined, kindHole:
		return "undefined", nil
	}
	p, err := toPrimitive(vm, v, true)
	if err != nil {
		return "", err
	}
	return toText(vm, p)
}

// appendText appends the text of v to what belongs to the caller. It charges what
// it appends, and notes the taint.
func appendText(vm *machine, dst []byte, v Value) ([]byte, error) {
	if v.kind == kindNumber && v.text == "" {
		vm.see(v)
		return appendNumber(dst, v.num), vm.charge(24)
	}
	s, err := toText(vm, v)
	if err != nil {
		return dst, err
	}
	if err := vm.charge(int64(len(s))); err != nil {
		return dst, err
	}
	return appendJoined(dst, s), nil
}

// toKey is ToPropertyKey (ECMA-262, 7.1.19).
func toKey(vm *machine, v Value) (string, error) { return toText(vm, v) }

// toPrimitive is ToPrimitive of an object (ECMA-262, 7.1.1): its own valueOf and
// toString where they are functions, else those of its kind.
func toPrimitive(vm *machine, v Value, asText bool) (Value, error) {
	if !v.isObject() {
		return v, nil
	}
	// An object whose keys a secret chose may have these two by its choice.
	vm.see(Value{tainted: isTaintedRow(v)})
	order := [2]string{"valueOf", "toString"}
	if asText {
		order = [2]string{"toString", "valueOf"}
	}
	for _, name := range order {
		own, ok := v.obj.own(name)
		if !ok {
			if name == "toString" {
				s, err := objectText(vm, v)
				return text(s), err
			}
			if v.kind == kindDate && name == "valueOf" {
				return number(dateOf(v.obj)), nil
			}
			continue
		}
		if vm.see(own); own.kind != kindFunction {
			continue
		}
		result, err := vm.call(own, v, nil)
		if err != nil {
			return undefined, err
		}
		if vm.see(result); !result.isObject() {
			return result, nil
		}
	}
	return undefined, errPrimitive
}

// toOperand is ToPrimitive without a hint, as + and == do it: a date is a text.
func toOperand(vm *machine, v Value) (Value, error) {
	return toPrimitive(vm, v, v.kind == kindDate)
}

// objectText is what toString of an object's kind returns.
func objectText(vm *machine, v Value) (string, error) {
	o := v.obj
	switch v.kind {
	case kindArray:
		return joinItems(vm, o, ",")
	case kindFunction:
		f := v.fn()
		if f.source != "" {
			return f.source, nil
		}
		return "function " + f.Name + "() { [native code] }", vm.charge(64)
	case kindRegExp:
		return regExpText(vm, o)
	case kindDate:
		return dateText(vm, o)
	case kindError:
		return errorText(vm, o)
	case kindURL:
		return urlText(vm, o)
	case kindParams:
		return paramsText(vm, o)
	case kindSet:
		return "[object Set]", nil
	case kindMap:
		return "[object Map]", nil
	case kindNumberFormat:
		return "[object Intl.NumberFormat]", nil
	case kindDateFormat:
		return "[object Intl.DateTimeFormat]", nil
	case kindIterator:
		return "[object Iterator]", nil
	}
	return "[object Object]", nil
}

// joinItems is Array.prototype.join (ECMA-262, 23.1.3.18). An array inside itself
// is empty there.
func joinItems(vm *machine, o *Object, separator string) (string, error) {
	vm.seen = vm.seen || o.tainted
	if slices.Contains(vm.joining, o) {
		return "", nil
	}
	if len(vm.joining) >= maxDepth {
		return "", errDepth
	}
	vm.joining = append(vm.joining, o)
	s, err := vm.joinAll(o, separator)
	vm.joining = vm.joining[:len(vm.joining)-1]
	return s, err
}

func (vm *machine) joinAll(o *Object, separator string) (string, error) {
	n := o.length()
	b, from, err := vm.joinTexts(o, separator)
	if err != nil {
		return "", err
	}
	if from == n {
		return vm.written(b), nil
	}
	// What follows may put texts together itself.
	vm.scribbled = max(vm.scribbled, len(b))
	b = slices.Clone(b)
	for i := from; i < n; i++ {
		if err := vm.step(1); err != nil {
			return "", err
		}
		if i > 0 && separator != "" {
			if err := vm.charge(int64(len(separator))); err != nil {
				return "", err
			}
			b = appendJoined(b, separator)
		}
		v, err := vm.item(o, i)
		if err != nil {
			return "", err
		}
		if v.isNullish() {
			vm.see(v)
			continue
		}
		if b, err = appendText(vm, b, v); err != nil {
			return "", err
		}
	}
	return string(b), vm.charge(int64(len(b)))
}

// joinTexts joins the first items of an array, as long as they are texts, in the buffer
// of the machine, and returns how many they are.
func (vm *machine) joinTexts(o *Object, separator string) ([]byte, int, error) {
	n := o.length()
	b := vm.buffer(0)
	for i := range n {
		v, err := vm.item(o, i)
		if err != nil || v.kind != kindString {
			return b, i, err
		}
		// Both the buffer and the text are charged.
		size := int64(len(v.text))
		if i > 0 {
			size += int64(len(separator))
		}
		if !vm.budget.Spend(1+size/bytesPerStep, 2*size) {
			return b, i, vm.budget.Failure()
		}
		if vm.see(v); i > 0 {
			b = appendJoined(b, separator)
		}
		b = appendJoined(b, v.text)
	}
	return b, n, nil
}
