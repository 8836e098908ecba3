package js

import (
	"math"
	"math/bits"
)

// mathConstants are those of Math (ECMA-262, 21.3.1).
var mathConstants = map[string]float64{
	"E": math.E, "LN10": math.Ln10, "LN2": math.Ln2, "LOG10E": math.Log10E, "LOG2E": math.Log2E,
	"PI": math.Pi, "SQRT1_2": math.Sqrt2 / 2, "SQRT2": math.Sqrt2,
}

// oneNumber is a function of one number.
func oneNumber(name string, f func(float64) float64) *Func {
	return newFunc(name, 1, func(vm *machine, _ Value, args []Value) (Value, error) {
		x, err := toNumber(vm, argument(args, 0))
		return number(f(x)), err
	})
}

// twoNumbers is a function of two.
func twoNumbers(name string, f func(x, y float64) float64) *Func {
	return newFunc(name, 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		x, err := toNumber(vm, argument(args, 0))
		if err != nil {
			return undefined, err
		}
		y, err := toNumber(vm, argument(args, 1))
		return number(f(x, y)), err
	})
}

// manyNumbers folds all arguments.
func manyNumbers(name string, start float64, f func(sum, x float64) float64) *Func {
	return newFunc(name, 2, func(vm *machine, _ Value, args []Value) (Value, error) {
		if err := vm.step(int64(len(args)) / 8); err != nil {
			return undefined, err
		}
		sum := start
		for _, arg := range args {
			x, err := toNumber(vm, arg)
			if err != nil {
				return undefined, err
			}
			sum = f(sum, x)
		}
		return number(sum), nil
	})
}

// mathFunctions are those of Math (ECMA-262, 21.3.2) but random: the same request
// gives the same result.
var mathFunctions = []*Func{
	oneNumber("abs", math.Abs), oneNumber("acos", math.Acos), oneNumber("acosh", math.Acosh),
	oneNumber("asin", math.Asin), oneNumber("asinh", math.Asinh), oneNumber("atan", math.Atan),
	oneNumber("atanh", math.Atanh), twoNumbers("atan2", math.Atan2), oneNumber("cbrt", math.Cbrt),
	oneNumber("ceil", math.Ceil), oneNumber("cos", math.Cos), oneNumber("cosh", math.Cosh),
	oneNumber("exp", math.Exp), oneNumber("expm1", math.Expm1), oneNumber("floor", math.Floor),
	oneNumber("fround", func(x float64) float64 { return float64(float32(x)) }),
	oneNumber("log", math.Log), oneNumber("log1p", math.Log1p),
	oneNumber("log10", math.Log10), oneNumber("log2", math.Log2),
	oneNumber("sign", func(x float64) float64 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return x
	}),
	oneNumber("sin", math.Sin), oneNumber("sinh", math.Sinh), oneNumber("sqrt", math.Sqrt),
	oneNumber("tan", math.Tan), oneNumber("tanh", math.Tanh), oneNumber("trunc", math.Trunc),
	oneNumber("clz32", func(x float64) float64 { return float64(bits.LeadingZeros32(toUint32(x))) }),
	oneNumber("round", round),
	twoNumbers("imul", func(x, y float64) float64 { return float64(int32(toUint32(x) * toUint32(y))) }),
	twoNumbers("pow", power),
	manyNumbers("max", math.Inf(-1), largest), manyNumbers("min", math.Inf(1), smallest),
	newFunc("hypot", 2, hypot),
	newFunc("random", 0, func(*machine, Value, []Value) (Value, error) {
		return undefined, typeError("Math.random is not there: the same request gives the same result")
	}),
}

// round is Math.round: half goes up (ECMA-262, 21.3.2.28).
func round(x float64) float64 {
	if x != x || math.IsInf(x, 0) || math.Abs(x) >= 1<<52 {
		return x
	}
	if x < 0 && x >= -0.5 {
		return math.Copysign(0, -1)
	}
	floor := math.Floor(x)
	if x-floor >= 0.5 {
		floor++
	}
	return math.Copysign(floor, x)
}

func largest(sum, x float64) float64 {
	if sum != sum || x != x {
		return nan
	}
	return math.Max(sum, x)
}

func smallest(sum, x float64) float64 {
	if sum != sum || x != x {
		return nan
	}
	return math.Min(sum, x)
}

func hypot(vm *machine, _ Value, args []Value) (Value, error) {
	sum, infinite, scale := 0.0, false, 0.0
	numbers := make([]float64, 0, 8)
	if err := vm.charge(8 * int64(len(args))); err != nil {
		return undefined, err
	}
	for _, arg := range args {
		x, err := toNumber(vm, arg)
		if err != nil {
			return undefined, err
		}
		infinite = infinite || math.IsInf(x, 0)
		scale = max(scale, math.Abs(x))
		numbers = append(numbers, x)
	}
	switch {
	case infinite:
		return number(infinity), nil
	case scale == 0:
		return number(0), nil
	}
	// The sum of the scaled squares neither overflows nor loses small ones.
	lost := 0.0
	for _, x := range numbers {
		r := x / scale
		y := r*r - lost
		t := sum + y
		lost = t - sum - y
		sum = t
	}
	return number(math.Sqrt(sum) * scale), nil
}
