package cel

import (
	"errors"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// placeholder is a reference in a preview: a text, if the secret exists.
type placeholder struct {
	id    int64
	alias string
	text  ref.Val
}

// ID implements interpreter.Interpretable.
func (p *placeholder) ID() int64 { return p.id }

// Eval implements interpreter.Interpretable.
func (p *placeholder) Eval(a interpreter.Activation) ref.Val { return execute(a, p.Exec) }

// Exec implements interpreter.InterpretableV2.
func (p *placeholder) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	run := runOf(frame)
	if status := run.Status(p.alias); status != macros.Known {
		return types.NewErrWithNodeID(p.id, "%w", eval.Absent(status))
	}
	return p.text
}

// placeholderTree is a secret that a preview reached through an optional or a computed
// alias. It has every field, and its text is its placeholder.
type placeholderTree struct {
	traits.Mapper
	path string
}

func (h placeholderTree) rawText() string { return "[secrets." + h.path + "]" }

// Find implements traits.Mapper.
func (h placeholderTree) Find(key ref.Val) (ref.Val, bool) {
	switch k := key.(type) {
	case types.String:
		return placeholderTree{path: h.path + "." + string(k)}, true
	case types.Int:
		return placeholderTree{path: h.path + "[" + strconv.FormatInt(int64(k), 10) + "]"}, true
	}
	return types.WrapErr(eval.ErrConversion), false
}

// Get implements traits.Indexer.
func (h placeholderTree) Get(key ref.Val) ref.Val { v, _ := h.Find(key); return v }

// Contains implements traits.Container.
func (h placeholderTree) Contains(ref.Val) ref.Val { return types.True }

// Size implements traits.Sizer. It has nothing in it to count.
func (h placeholderTree) Size() ref.Val { return types.IntZero }

// Iterator implements traits.Iterable.
func (h placeholderTree) Iterator() traits.Iterator {
	return types.NewStringInterfaceMap(types.DefaultTypeAdapter, nil).Iterator()
}

// Equal implements ref.Val.
func (h placeholderTree) Equal(other ref.Val) ref.Val {
	o, ok := other.(placeholderTree)
	return types.Bool(ok && o.path == h.path)
}

// Type implements ref.Val.
func (h placeholderTree) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (h placeholderTree) Value() any { return h.rawText() }

// recovery puts a placeholder where a node failed because one cannot stand there.
type recovery struct {
	text ref.Val
	refs []*macros.Reference
}

// recovered returns i under a recovery for the references that it depends on.
func recovered(i interpreter.InterpretableV2, t eval.Taint, refs []*macros.Reference) interpreter.InterpretableV2 {
	r := recovery{text: types.String(request.Placeholder(refs[t.First()]))}
	for index, reference := range refs {
		if t&eval.TaintOf(index) != 0 && reference.Computed == nil && !reference.Covered {
			r.refs = append(r.refs, reference)
		}
	}
	switch inst := i.(type) {
	case interpreter.InterpretableConst, *placeholder:
		return i
	case interpreter.InterpretableAttribute:
		return &recoveredAttribute{inst, r}
	}
	return &recoveredNode{i, r}
}

// value returns v, or the placeholder if v is an error about a value. An error
// about a secret that is not there stays.
func (r recovery) value(frame *interpreter.ExecutionFrame, v ref.Val) ref.Val {
	err, failed := v.(*types.Err)
	if !failed {
		return v
	}
	var own *eval.Failure
	if errors.As(err, &own) && own.Code != eval.Failed && own.Code != eval.Rejected {
		return v
	}
	for _, reference := range r.refs {
		if runOf(frame).Status(reference.Alias) != macros.Known {
			return v
		}
	}
	return r.text
}

type recoveredNode struct {
	interpreter.InterpretableV2
	recovery recovery
}

// Exec implements interpreter.InterpretableV2.
func (r *recoveredNode) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return r.recovery.value(frame, r.InterpretableV2.Exec(frame))
}

// Eval implements interpreter.Interpretable.
func (r *recoveredNode) Eval(a interpreter.Activation) ref.Val { return execute(a, r.Exec) }

type recoveredAttribute struct {
	interpreter.InterpretableAttribute
	recovery recovery
}

// Exec implements interpreter.InterpretableV2.
func (r *recoveredAttribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	return r.recovery.value(frame, r.InterpretableAttribute.Exec(frame))
}

// Eval implements interpreter.Interpretable.
func (r *recoveredAttribute) Eval(a interpreter.Activation) ref.Val {
	return execute(a, r.Exec)
}
