package cel

import (
	"cmp"
	"maps"
	"slices"

	"github.com/google/cel-go/common/functions"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// writtenMap is a map that is walked in an order that is always the same: that
// in which its keys were written, else that of the keys themselves.
type writtenMap struct {
	traits.Mapper
	// keys returns how many keys there are, and each.
	keys func() (n int, key func(i int) ref.Val)
}

// Iterator implements traits.Iterable.
func (m *writtenMap) Iterator() traits.Iterator {
	n, key := m.keys()
	return &writtenKeys{n: n, key: key}
}

// IsZeroValue implements traits.Zeroer.
func (m *writtenMap) IsZeroValue() bool { return m.Size() == types.IntZero }

// writtenKeys walks a writtenMap.
type writtenKeys struct {
	traits.Iterator
	n   int
	key func(i int) ref.Val
	at  int
}

// HasNext implements traits.Iterator.
func (k *writtenKeys) HasNext() ref.Val { return types.Bool(k.at < k.n) }

// Next implements traits.Iterator.
func (k *writtenKeys) Next() ref.Val {
	if k.at >= k.n {
		return nil
	}
	k.at++
	return k.key(k.at - 1)
}

// written returns m, which has the names in keys, to be walked in their order.
func written(m traits.Mapper, keys []string) traits.Mapper {
	return &writtenMap{m, func() (int, func(int) ref.Val) { return named(keys) }}
}

func named(keys []string) (int, func(i int) ref.Val) {
	return len(keys), func(i int) ref.Val { return types.String(keys[i]) }
}

// sorted returns a map of Go, which has no order, to be walked in that of its
// keys.
func sorted(a adapter, m map[string]any) traits.Mapper {
	return &writtenMap{types.NewStringInterfaceMap(a, m), func() (int, func(int) ref.Val) {
		return named(slices.Sorted(maps.Keys(m)))
	}}
}

// sortedByText is sorted for any keys: numbers by their value, others by their
// text.
func sortedByText(m traits.Mapper) traits.Mapper {
	return &writtenMap{m, func() (int, func(int) ref.Val) {
		var keys []ref.Val
		for it := m.Iterator(); it.HasNext() == types.True; {
			keys = append(keys, it.Next())
		}
		slices.SortFunc(keys, compareKeys)
		return len(keys), func(i int) ref.Val { return keys[i] }
	}}
}

func compareKeys(a, b ref.Val) int {
	if ordered, ok := a.(traits.Comparer); ok && a.Type() == b.Type() {
		if order, ok := ordered.Compare(b).(types.Int); ok {
			return int(order)
		}
	}
	left, _ := keyText(a)
	right, _ := keyText(b)
	return cmp.Compare(left, right)
}

// inOrder returns m walked by the names that order lists, and behind them those
// that it leaves out, sorted.
func inOrder(a adapter, m map[string]any, order []string) traits.Mapper {
	return &writtenMap{types.NewStringInterfaceMap(a, m), func() (int, func(int) ref.Val) {
		keys := make([]string, 0, len(m))
		listed := make(map[string]bool, len(m))
		for _, key := range order {
			if _, there := m[key]; there && !listed[key] {
				listed[key] = true
				keys = append(keys, key)
			}
		}
		if first := len(keys); first < len(m) {
			for key := range m {
				if !listed[key] {
					keys = append(keys, key)
				}
			}
			slices.Sort(keys[first:])
		}
		return named(keys)
	}}
}

// madeMap is a map that an expression makes, entry by entry.
type madeMap struct {
	writtenMap
	adapter types.Adapter
	entries map[ref.Val]ref.Val
	made    []ref.Val
}

func newMadeMap(a types.Adapter, entries map[ref.Val]ref.Val, keys []ref.Val) *madeMap {
	m := &madeMap{adapter: a, entries: entries, made: keys}
	m.writtenMap = writtenMap{types.NewRefValMap(a, entries), func() (int, func(int) ref.Val) {
		return len(keys), func(i int) ref.Val { return keys[i] }
	}}
	return m
}

// inserted returns the map to with one more entry. Where to is a madeMap it
// shares its entries and is not used again: it is what a loop has made so far.
func inserted(a types.Adapter, to, key, value ref.Val) ref.Val {
	m, ok := to.(*madeMap)
	if !ok {
		m = newMadeMap(a, make(map[ref.Val]ref.Val), nil)
	}
	if _, twice := m.Find(key); twice {
		return types.NewErr("insert failed")
	}
	m.entries[key] = value
	return newMadeMap(m.adapter, m.entries, append(m.made, key))
}

// mapInsert is the function of cel-go's macros that make maps: its own forgets
// the order.
const mapInsert = "cel.@mapInsert"

// insertion returns the implementation of mapInsert for the map that a loop
// makes, which is empty at first.
func insertion(a types.Adapter) *functions.Overload {
	return &functions.Overload{
		Operator: mapInsert,
		Function: func(args ...ref.Val) ref.Val { return inserted(a, args[0], args[1], args[2]) },
		Binary: func(to, from ref.Val) ref.Val {
			more, ok := from.(traits.Mapper)
			if !ok {
				return types.MaybeNoSuchOverloadErr(from)
			}
			for it := more.Iterator(); it.HasNext() == types.True; {
				key := it.Next()
				if to = inserted(a, to, key, more.Get(key)); types.IsError(to) {
					return to
				}
			}
			return to
		},
	}
}

// mapLiteral is a literal map. Its entries stand in the order of the source; a
// key that stands twice has its first place and its last value.
type mapLiteral struct {
	interpreter.InterpretableConstructor
	adapter types.Adapter
	entries []mapEntry
}

type mapEntry struct {
	key, value interpreter.InterpretableV2
	optional   bool
}

// newMapLiteral returns the node for a literal map.
func newMapLiteral(a types.Adapter, c interpreter.InterpretableConstructor, s shape) *mapLiteral {
	l := &mapLiteral{InterpretableConstructor: c, adapter: a}
	values := c.InitVals()
	for i := 0; i < len(values); i += 2 {
		l.entries = append(l.entries, mapEntry{values[i], values[i+1], s.of(values[i].ID())&isOptionalKey != 0})
	}
	return l
}

// Exec implements interpreter.InterpretableV2.
func (l *mapLiteral) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	entries := make(map[ref.Val]ref.Val, len(l.entries))
	keys := make([]ref.Val, 0, len(l.entries))
	for _, e := range l.entries {
		key := e.key.Exec(frame)
		if types.IsUnknownOrError(key) {
			return key
		}
		value := e.value.Exec(frame)
		if types.IsUnknownOrError(value) {
			return value
		}
		_, twice := entries[key]
		if e.optional {
			of, ok := value.(*types.Optional)
			if !ok {
				return types.NewErrWithNodeID(l.ID(), "cannot initialize optional")
			}
			if !of.HasValue() {
				if twice {
					delete(entries, key)
					keys = slices.DeleteFunc(keys, func(k ref.Val) bool { return k == key })
				}
				continue
			}
			value = of.GetValue()
		}
		if entries[key] = value; !twice {
			keys = append(keys, key)
		}
	}
	return newMadeMap(l.adapter, entries, keys)
}

// Eval implements interpreter.Interpretable.
func (l *mapLiteral) Eval(a interpreter.Activation) ref.Val { return execute(a, l.Exec) }
