package js

import (
	"strings"

	"golang.org/x/text/cases"
)

// stringMethods are String.prototype (ECMA-262, 22.1.3).
var stringMethods = []*Func{
	newFunc("at", 1, stringAt),
	newFunc("charAt", 1, stringCharAt),
	newFunc("charCodeAt", 1, stringCharCodeAt),
	newFunc("codePointAt", 1, stringCodePointAt),
	newFunc("concat", 1, stringConcat),
	newFunc("endsWith", 1, stringEndsWith),
	newFunc("includes", 1, stringIncludes),
	newFunc("indexOf", 1, stringIndexOf),
	newFunc("isWellFormed", 0, stringIsWellFormed),
	newFunc("lastIndexOf", 1, stringLastIndexOf),
	newFunc("localeCompare", 1, stringLocaleCompare),
	newFunc("match", 1, stringMatch),
	newFunc("matchAll", 1, stringMatchAll),
	newFunc("normalize", 0, stringNormalize),
	newFunc("padEnd", 1, padding(false)),
	newFunc("padStart", 1, padding(true)),
	newFunc("repeat", 1, stringRepeat),
	newFunc("replace", 2, replacing(false)),
	newFunc("replaceAll", 2, replacing(true)),
	newFunc("search", 1, stringSearch),
	newFunc("slice", 2, stringSlice),
	newFunc("split", 2, stringSplit),
	newFunc("startsWith", 1, stringStartsWith),
	newFunc("substr", 2, stringSubstr),
	newFunc("substring", 2, stringSubstring),
	newFunc("toLocaleLowerCase", 0, casing(strings.ToLower, cases.Lower, true)),
	newFunc("toLocaleString", 0, stringItself),
	newFunc("toLocaleUpperCase", 0, casing(strings.ToUpper, cases.Upper, true)),
	newFunc("toLowerCase", 0, casing(strings.ToLower, cases.Lower, false)),
	newFunc("toString", 0, stringItself),
	newFunc("toUpperCase", 0, casing(strings.ToUpper, cases.Upper, false)),
	newFunc("toWellFormed", 0, stringToWellFormed),
	newFunc("trim", 0, trimming(true, true)),
	newFunc("trimEnd", 0, trimming(false, true)),
	newFunc("trimLeft", 0, trimming(true, false)),
	newFunc("trimRight", 0, trimming(false, true)),
	newFunc("trimStart", 0, trimming(true, false)),
	newFunc("valueOf", 0, stringItself),
}

// stringFunctions are what String has itself (ECMA-262, 22.1.2).
var stringFunctions = []*Func{
	newFunc("fromCharCode", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		return codesText(vm, args, func(f float64) (rune, bool) { return rune(toUint32(f) & 0xFFFF), true })
	}),
	newFunc("fromCodePoint", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		return codesText(vm, args, func(f float64) (rune, bool) {
			r := rune(max(-1, min(f, 1<<30)))
			return r, float64(r) == f && 0 <= r && r <= 0x10FFFF
		})
	}),
	newFunc("raw", 1, stringRaw),
}

func codesText(vm *machine, args []Value, code func(float64) (rune, bool)) (Value, error) {
	if err := vm.charge(4 * int64(len(args))); err != nil {
		return undefined, err
	}
	b := make([]byte, 0, len(args))
	for _, arg := range args {
		f, err := toNumber(vm, arg)
		if err != nil {
			return undefined, err
		}
		r, ok := code(f)
		if !ok {
			return undefined, rangeError("this is no code point")
		}
		b = appendCode(b, r)
	}
	return text(string(b)), nil
}

// stringRaw is String.raw (ECMA-262, 22.1.2.4).
func stringRaw(vm *machine, _ Value, args []Value) (Value, error) {
	raw, err := getMember(vm, argument(args, 0), "raw")
	if err != nil {
		return undefined, err
	}
	count, err := getMember(vm, raw, "length")
	if err != nil {
		return undefined, err
	}
	n, err := toInteger(vm, count)
	if err != nil {
		return undefined, err
	}
	var b []byte
	for i := 0; float64(i) < n; i++ {
		if err := vm.step(1); err != nil {
			return undefined, err
		}
		part, err := getIndex(vm, raw, integer(i))
		if err != nil {
			return undefined, err
		}
		if b, err = appendText(vm, b, part); err != nil {
			return undefined, err
		}
		if float64(i+1) < n && i+1 < len(args) {
			if b, err = appendText(vm, b, args[i+1]); err != nil {
				return undefined, err
			}
		}
	}
	return text(string(b)), nil
}

// stringOf is String(v), new String being refused (ECMA-262, 22.1.1.1).
func stringOf(vm *machine, _ Value, args []Value) (Value, error) {
	if len(args) == 0 {
		return text(""), nil
	}
	s, err := toText(vm, args[0])
	return text(s), err
}
