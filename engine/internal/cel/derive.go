package cel

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// derive tells the redactors what a function made of the secrets of t.
func (r *evaluation) derive(t eval.Taint, made ref.Val) {
	// Folding a constant while compiling has no program, and no secrets.
	if r.program == nil {
		return
	}
	var texts []string
	collectTexts(made, &texts)
	r.Derive(r.program.refs, t, texts, r.program.source, r.vars)
}

// collectTexts appends the texts in v, at most eval.MaxDerived.
func collectTexts(v ref.Val, texts *[]string) {
	if len(*texts) >= eval.MaxDerived {
		return
	}
	switch v := v.(type) {
	case types.String:
		*texts = append(*texts, string(v))
	case types.Bytes:
		*texts = append(*texts, string(v))
	case *types.Optional:
		if v.HasValue() {
			collectTexts(v.GetValue(), texts)
		}
	case traits.Lister:
		for i := range min(v.Size().(types.Int), eval.MaxDerived) {
			collectTexts(v.Get(i), texts)
		}
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True && len(*texts) < eval.MaxDerived; {
			collectTexts(v.Get(it.Next()), texts)
		}
	}
}
