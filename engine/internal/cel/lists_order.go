package cel

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// sum adds numbers, and texts that spell one: ints as an int, any others as the
// decimals that they are written as. What is no number counts nothing.
func sum(l *items) ref.Val {
	total, rough, whole, exact := new(big.Rat), 0.0, true, true
	for _, by := range l.by {
		n, ok := decimal(by)
		if _, isDouble := by.(types.Double); isDouble {
			whole = false
			if !ok {
				return types.WrapErr(eval.ErrNumber)
			}
		}
		if !ok {
			continue
		}
		f, _ := n.Float64()
		rough += f
		whole = whole && n.IsInt()
		// Exact sums of numbers with hundreds of digits take too long.
		if exact = exact && n.Num().BitLen() <= maxSumBits && n.Denom().BitLen() <= maxSumBits; exact {
			total.Add(total, n)
		}
	}
	switch {
	case !exact && whole, whole && !total.Num().IsInt64():
		return types.WrapErr(eval.ErrNumber)
	case whole:
		return types.Int(total.Num().Int64())
	case exact:
		rough, _ = total.Float64()
	}
	return types.Double(rough)
}

// maxSumBits is how long a number may be of which a sum is exact.
const maxSumBits = 128

// compareItems puts null last. It is not ok for what has no order between them.
func compareItems(a, b ref.Val) (int, bool) {
	if a == types.NullValue || b == types.NullValue {
		return nullLast(a, b), true
	}
	ordered, ok := a.(traits.Comparer)
	if !ok {
		return 0, false
	}
	order, ok := ordered.Compare(b).(types.Int)
	return int(order), ok
}

func nullLast(a, b ref.Val) int {
	switch {
	case a == b:
		return 0
	case a == types.NullValue:
		return 1
	}
	return -1
}

// compareFolded compares texts whatever their case.
func compareFolded(a, b ref.Val) (int, bool) {
	left, ok := a.(types.String)
	right, ok2 := b.(types.String)
	if !ok || !ok2 {
		return compareItems(a, b)
	}
	return strings.Compare(strings.ToLower(string(left)), strings.ToLower(string(right))), true
}

// sorting sorts items by what a function looks at; equal ones stay as they stand.
func sorting(compare func(a, b ref.Val) (int, bool)) func(*items) ref.Val {
	return func(l *items) ref.Val {
		places := make([]int, len(l.all))
		for i := range places {
			places[i] = i
		}
		comparable := true
		slices.SortFunc(places, func(i, j int) int {
			order, ok := compare(l.by[i], l.by[j])
			comparable = comparable && ok
			return cmp.Or(order, cmp.Compare(i, j))
		})
		if !comparable {
			return types.WrapErr(eval.ErrOrder)
		}
		sorted := make([]ref.Val, len(places))
		for i, place := range places {
			sorted[i] = l.all[place]
		}
		return listOf(sorted)
	}
}
