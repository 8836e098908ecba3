package cel

import (
	"math/bits"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// chargeSum pays for exact decimals.
func chargeSum(frame *interpreter.ExecutionFrame, list, key, _ ref.Val) error {
	n, err := deepSize(frame, list, key, nil)
	if err != nil {
		return err
	}
	if l, ok := list.(traits.Lister); ok {
		n += (400 + flatSize(key)) * int64(l.Size().(types.Int))
	}
	return charge(frame, n, n/2)
}

// chargeSort pays for comparing each item with a few others.
func chargeSort(frame *interpreter.ExecutionFrame, list, key, _ ref.Val) error {
	n, err := deepSize(frame, list, key, nil)
	if err != nil {
		return err
	}
	l, ok := list.(traits.Lister)
	if !ok {
		return nil
	}
	count := int64(l.Size().(types.Int))
	n += flatSize(key) * count
	return charge(frame, n*int64(bits.Len64(uint64(count))), n)
}

// chargeItems pays for a look at each item by a key, and for a value.
func chargeItems(frame *interpreter.ExecutionFrame, list, key, value ref.Val) error {
	n, err := deepSize(frame, list, value, nil)
	if err != nil {
		return err
	}
	if l, ok := list.(traits.Lister); ok {
		n += flatSize(key) * int64(l.Size().(types.Int))
	}
	return charge(frame, 4*n, 4*n)
}
