package js

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numberConstants are those of Number (ECMA-262, 21.1.2).
var numberConstants = map[string]float64{
	"EPSILON": 0x1p-52, "MAX_SAFE_INTEGER": maxSafe, "MAX_VALUE": math.MaxFloat64, "MIN_SAFE_INTEGER": -maxSafe,
	"MIN_VALUE": math.SmallestNonzeroFloat64, "NaN": math.NaN(), "NEGATIVE_INFINITY": math.Inf(-1), "POSITIVE_INFINITY": math.Inf(1),
}

// askNumber asks something of a number, without converting to one.
func askNumber(name string, ask func(float64) bool) *Func {
	return newFunc(name, 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		v := argument(args, 0)
		return boolean(v.kind == kindNumber && ask(v.num)).with(v.tainted), nil
	})
}

func isFinite(f float64) bool  { return f == f && !math.IsInf(f, 0) }
func isInteger(f float64) bool { return isFinite(f) && f == math.Trunc(f) }

// parseFloatFunc and parseIntFunc are the same function as a global and in Number.
var (
	parseFloatFunc = newFunc("parseFloat", 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		s = strings.TrimLeftFunc(s, isSpace)
		if n := decimalPrefix(s); n > 0 {
			return number(parseDecimal(s[:n])), vm.look(len(s))
		}
		return number(nan), nil
	})
	parseIntFunc = newFunc("parseInt", 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		s, err := toText(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		base, err := toNumber(vm, argument(args, 1))
		if err != nil {
			return undefined, err
		}
		return number(parseInteger(strings.TrimLeftFunc(s, isSpace), int(toInt32(base)))), vm.look(len(s))
	})
)

// parseInteger is parseInt without white space (ECMA-262, 19.2.5).
func parseInteger(s string, base int) float64 {
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	if base == 0 || base == 16 {
		if len(s) > 1 && s[0] == '0' && s[1]|0x20 == 'x' {
			s, base = s[2:], 16
		}
	}
	if base == 0 {
		base = 10
	}
	if base < 2 || base > 36 {
		return math.NaN()
	}
	f, n := radixPrefix(s, base)
	if n == 0 {
		return math.NaN()
	}
	if base == 10 {
		f = parseDecimal(s[:n])
	}
	if negative {
		return -f
	}
	return f
}

// numberFunctions are what Number has itself (ECMA-262, 21.1.2).
var numberFunctions = []*Func{
	askNumber("isFinite", isFinite),
	askNumber("isInteger", isInteger),
	askNumber("isNaN", func(f float64) bool { return f != f }),
	askNumber("isSafeInteger", func(f float64) bool { return isInteger(f) && math.Abs(f) <= maxSafe }),
	parseFloatFunc,
	parseIntFunc,
}

// numberMethods are Number.prototype (ECMA-262, 21.1.3).
var numberMethods = []*Func{
	newFunc("toExponential", 1, digitsOf(0, false, toExponential)),
	newFunc("toFixed", 1, digitsOf(0, true, toFixed)),
	newFunc("toLocaleString", 0, numberToLocaleString),
	newFunc("toPrecision", 1, digitsOf(1, false, toPrecision)),
	newFunc("toString", 1, numberToString),
	newFunc("valueOf", 0, func(_ *machine, this Value, _ []Value) (Value, error) {
		if this.kind != kindNumber {
			return undefined, errThis
		}
		return this, nil
	}),
}

// digitsOf is a method that takes a number of digits between low and 100; -1 stands
// for none given. Checked says that the number of digits is looked at before what the
// number is.
func digitsOf(low int, checked bool, write func(f float64, digits int) string) native {
	return func(vm *machine, this Value, args []Value) (Value, error) {
		if this.kind != kindNumber {
			return undefined, errThis
		}
		vm.see(this)
		digits, err := toInteger(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		if err := vm.charge(400); err != nil {
			return undefined, err
		}
		if !checked && !isFinite(this.num) {
			return text(numberText(this.num)), nil
		}
		if argument(args, 0).kind == kindUndefined {
			return text(write(this.num, -1)), nil
		}
		if digits < float64(low) || digits > 100 {
			return undefined, rangeError("the number of digits is out of range")
		}
		return text(write(this.num, int(digits))), nil
	}
}

// toFixed is Number.prototype.toFixed (ECMA-262, 21.1.3.3): exact, halves up.
func toFixed(f float64, digits int) string {
	if math.Abs(f) >= 1e21 || f != f {
		return numberText(f)
	}
	digits = max(0, digits)
	return signed(f, roundHalfUp(math.Abs(f), digits))
}

func signed(f float64, s string) string {
	// -0 has no sign; what rounds to zero has one.
	if f < 0 {
		return "-" + s
	}
	return s
}

// roundHalfUp writes a number that is not negative with so many digits behind the
// point. Of two that are equally near the larger is taken, which strconv does not.
func roundHalfUp(f float64, digits int) string {
	s := strconv.FormatFloat(f, 'f', digits, 64)
	exact := new(big.Float).SetPrec(2000).SetFloat64(f)
	near, _, err := big.ParseFloat(s, 10, 2000, big.ToNearestEven)
	if err != nil || near.Cmp(exact) >= 0 {
		return s
	}
	// It was rounded down: to even, if it was a half.
	unit, _, _ := big.ParseFloat("1e-"+strconv.Itoa(digits), 10, 2000, big.ToNearestEven)
	half := new(big.Float).Quo(unit, big.NewFloat(2))
	if rest := new(big.Float).Sub(exact, near); rest.Text('e', 60) != half.Text('e', 60) {
		return s
	}
	return new(big.Float).Add(near, unit).Text('f', digits)
}

// scientific returns the digits of a number and its exponent, rounded to so many
// digits, halves up.
func scientific(f float64, digits int) (string, int) {
	if f == 0 {
		return strings.Repeat("0", digits), 0
	}
	b, point := split(strconv.AppendFloat(nil, f, 'e', digits-1, 64))
	exact, _ := split(strconv.AppendFloat(nil, f, 'e', 800, 64))
	rest := strings.TrimRight(string(exact[digits:]), "0")
	if rest == "5" && (exact[digits-1]-'0')%2 == 0 {
		// A half that strconv took down to an even digit.
		for i := len(b) - 1; i >= 0; i-- {
			if b[i]++; b[i] <= '9' {
				break
			}
			b[i] = '0'
		}
	}
	return string(b), point - 1
}

func toExponential(f float64, digits int) string {
	if !isFinite(f) {
		return numberText(f)
	}
	var s string
	var exponent int
	if a := math.Abs(f); digits < 0 && a != 0 {
		b, point := shortest(nil, a)
		s, exponent = string(b), point-1
	} else {
		s, exponent = scientific(a, max(0, digits)+1)
	}
	return signed(f, string(appendExponent(nil, []byte(s), exponent)))
}

func toPrecision(f float64, digits int) string {
	if digits < 0 || !isFinite(f) {
		return numberText(f)
	}
	s, e := scientific(math.Abs(f), digits)
	switch {
	case e < -6 || e >= digits:
		return signed(f, string(appendExponent(nil, []byte(s), e)))
	case e == digits-1:
		return signed(f, s)
	case e >= 0:
		return signed(f, s[:e+1]+"."+s[e+1:])
	}
	return signed(f, "0."+strings.Repeat("0", -e-1)+s)
}

// numberToString is Number.prototype.toString (ECMA-262, 21.1.3.6).
func numberToString(vm *machine, this Value, args []Value) (Value, error) {
	if this.kind != kindNumber {
		return undefined, errThis
	}
	vm.see(this)
	radix := 10.0
	if v := argument(args, 0); v.kind != kindUndefined {
		var err error
		if radix, err = toInteger(vm, v); err != nil {
			return undefined, err
		}
	}
	if radix < 2 || radix > 36 {
		return undefined, rangeError("toString takes a radix from 2 to 36")
	}
	if err := vm.charge(1200); err != nil {
		return undefined, err
	}
	if radix == 10 {
		s, err := toText(vm, this)
		return text(s), err
	}
	if !isFinite(this.num) {
		return text(numberText(this.num)), nil
	}
	return text(signed(this.num, inRadix(math.Abs(this.num), int(radix)))), nil
}

// inRadix writes a number in another radix with as many digits behind the point as
// tell it from its neighbours: as V8 does, since ECMA-262 leaves it open.
func inRadix(f float64, radix int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	whole := math.Floor(f)
	fraction := f - whole
	delta := max(math.Nextafter(0, 1), 0.5*(math.Nextafter(f, math.Inf(1))-f))
	var behind []byte
	if fraction >= delta {
		for {
			fraction *= float64(radix)
			delta *= float64(radix)
			digit := int(fraction)
			behind = append(behind, letters[digit])
			fraction -= float64(digit)
			if fraction > 0.5 || fraction == 0.5 && digit&1 == 1 {
				if fraction+delta > 1 {
					// Round up, and carry.
					for {
						if len(behind) == 0 {
							whole++
							break
						}
						last := len(behind) - 1
						d := digitValue(behind[last]) + 1
						if behind = behind[:last]; d < radix {
							behind = append(behind, letters[d])
							break
						}
					}
					break
				}
			}
			if fraction < delta {
				break
			}
		}
	}
	n, _ := big.NewFloat(whole).Int(nil)
	s := n.Text(radix)
	if whole >= 1<<53 {
		s = wholeInRadix(whole, radix)
	}
	if len(behind) > 0 {
		s += "." + string(behind)
	}
	return s
}

// wholeInRadix writes an integer that has no more than 53 bits of its own: the
// digits beyond them are zeros, but for the last one that a double can tell.
func wholeInRadix(f float64, radix int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	var b []byte
	for f/float64(radix) >= 1<<53 {
		f /= float64(radix)
		b = append(b, '0')
	}
	for {
		rest := math.Mod(f, float64(radix))
		b = append(b, letters[int(rest)])
		if f = (f - rest) / float64(radix); f <= 0 {
			break
		}
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// numberOf is Number(v) (ECMA-262, 21.1.1.1).
func numberOf(vm *machine, _ Value, args []Value) (Value, error) {
	if len(args) == 0 {
		return integer(0), nil
	}
	if args[0].kind == kindNumber {
		return args[0], nil
	}
	f, err := toNumber(vm, args[0])
	return number(f), err
}
