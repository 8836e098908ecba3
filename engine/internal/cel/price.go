package cel

import (
	"strings"

	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// price takes off the budgets what a call is about to use, before it uses it.
// An argument that the call does not have is nil.
type price func(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error

// bytesPerCost is how many bytes one unit of cost looks at or makes.
const bytesPerCost = 64

// smallChange is what a call may look at and make for free: the loop that
// repeats it, or the tree that spells it out, has paid already.
const smallChange = 256

func charge(frame *interpreter.ExecutionFrame, cost, memory int64) error {
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
	operators.Add:           chargeAdd,
	operators.In:            chargeIn,
	"replace":               chargeReplace,
	"split":                 chargeSplit,
	"indexOf":               chargeFind,
	"lastIndexOf":           chargeFind,
	"join":                  chargeJoin,
	"format":                chargeFormat,
	"strings.format":        chargeFormat,
	"lists.range":           chargeRange,
	"distinct":              chargePairs,
	"compact":               chargeItems,
	"uniq":                  chargeItems,
	"map":                   chargeItems,
	"group_by":              chargeItems,
	"where":                 chargeItems,
	"reject":                chargeItems,
	"find":                  chargeItems,
	"find_index":            chargeItems,
	"sets.contains":         chargePairs,
	"sets.equivalent":       chargePairs,
	"sets.intersects":       chargePairs,
	"json_decode":           chargeDecode,
	"from_json":             chargeDecode,
	"json_encode":           chargeEncode,
	dateName:                chargeDate,
	zoneName:                chargeDate,
	"currency":              chargeMoney,
	"number_with_precision": chargeDigits,
	"number_with_delimiter": chargeDigits,
	"to_sentence":           chargeSentence,
	"sum":                   chargeSum,
	"sort":                  chargeSort,
	"@sort":                 chargeSort,
	"sort_natural":          chargeSort,
	"getFullYear":           chargeZone,
	"getMonth":              chargeZone,
	"getDayOfYear":          chargeZone,
	"getDayOfMonth":         chargeZone,
	"getDate":               chargeZone,
	"getDayOfWeek":          chargeZone,
	"getHours":              chargeZone,
	"getMinutes":            chargeZone,
	"getSeconds":            chargeZone,
	"getMilliseconds":       chargeZone,
	operators.Less:          chargeFlat,
	operators.LessEquals:    chargeFlat,
	operators.Greater:       chargeFlat,
	operators.GreaterEquals: chargeFlat,
	"size":                  chargeFlat,
	"startsWith":            chargeFlat,
	"endsWith":              chargeFlat,
	"contains":              chargeFlat,
}

func priceOf(function string) price {
	if p, ok := prices[function]; ok {
		return p
	}
	if free[function] {
		return nil
	}
	return chargeAll
}

// chargeFlat pays for a look at each byte of texts.
func chargeFlat(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error {
	n := flatSize(first) + flatSize(second) + flatSize(third)
	if n <= smallChange {
		return nil
	}
	return charge(frame, n, 0)
}

// chargeAll pays for a look at all of the arguments and for a result that is a few
// times as long.
func chargeAll(frame *interpreter.ExecutionFrame, first, second, third ref.Val) error {
	n, err := deepSize(frame, first, second, third)
	if err != nil || n <= smallChange {
		return err
	}
	return charge(frame, 4*n, 4*n)
}

// chargeDeep pays for a comparison.
func chargeDeep(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
	n, err := deepSize(frame, first, second, nil)
	if err != nil || n <= smallChange {
		return err
	}
	return charge(frame, n, 0)
}

// chargeDecode pays for what JSON becomes: each digit may be a value of its own.
func chargeDecode(frame *interpreter.ExecutionFrame, text, _, _ ref.Val) error {
	n := flatSize(text)
	return charge(frame, 4*n, 24*n)
}

func chargeAdd(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
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
	return charge(frame, n, n)
}

func chargeIn(frame *interpreter.ExecutionFrame, element, in, _ ref.Val) error {
	if _, ok := in.(traits.Mapper); ok {
		return nil
	}
	return chargeDeep(frame, element, in, nil)
}

// chargePairs pays for comparing all elements with all others.
func chargePairs(frame *interpreter.ExecutionFrame, first, second, _ ref.Val) error {
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
	return charge(frame, n*int64(last.Size().(types.Int)), n)
}

func chargeReplace(frame *interpreter.ExecutionFrame, text, old, with ref.Val) error {
	s, ok1 := text.(types.String)
	o, ok2 := old.(types.String)
	w, ok3 := with.(types.String)
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	n := int64(len(s)) + int64(strings.Count(string(s), string(o)))*int64(len(w))
	return charge(frame, 2*n, 2*n)
}

func chargeSplit(frame *interpreter.ExecutionFrame, text, by, _ ref.Val) error {
	s, ok1 := text.(types.String)
	b, ok2 := by.(types.String)
	if !ok1 || !ok2 {
		return nil
	}
	n := int64(len(s)) + 48*int64(strings.Count(string(s), string(b))+1)
	return charge(frame, n, n)
}

// chargeFind pays for what cel-go does: it makes both texts lists of characters, and
// compares the second at every place of the first.
func chargeFind(frame *interpreter.ExecutionFrame, text, part, _ ref.Val) error {
	n, m := flatSize(text), flatSize(part)
	return charge(frame, n*max(m, 4), 4*(n+m))
}

func chargeJoin(frame *interpreter.ExecutionFrame, list, by, _ ref.Val) error {
	n, err := deepSize(frame, list, nil, nil)
	if err != nil {
		return err
	}
	if l, ok := list.(traits.Lister); ok {
		n += flatSize(by) * int64(l.Size().(types.Int))
	}
	return charge(frame, 2*n, 2*n)
}

// chargeFormat counts a number as long as the greatest precision lets it be.
func chargeFormat(frame *interpreter.ExecutionFrame, template, args, _ ref.Val) error {
	n, err := deepSize(frame, template, args, nil)
	if err != nil {
		return err
	}
	if t, ok := template.(types.String); ok {
		n += 500 * int64(strings.Count(string(t), "%"))
	}
	return charge(frame, 8*n, 4*n)
}

func chargeRange(frame *interpreter.ExecutionFrame, size, _, _ ref.Val) error {
	n, ok := size.(types.Int)
	if !ok || n < 0 {
		return nil
	}
	return charge(frame, 32*int64(min(n, 1<<32)), 32*int64(min(n, 1<<32)))
}

// chargeZone pays for loading a time zone.
func chargeZone(frame *interpreter.ExecutionFrame, _, zone, _ ref.Val) error {
	if zone == nil {
		return nil
	}
	return charge(frame, 500*bytesPerCost, 4<<10)
}

// chargeEncode pays for JSON, and for the spaces before its lines: a short one
// that is nested deep becomes very long.
func chargeEncode(frame *interpreter.ExecutionFrame, v, indent, _ ref.Val) error {
	if err := chargeAll(frame, v, nil, nil); err != nil {
		return err
	}
	spaces, ok := indent.(types.Int)
	if !ok || spaces <= 0 || spaces > jsontext.MaxIndent {
		return nil
	}
	compact, err := appendJSON(nil, v, eval.DefaultLimits.Output)
	if err != nil {
		return nil // the call says so
	}
	n := int64(jsontext.IndentedSize(compact, int(spaces)))
	return charge(frame, n, n)
}

// chargeDate pays for reading a date and a zone, and for the widths that a format
// may ask for.
func chargeDate(frame *interpreter.ExecutionFrame, v, format, _ ref.Val) error {
	n := flatSize(v) + 200*flatSize(format)
	return charge(frame, 100*bytesPerCost+n, 256+n)
}

// chargeMoney pays for looking up how a currency is written.
func chargeMoney(frame *interpreter.ExecutionFrame, _, _, _ ref.Val) error {
	return charge(frame, 100*bytesPerCost, 512)
}

// chargeDigits pays for exact decimals, and for the delimiters between them.
func chargeDigits(frame *interpreter.ExecutionFrame, _, second, third ref.Val) error {
	n := 400 * (4 + flatSize(second) + flatSize(third))
	return charge(frame, n, n)
}

// chargeSentence pays for the items and what stands between them.
func chargeSentence(frame *interpreter.ExecutionFrame, list, words, two ref.Val) error {
	n, err := deepSize(frame, list, two, nil)
	if err != nil {
		return err
	}
	if l, ok := list.(traits.Lister); ok {
		n += flatSize(words) * int64(l.Size().(types.Int))
	}
	return charge(frame, 2*n, 2*n)
}
