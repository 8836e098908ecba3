package js

import "math"

// The operators return a value with the taint of all that it was made of. Those
// that may call functions of the expression keep what was noted before.

// add is + (ECMA-262, 13.15.3).
func add(vm *machine, a, b Value) (Value, error) {
	vm.converts(a.tainted || b.tainted)
	if a.kind == kindNumber && b.kind == kindNumber {
		return Value{kind: kindNumber, num: a.num + b.num, tainted: a.tainted || b.tainted}, nil
	}
	seen := vm.seen
	vm.seen = false
	v, err := addAny(vm, a, b)
	v.tainted, vm.seen = v.tainted || vm.seen, seen
	return v, err
}

func addAny(vm *machine, a, b Value) (Value, error) {
	a, err := toOperand(vm, a)
	if err != nil {
		return undefined, err
	}
	if b, err = toOperand(vm, b); err != nil {
		return undefined, err
	}
	if a.kind != kindString && b.kind != kindString {
		x, err := toNumber(vm, a)
		if err != nil {
			return undefined, err
		}
		y, err := toNumber(vm, b)
		return number(x + y), err
	}
	s, err := toText(vm, a)
	if err != nil {
		return undefined, err
	}
	t, err := toText(vm, b)
	if err != nil {
		return undefined, err
	}
	switch {
	case s == "":
		return text(t), nil
	case t == "":
		return text(s), nil
	}
	if err := vm.charge(int64(len(s) + len(t))); err != nil {
		return undefined, err
	}
	return text(joinText(s, t)), nil
}

// operator is an operator of two numbers.
type operator uint8

const (
	opSub operator = iota
	opMul
	opDiv
	opMod
	opPow
	opAnd
	opOr
	opXor
	opShl
	opShr
	opUshr
)

// arithmetic is an operator but + (ECMA-262, 13.15.3). A placeholder absorbs it.
func arithmetic(vm *machine, op operator, a, b Value) (Value, error) {
	tainted := a.tainted || b.tainted
	vm.converts(tainted)
	if a.kind == kindNumber && b.kind == kindNumber {
		return Value{kind: kindNumber, num: calculate(op, a.num, b.num), tainted: tainted}, nil
	}
	seen := vm.seen
	vm.seen = tainted
	x, err := toNumber(vm, a)
	y := math.NaN()
	if err == nil {
		y, err = toNumber(vm, b)
	}
	tainted, vm.seen = vm.seen, seen
	if err != nil {
		v, err := absorb(err)
		return v.with(tainted), err
	}
	return Value{kind: kindNumber, num: calculate(op, x, y), tainted: tainted}, nil
}

func calculate(op operator, x, y float64) float64 {
	switch op {
	case opSub:
		return x - y
	case opMul:
		return x * y
	case opDiv:
		return x / y
	case opMod:
		return remainder(x, y)
	case opPow:
		return power(x, y)
	case opAnd:
		return float64(toInt32(x) & toInt32(y))
	case opOr:
		return float64(toInt32(x) | toInt32(y))
	case opXor:
		return float64(toInt32(x) ^ toInt32(y))
	case opShl:
		return float64(toInt32(x) << (toUint32(y) & 31))
	case opShr:
		return float64(toInt32(x) >> (toUint32(y) & 31))
	}
	return float64(toUint32(x) >> (toUint32(y) & 31))
}

// remainder is Number::remainder (ECMA-262, 6.1.6.1.6).
func remainder(x, y float64) float64 {
	if 0 <= x && x <= maxSafe && 0 < y && y <= maxSafe && x == math.Trunc(x) && y == math.Trunc(y) {
		return float64(int64(x) % int64(y))
	}
	return math.Mod(x, y)
}

// power is Number::exponentiate (ECMA-262, 6.1.6.1.3).
func power(x, y float64) float64 {
	if (x == 1 || x == -1) && (math.IsInf(y, 0) || y != y) {
		return math.NaN()
	}
	if n := math.Abs(y); n == math.Trunc(n) && n <= 1<<11 && isFinite(x) && x != 0 {
		return wholePower(x, int(n), y < 0)
	}
	return math.Pow(x, y)
}

// wholePower multiplies in twice the precision of a double, so that the result is the
// nearest double, as engines mostly have it, where math.Pow may be off by several. The
// powers of two are kept apart, so that nothing overflows on the way.
func wholePower(x float64, n int, inverse bool) float64 {
	high, low, exponent := 1.0, 0.0, 0
	base, baseExponent := math.Frexp(x)
	baseLow := 0.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			high, low = multiply(high, low, base, baseLow)
			high, low, exponent = scaled(high, low, exponent+baseExponent)
		}
		base, baseLow = multiply(base, baseLow, base, baseLow)
		base, baseLow, baseExponent = scaled(base, baseLow, 2*baseExponent)
	}
	if inverse {
		quotient := 1 / high
		rest := math.FMA(-quotient, high, 1) - quotient*low
		high, low, exponent = quotient, quotient*rest, -exponent
	}
	return math.Ldexp(high+low, exponent)
}

// scaled moves the power of two of a sum of two doubles to an exponent.
func scaled(high, low float64, exponent int) (float64, float64, int) {
	fraction, moved := math.Frexp(high)
	return fraction, math.Ldexp(low, -moved), exponent + moved
}

// multiply multiplies two sums of two doubles.
func multiply(aHigh, aLow, bHigh, bLow float64) (high, low float64) {
	p := aHigh * bHigh
	rest := math.FMA(aHigh, bHigh, -p) + (aHigh*bLow + aLow*bHigh)
	high = p + rest
	return high, rest - (high - p)
}

// unary is an operator of one number: + - and ~, by what it does to it. ToNumber
// of a placeholder is the placeholder.
func unary(vm *machine, v Value, calculate func(float64) float64) (Value, error) {
	vm.converts(v.tainted)
	if v.kind == kindNumber {
		return Value{kind: kindNumber, num: calculate(v.num), tainted: v.tainted}, nil
	}
	seen := vm.seen
	vm.seen = v.tainted
	f, err := toNumber(vm, v)
	tainted := vm.seen
	vm.seen = seen
	if err != nil {
		p, err := absorb(err)
		return p.with(tainted), err
	}
	return Value{kind: kindNumber, num: calculate(f), tainted: tainted}, nil
}

func plus(f float64) float64   { return f }
func minus(f float64) float64  { return -f }
func bitNot(f float64) float64 { return float64(^toInt32(f)) }
