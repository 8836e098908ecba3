package js

import (
	"math"
	"strings"
	"unicode/utf8"
)

// thisText is what a method of strings is called on (ECMA-262, 22.1.3).
func thisText(vm *machine, this Value) (string, error) {
	if this.kind == kindString {
		vm.see(this)
		return this.text, vm.look(len(this.text))
	}
	if this.isNullish() {
		return "", errThis
	}
	s, err := toText(vm, this)
	if err != nil {
		return "", err
	}
	return s, vm.look(len(s))
}

// texts returns what the method is called on and its first argument as texts.
func texts(vm *machine, this Value, args []Value) (s, t string, err error) {
	if s, err = thisText(vm, this); err != nil {
		return "", "", err
	}
	t, err = toText(vm, argument(args, 0))
	return s, t, err
}

// position is an index that counts from the end where it is negative, within 0
// and n. An undefined one is fallback.
func position(vm *machine, v Value, n, fallback int) (int, error) {
	if v.kind == kindUndefined {
		vm.see(v)
		return fallback, nil
	}
	f, err := toInteger(vm, v)
	if f < 0 {
		return int(max(f+float64(n), 0)), err
	}
	return int(min(f, float64(n))), err
}

// section is two arguments from the one at i on, which say where a part of n
// elements begins and ends: both [position] or both [clamped]. Without them it is all.
func (vm *machine) section(args []Value, i, n int, index func(vm *machine, v Value, n, fallback int) (int, error)) (from, to int, err error) {
	if from, err = index(vm, argument(args, i), n, 0); err != nil {
		return 0, 0, err
	}
	to, err = index(vm, argument(args, i+1), n, n)
	return from, to, err
}

// clamped is an index within 0 and n. An undefined one is fallback.
func clamped(vm *machine, v Value, n, fallback int) (int, error) {
	if v.kind == kindUndefined {
		vm.see(v)
		return fallback, nil
	}
	f, err := toInteger(vm, v)
	return int(max(0, min(f, float64(n)))), err
}

func stringSlice(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	from, to, err := vm.section(args, 0, textLength(s), position)
	return text(sliceText(s, from, to)), err
}

func stringSubstring(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	from, to, err := vm.section(args, 0, textLength(s), clamped)
	return text(sliceText(s, min(from, to), max(from, to))), err
}

func stringSubstr(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	n := textLength(s)
	from, err := position(vm, argument(args, 0), n, 0)
	if err != nil {
		return undefined, err
	}
	count, err := clamped(vm, argument(args, 1), n-from, n-from)
	return text(sliceText(s, from, from+count)), err
}

// unitOf returns the code unit that the first argument is the index of; from the
// end where it is negative and fromEnd is set.
func unitOf(vm *machine, this Value, args []Value, fromEnd bool) (r rune, ok bool, s string, i int, err error) {
	if s, err = thisText(vm, this); err != nil {
		return 0, false, "", 0, err
	}
	f, err := toInteger(vm, argument(args, 0))
	if err != nil {
		return 0, false, "", 0, err
	}
	if fromEnd && f < 0 {
		f += float64(textLength(s))
	}
	if f < 0 || f > float64(len(s)) {
		return 0, false, s, 0, nil
	}
	r, ok = unitAt(s, int(f))
	return r, ok, s, int(f), nil
}

func stringAt(vm *machine, this Value, args []Value) (Value, error) {
	r, ok, _, _, err := unitOf(vm, this, args, true)
	if !ok || err != nil {
		return undefined, err
	}
	return text(codeText(r)), nil
}

func stringCharAt(vm *machine, this Value, args []Value) (Value, error) {
	r, ok, _, _, err := unitOf(vm, this, args, false)
	if !ok || err != nil {
		return text(""), err
	}
	return text(codeText(r)), nil
}

func stringCharCodeAt(vm *machine, this Value, args []Value) (Value, error) {
	r, ok, _, _, err := unitOf(vm, this, args, false)
	if !ok || err != nil {
		return number(nan), err
	}
	return integer(int(r)), nil
}

func stringCodePointAt(vm *machine, this Value, args []Value) (Value, error) {
	r, ok, s, i, err := unitOf(vm, this, args, false)
	if !ok || err != nil {
		return undefined, err
	}
	if at, half := offset(s, i); isHigh(r) && !half {
		r, _ = decode(s[at:])
	}
	return integer(int(r)), nil
}

func stringConcat(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	for _, arg := range args {
		t, err := toText(vm, arg)
		if err != nil {
			return undefined, err
		}
		if err := vm.charge(int64(len(s) + len(t))); err != nil {
			return undefined, err
		}
		s = joinText(s, t)
	}
	return text(s), nil
}

func stringIndexOf(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := texts(vm, this, args)
	if err != nil {
		return undefined, err
	}
	from, err := clamped(vm, argument(args, 1), textLength(s), 0)
	return integer(indexText(s, t, from)), err
}

func stringLastIndexOf(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := texts(vm, this, args)
	if err != nil {
		return undefined, err
	}
	n := textLength(s)
	f, err := toNumber(vm, argument(args, 1))
	if f != f {
		f = math.Inf(1)
	}
	return integer(lastIndexText(s, t, int(max(0, min(f, float64(n)))))), err
}

// searched is texts for the methods that refuse a regular expression.
func searched(vm *machine, this Value, args []Value) (s, t string, err error) {
	if argument(args, 0).kind == kindRegExp {
		return "", "", typeError("the method takes a text, no regular expression")
	}
	return texts(vm, this, args)
}

func stringIncludes(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := searched(vm, this, args)
	if err != nil {
		return undefined, err
	}
	from, err := clamped(vm, argument(args, 1), textLength(s), 0)
	return boolean(indexText(s, t, from) >= 0), err
}

func stringStartsWith(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := searched(vm, this, args)
	if err != nil {
		return undefined, err
	}
	n := textLength(s)
	from, err := clamped(vm, argument(args, 1), n, 0)
	if from == 0 && !breaks(t) {
		return boolean(strings.HasPrefix(s, t)), err
	}
	end := min(n, from+textLength(t))
	return boolean(sliceText(s, from, end) == t), err
}

func stringEndsWith(vm *machine, this Value, args []Value) (Value, error) {
	s, t, err := searched(vm, this, args)
	if err != nil {
		return undefined, err
	}
	n := textLength(s)
	end, err := clamped(vm, argument(args, 1), n, n)
	from := end - textLength(t)
	return boolean(from >= 0 && sliceText(s, from, end) == t), err
}

func stringRepeat(vm *machine, this Value, args []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil {
		return undefined, err
	}
	f, err := toInteger(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	if f < 0 || math.IsInf(f, 0) {
		return undefined, rangeError("repeat takes a number that is not negative and not infinite")
	}
	if s == "" || f == 0 {
		return text(""), nil
	}
	if err := vm.chargeTimes(len(s), f); err != nil {
		return undefined, err
	}
	if splits(s, s) {
		var b []byte
		for range int(f) {
			b = appendJoined(b, s)
		}
		return text(string(b)), nil
	}
	return text(strings.Repeat(s, int(f))), nil
}

// chargeTimes charges n bytes f times, where f may be beyond all integers.
func (vm *machine) chargeTimes(n int, f float64) error {
	return vm.charge(int64(min(float64(n)*f, 1<<62)))
}

func padding(atStart bool) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		s, err := thisText(vm, this)
		if err != nil {
			return undefined, err
		}
		f, err := toInteger(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		fill := " "
		if v := argument(args, 1); v.kind != kindUndefined {
			if fill, err = toText(vm, v); err != nil {
				return undefined, err
			}
		}
		n := textLength(s)
		if fill == "" || f <= float64(n) {
			return text(s), nil
		}
		if err := vm.chargeTimes(3, f); err != nil {
			return undefined, err
		}
		more, width := int(f)-n, textLength(fill)
		pad := strings.Repeat(fill, more/width) + sliceText(fill, 0, more%width)
		if atStart {
			return text(joinText(pad, s)), nil
		}
		return text(joinText(s, pad)), nil
	}
}

func trimming(start, end bool) native {
	return func(vm *machine, this Value, _ []Value) (Value, error) {
		s, err := thisText(vm, this)
		if start {
			s = strings.TrimLeftFunc(s, isSpace)
		}
		if end {
			s = strings.TrimRightFunc(s, isSpace)
		}
		return text(s), err
	}
}

func stringIsWellFormed(vm *machine, this Value, _ []Value) (Value, error) {
	s, err := thisText(vm, this)
	return boolean(!isBroken(s)), err
}

func stringToWellFormed(vm *machine, this Value, _ []Value) (Value, error) {
	s, err := thisText(vm, this)
	if err != nil || !isBroken(s) {
		return text(s), err
	}
	return text(wellFormed(s)), vm.charge(int64(len(s)))
}

// wellFormed returns s with U+FFFD for each half of a pair: the only text that
// UTF-8 has for it.
func wellFormed(s string) string {
	if !isBroken(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for len(s) > 0 {
		r, size := decode(s)
		b, s = utf8.AppendRune(b, r), s[size:]
	}
	return string(b)
}

func stringItself(vm *machine, this Value, _ []Value) (Value, error) {
	if this.kind != kindString {
		return undefined, errThis
	}
	return this, nil
}
