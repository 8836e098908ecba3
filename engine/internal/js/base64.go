package js

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// btoa and atob are those of browsers (HTML, 8.3): a text is bytes, one to a
// character.
var base64Functions = []*Func{
	newFunc("btoa", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		if len(args) == 0 {
			return undefined, typeError("btoa takes a text")
		}
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		if err := vm.charge(4 * int64(len(s))); err != nil {
			return undefined, err
		}
		if isASCII(s) {
			return text(base64.StdEncoding.EncodeToString([]byte(s))), nil
		}
		b := make([]byte, 0, len(s))
		for len(s) > 0 {
			r, size := decode(s)
			if r > 0xFF {
				return undefined, typeError("btoa takes characters up to U+00FF; base64url(text) takes any, as UTF-8")
			}
			b, s = append(b, byte(r)), s[size:]
		}
		return text(base64.StdEncoding.EncodeToString(b)), nil
	}),
	newFunc("atob", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		if err := vm.charge(4 * int64(len(s))); err != nil {
			return undefined, err
		}
		s = strings.Map(func(r rune) rune {
			if strings.ContainsRune("\t\n\f\r ", r) {
				return -1
			}
			return r
		}, s)
		if len(s)%4 == 0 {
			s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
		}
		raw, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil {
			return undefined, typeError("the text is no base64")
		}
		b := make([]byte, 0, len(raw))
		for _, c := range raw {
			b = utf8.AppendRune(b, rune(c))
		}
		return text(string(b)), nil
	}),
}
