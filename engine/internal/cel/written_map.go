package cel

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"
)

// writtenMap is a map that is walked in the order in which its keys were
// written.
type writtenMap struct {
	traits.Mapper
	n   int
	key func(i int) ref.Val
}

// Iterator implements traits.Iterable.
func (m *writtenMap) Iterator() traits.Iterator { return &writtenKeys{of: m} }

// writtenKeys walks a writtenMap.
type writtenKeys struct {
	traits.Iterator
	of *writtenMap
	at int
}

// HasNext implements traits.Iterator.
func (k *writtenKeys) HasNext() ref.Val { return types.Bool(k.at < k.of.n) }

// Next implements traits.Iterator.
func (k *writtenKeys) Next() ref.Val {
	if k.at >= k.of.n {
		return nil
	}
	k.at++
	return k.of.key(k.at - 1)
}

// written returns m, which has the names in keys, to be walked in their order.
func written(m traits.Mapper, keys []string) traits.Mapper {
	return &writtenMap{m, len(keys), func(i int) ref.Val { return types.String(keys[i]) }}
}

// writtenLiteral is a literal map whose keys are constants.
type writtenLiteral struct {
	interpreter.InterpretableV2
	keys []ref.Val
}

// newWrittenLiteral returns a node for a literal map, or nil where a key of it
// is computed.
func newWrittenLiteral(c interpreter.InterpretableConstructor) interpreter.InterpretableV2 {
	values := c.InitVals()
	l := &writtenLiteral{InterpretableV2: c}
	for i := 0; i < len(values); i += 2 {
		key, ok := values[i].(interpreter.InterpretableConst)
		if !ok {
			return nil
		}
		l.keys = append(l.keys, key.Value())
	}
	return l
}

// Exec implements interpreter.InterpretableV2.
func (l *writtenLiteral) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	v := l.InterpretableV2.Exec(frame)
	m, ok := v.(traits.Mapper)
	// An optional entry may be missing, and a key that stands twice is there once:
	// such a map keeps the order that cel-go gives it.
	if !ok || m.Size() != types.Int(len(l.keys)) {
		return v
	}
	return &writtenMap{m, len(l.keys), func(i int) ref.Val { return l.keys[i] }}
}

// Eval implements interpreter.Interpretable.
func (l *writtenLiteral) Eval(a interpreter.Activation) ref.Val { return execute(a, l.Exec) }
