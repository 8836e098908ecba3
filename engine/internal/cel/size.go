package cel

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

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

// nestedSize returns the size of v, or something above left.
func nestedSize(v ref.Val, left int64) int64 {
	switch m := v.(type) {
	case *writtenMap:
		v = m.Mapper // any order will do
	case *madeMap:
		v = m.Mapper
	}
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

// What a list, a map and an entry of a map count besides their content.
const (
	listSize  = 48
	mapSize   = 128
	entrySize = 96
)
