package js

import (
	"strings"
	"unicode/utf8"
)

// What encodeURIComponent and encodeURI leave alone (ECMA-262, 19.2.6).
const (
	uriUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"
	uriReserved   = ";/?:@&=+$,"
)

// byteSet is a set of ASCII characters.
type byteSet [2]uint64

func setOf(chars string) (s byteSet) {
	for i := range len(chars) {
		s[chars[i]>>6] |= 1 << (chars[i] & 63)
	}
	return s
}

func (s *byteSet) has(c byte) bool { return c < utf8.RuneSelf && s[c>>6]&(1<<(c&63)) != 0 }

var (
	componentSet = setOf(uriUnreserved)
	uriSet       = setOf(uriUnreserved + uriReserved + "#")
	keptSet      = setOf(uriReserved + "#")
	noneSet      byteSet
	// strictSet is what RFC 3986 calls unreserved.
	strictSet = setOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
)

const hexUpper = "0123456789ABCDEF"

// appendPercent appends s with each byte but those of a set percent-encoded.
func appendPercent(dst []byte, s string, plain *byteSet) []byte {
	for i := range len(s) {
		if c := s[i]; plain.has(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hexUpper[c>>4], hexUpper[c&15])
		}
	}
	return dst
}

// encoding is encodeURI and encodeURIComponent (ECMA-262, 19.2.6.4 and 5).
func encoding(name string, plain *byteSet) *Func {
	return newFunc(name, 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		if isBroken(s) {
			return undefined, uriError("the text has half of a surrogate pair")
		}
		if err := vm.charge(4 * int64(len(s))); err != nil {
			return undefined, err
		}
		return text(vm.written(appendPercent(vm.buffer(len(s)+len(s)/2), s, plain))), nil
	})
}

// decoding is decodeURI and decodeURIComponent (ECMA-262, 19.2.6.2 and 3), which
// leave the escapes of a set alone.
func decoding(name string, kept *byteSet) *Func {
	return newFunc(name, 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil || strings.IndexByte(s, '%') < 0 {
			return text(s), err
		}
		if err := vm.charge(2 * int64(len(s))); err != nil {
			return undefined, err
		}
		b := make([]byte, 0, len(s))
		for i := 0; i < len(s); {
			if s[i] != '%' {
				b = append(b, s[i])
				i++
				continue
			}
			part, size, ok := escapedRune(s[i:])
			if !ok {
				return undefined, uriError("the text has a percent sign that begins no escape of UTF-8")
			}
			if len(part) == 1 && kept.has(part[0]) {
				part = []byte(s[i : i+size])
			}
			b = append(b, part...)
			i += size
		}
		return text(string(b)), nil
	})
}

// escapedRune reads the escapes of one code point.
func escapedRune(s string) (part []byte, size int, ok bool) {
	for {
		if len(s) < size+3 || s[size] != '%' {
			return nil, 0, false
		}
		r, ok := hexDigits(s[size+1:], 2)
		if !ok {
			return nil, 0, false
		}
		size += 3
		if part = append(part, byte(r)); utf8.FullRune(part) {
			break
		}
	}
	r, n := utf8.DecodeRune(part)
	return part, size, n == len(part) && (r != utf8.RuneError || n == 3)
}

// uriFunctions are the global functions of URIs.
var uriFunctions = []*Func{
	encoding("encodeURI", &uriSet), encoding("encodeURIComponent", &componentSet),
	decoding("decodeURI", &keptSet), decoding("decodeURIComponent", &noneSet),
}
