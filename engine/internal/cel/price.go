package cel

import (
	"strings"

	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// price takes off the budgets what a call is about to use, before it uses it.
// An argument that the call does not have is nil.
type price func(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error

// bytesPerCost is how many bytes one unit of cost looks at or makes.
const bytesPerCost = 64

// smallChange is what a call may look at and make for free: the loop that
// repeats it, or the tree that spells it out, has paid already.
const smallChange = 256

func pay(frame *interpreter.ExecutionFrame, cost, memory int64) error {
	if !runOf(frame).Spend(cost/bytesPerCost, memory) {
		return eval.ErrExceeded
	}
	return nil
}

// free are the calls whose work does not grow with their arguments.
var free = map[string]bool{
	operators.Subtract: true, operators.Multiply: true, operators.Divide: true, operators.Modulo: true,
	operators.Negate: true, operators.LogicalNot: true, operators.NotStrictlyFalse: true,
	"hasValue": true, "value": true, "optional.of": true, "optional.none": true, "optional.ofNonZeroValue": true,
	"or": true, "orValue": true, "type": true, "dyn": true, "bool": true, exactName: true,
	"math.abs": true, "math.ceil": true, "math.floor": true, "math.round": true, "math.trunc": true, "math.sign": true,
	"math.isNaN": true, "math.isInf": true, "math.isFinite": true, "math.sqrt": true,
	"math.bitAnd": true, "math.bitOr": true, "math.bitXor": true, "math.bitNot": true,
	"math.bitShiftLeft": true, "math.bitShiftRight": true,
}

// prices are the calls that need more than a look at each byte of their
// arguments. Any call that is in neither table pays for that.
var prices = map[string]price{
	operators.Add:           payAdd,
	operators.In:            payIn,
	"replace":               payReplace,
	"split":                 paySplit,
	"indexOf":               payFind,
	"lastIndexOf":           payFind,
	"join":                  payJoin,
	"format":                payFormat,
	"strings.format":        payFormat,
	"lists.range":           payRange,
	"distinct":              payPairs,
	"sets.contains":         payPairs,
	"sets.equivalent":       payPairs,
	"sets.intersects":       payPairs,
	"json_decode":           payDecode,
	"getFullYear":           payZone,
	"getMonth":              payZone,
	"getDayOfYear":          payZone,
	"getDayOfMonth":         payZone,
	"getDate":               payZone,
	"getDayOfWeek":          payZone,
	"getHours":              payZone,
	"getMinutes":            payZone,
	"getSeconds":            payZone,
	"getMilliseconds":       payZone,
	operators.Less:          payFlat,
	operators.LessEquals:    payFlat,
	operators.Greater:       payFlat,
	operators.GreaterEquals: payFlat,
	"size":                  payFlat,
	"startsWith":            payFlat,
	"endsWith":              payFlat,
	"contains":              payFlat,
}

func priceOf(function string) price {
	if p, ok := prices[function]; ok {
		return p
	}
	if free[function] {
		return nil
	}
	return payAll
}

// flatSize is the length of a text or bytes, else 0.
func flatSize(v ref.Val) int64 {
	switch v := v.(type) {
	case types.String:
		return int64(len(v))
	case types.Bytes:
		return int64(len(v))
	}
	return 0
}

// payFlat pays for a look at each byte of texts.
func payFlat(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error {
	n := flatSize(first) + flatSize(second) + flatSize(third)
	if n <= smallChange {
		return nil
	}
	return pay(frame, n, 0)
}

// payAll pays for a look at all of the arguments and for a result that is a few
// times as long.
func payAll(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error {
	n, err := deepSize(frame, first, second, third)
	if err != nil || n <= smallChange {
		return err
	}
	return pay(frame, 4*n, 4*n)
}

// payDeep pays for a comparison.
func payDeep(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
	n, err := deepSize(frame, first, second, nil)
	if err != nil || n <= smallChange {
		return err
	}
	return pay(frame, n, 0)
}

// payDecode pays for what JSON becomes: each digit may be a value of its own.
func payDecode(frame *interpreter.ExecutionFrame, text, _, _ ref.Val) error {
	n := flatSize(text)
	return pay(frame, 4*n, 24*n)
}

func payAdd(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
	var n int64
	switch l := first.(type) {
	case types.String, types.Bytes:
		n = flatSize(l) + flatSize(second)
	case traits.MutableLister:
		return nil
	case traits.Lister:
		n = 8 * int64(l.Size().(types.Int))
		if r, ok := second.(traits.Lister); ok {
			n += 8 * int64(r.Size().(types.Int))
		}
	}
	if n <= smallChange {
		return nil
	}
	return pay(frame, n, n)
}

func payIn(frame *interpreter.ExecutionFrame, element, in, _ ref.Val) error {
	if _, ok := in.(traits.Mapper); ok {
		return nil
	}
	return payDeep(frame, element, in, nil)
}

// payPairs pays for comparing all elements with all others.
func payPairs(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
	n, err := deepSize(frame, first, second, nil)
	if err != nil {
		return err
	}
	last, ok := second.(traits.Lister)
	if second == nil {
		last, ok = first.(traits.Lister)
	}
	if !ok {
		return nil
	}
	return pay(frame, n*int64(last.Size().(types.Int)), n)
}

func payReplace(frame *interpreter.ExecutionFrame, text, old, with ref.Val) error {
	s, ok1 := text.(types.String)
	o, ok2 := old.(types.String)
	w, ok3 := with.(types.String)
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	n := int64(len(s)) + int64(strings.Count(string(s), string(o)))*int64(len(w))
	return pay(frame, 2*n, 2*n)
}

func paySplit(frame *interpreter.ExecutionFrame, text, by, _ ref.Val) error {
	s, ok1 := text.(types.String)
	b, ok2 := by.(types.String)
	if !ok1 || !ok2 {
		return nil
	}
	n := int64(len(s)) + 48*int64(strings.Count(string(s), string(b))+1)
	return pay(frame, n, n)
}

// payFind pays for what cel-go does: it makes both texts lists of characters, and
// compares the second at every place of the first.
func payFind(frame *interpreter.ExecutionFrame, text, part, _ ref.Val) error {
	n, m := flatSize(text), flatSize(part)
	return pay(frame, n*max(m, 4), 4*(n+m))
}

func payJoin(frame *interpreter.ExecutionFrame, list, by, _ ref.Val) error {
	n, err := deepSize(frame, list, nil, nil)
	if err != nil {
		return err
	}
	if l, ok := list.(traits.Lister); ok {
		n += flatSize(by) * int64(l.Size().(types.Int))
	}
	return pay(frame, 2*n, 2*n)
}

// payFormat counts a number as long as the greatest precision lets it be.
func payFormat(frame *interpreter.ExecutionFrame, template, args, _ ref.Val) error {
	n, err := deepSize(frame, template, args, nil)
	if err != nil {
		return err
	}
	if t, ok := template.(types.String); ok {
		n += 500 * int64(strings.Count(string(t), "%"))
	}
	return pay(frame, 8*n, 4*n)
}

func payRange(frame *interpreter.ExecutionFrame, size, _, _ ref.Val) error {
	n, ok := size.(types.Int)
	if !ok || n < 0 {
		return nil
	}
	return pay(frame, 32*int64(min(n, 1<<32)), 32*int64(min(n, 1<<32)))
}

// payZone pays for loading a time zone.
func payZone(frame *interpreter.ExecutionFrame, _, zone, _ ref.Val) error {
	if zone == nil {
		return nil
	}
	return pay(frame, 500*bytesPerCost, 4<<10)
}

// deepSize returns how many bytes the values hold with all that is inside them.
// A list that is shared counts each time, since whoever walks it meets it each
// time. It stops at the budget.
func deepSize(frame *interpreter.ExecutionFrame, first, second, third ref.Val) (int64, error) {
	if !isTreeValue(first) && !isTreeValue(second) && !isTreeValue(third) {
		return flatSize(first) + flatSize(second) + flatSize(third), nil
	}
	run := runOf(frame)
	left := min(run.Cost*bytesPerCost, run.Memory)
	n := nestedSize(first, left)
	n += nestedSize(second, left-n)
	n += nestedSize(third, left-n)
	if n > left {
		run.Exceeded = true
		return 0, eval.ErrExceeded
	}
	return n, nil
}

func isTreeValue(v ref.Val) bool {
	switch v.(type) {
	case types.String, types.Int, types.Bool, types.Double, nil:
		return false
	case traits.Lister, traits.Mapper, *types.Optional:
		return true
	}
	return false
}

// What a list, a map and an entry of a map count besides their content.
const (
	listSize  = 48
	mapSize   = 128
	entrySize = 96
)

// nestedSize returns the size of v, or something above left.
func nestedSize(v ref.Val, left int64) int64 {
	switch v := v.(type) {
	case traits.Lister:
		n := int64(listSize)
		for i := range v.Size().(types.Int) {
			if n > left {
				return n
			}
			n += nestedSize(v.Get(i), left-n)
		}
		return n
	case traits.Mapper:
		n := int64(mapSize)
		for it := v.Iterator(); it.HasNext() == types.True && n <= left; {
			key := it.Next()
			n += entrySize + flatSize(key) + nestedSize(v.Get(key), left-n)
		}
		return n
	case *types.Optional:
		if v.HasValue() {
			return 16 + nestedSize(v.GetValue(), left)
		}
	}
	return 16 + flatSize(v)
}
