package js

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxSafe is the largest integer up to which all are doubles.
const maxSafe = 1<<53 - 1

// appendNumber is Number::toString with radix 10 (ECMA-262, 6.1.6.1.20).
func appendNumber(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case f == 0:
		return append(dst, '0')
	case math.Abs(f) < 1e15 && f == math.Trunc(f):
		return strconv.AppendInt(dst, int64(f), 10)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f < 0:
		dst, f = append(dst, '-'), -f
	}
	var buffer [32]byte
	digits, n := shortest(buffer[:0], f)
	k := len(digits)
	switch {
	case k <= n && n <= 21:
		return appendZeros(append(dst, digits...), n-k)
	case 0 < n && n <= 21:
		return append(append(append(dst, digits[:n]...), '.'), digits[n:]...)
	case -6 < n && n <= 0:
		return append(appendZeros(append(dst, "0."...), -n), digits...)
	}
	return appendExponent(dst, digits, n-1)
}

// appendExponent writes digits as d.ddde+x.
func appendExponent(dst, digits []byte, exponent int) []byte {
	if dst = append(dst, digits[0]); len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	if dst = append(dst, 'e'); exponent >= 0 {
		dst = append(dst, '+')
	}
	return strconv.AppendInt(dst, int64(exponent), 10)
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}

// shortest returns the fewest digits that f is read back from, and how many of
// them stand before the point.
func shortest(dst []byte, f float64) (digits []byte, point int) {
	return split(strconv.AppendFloat(dst, f, 'e', -1, 64))
}

// split takes d.ddde+xx apart.
func split(b []byte) (digits []byte, point int) {
	e := len(b) - 1
	for b[e] != 'e' {
		e--
	}
	exponent, _ := strconv.Atoi(string(b[e+1:]))
	if digits = b[:e]; e > 1 {
		copy(b[1:], b[2:e])
		digits = b[:e-1]
	}
	return digits, exponent + 1
}

// numberText returns the text of a number.
func numberText(f float64) string {
	if f >= 0 && f < 10 && f == math.Trunc(f) {
		return singles['0'+byte(f)]
	}
	var buffer [32]byte
	return string(appendNumber(buffer[:0], f))
}

// parseNumber is StringToNumber (ECMA-262, 7.1.4.1.1).
func parseNumber(s string) float64 {
	s = trimSpace(s)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		switch s[1] | 0x20 {
		case 'x':
			return parseRadix(s[2:], 16)
		case 'o':
			return parseRadix(s[2:], 8)
		case 'b':
			return parseRadix(s[2:], 2)
		}
	}
	if n := decimalPrefix(s); n != len(s) {
		return math.NaN()
	}
	return parseDecimal(s)
}

// parseRadix returns the number that all of s spells, or NaN.
func parseRadix(s string, radix int) float64 {
	f, n := radixPrefix(s, radix)
	if n != len(s) || n == 0 {
		return math.NaN()
	}
	return f
}

// radixPrefix returns the number that the digits at the start of s spell, and how
// many there are.
func radixPrefix(s string, radix int) (f float64, n int) {
	for n < len(s) {
		d := digitValue(s[n])
		if d >= radix {
			break
		}
		f = f*float64(radix) + float64(d)
		n++
	}
	if f > maxSafe && n < 10_000 {
		// The sum above rounds at each digit.
		if exact, ok := new(big.Int).SetString(s[:n], radix); ok {
			f, _ = new(big.Float).SetInt(exact).Float64()
		}
	}
	return f, n
}

func digitValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	}
	return 99
}

// decimalPrefix returns the length of the decimal literal at the start of s, or 0:
// StrDecimalLiteral of ECMA-262, 7.1.4.1.
func decimalPrefix(s string) int {
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if strings.HasPrefix(s[i:], "Infinity") {
		return i + len("Infinity")
	}
	start := i
	for i < len(s) && isDecimal(s[i]) {
		i++
	}
	digits := i - start
	if i < len(s) && s[i] == '.' {
		at := i + 1
		for at < len(s) && isDecimal(s[at]) {
			at++
		}
		if digits+at-i-1 > 0 {
			digits += at - i - 1
			i = at
		}
	}
	if digits == 0 {
		return 0
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		at := i + 1
		if at < len(s) && (s[at] == '+' || s[at] == '-') {
			at++
		}
		if at < len(s) && isDecimal(s[at]) {
			for at < len(s) && isDecimal(s[at]) {
				at++
			}
			i = at
		}
	}
	return i
}

func isDecimal(c byte) bool { return '0' <= c && c <= '9' }

// parseDecimal returns the number that a decimal literal spells.
func parseDecimal(s string) float64 {
	// One beyond the range is an infinity, as strconv returns it with its error.
	f, _ := strconv.ParseFloat(s, 64)
	return f
}

func trimSpace(s string) string { return strings.TrimFunc(s, isSpace) }

// toInt32 is ToInt32 (ECMA-262, 7.1.6).
func toInt32(f float64) int32 {
	if n := int32(f); float64(n) == f {
		return n
	}
	return int32(toUint32(f))
}

// toUint32 is ToUint32 (ECMA-262, 7.1.7).
func toUint32(f float64) uint32 {
	if f != f || math.IsInf(f, 0) {
		return 0
	}
	f = math.Mod(math.Trunc(f), 1<<32)
	if f < 0 {
		f += 1 << 32
	}
	return uint32(uint64(f))
}

var nan, infinity = math.NaN(), math.Inf(1)
