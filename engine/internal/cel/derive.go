package cel

import (
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// derivedTexts is how many texts of one value the redactors are told.
const derivedTexts = 64

// derive tells every redactor that knows the secrets of t what a function made
// of them, before anyone else sees it.
func (r *evaluation) derive(t taint, made ref.Val) {
	if r.Preview || r.program == nil || r.Secrets == nil {
		return
	}
	var texts []string
	collectTexts(made, &texts)
	if len(texts) == 0 {
		return
	}
	for i, reference := range r.program.refs {
		if t&taintOf(i) == 0 {
			continue
		}
		secret, ok := r.resolved(reference)
		if !ok {
			continue
		}
		for _, text := range texts {
			secret.Derive(text)
		}
	}
}

// resolved returns the secret behind a reference. A computed one stands for all
// that it may mean; telling the redactors of one of them tells them.
func (r *evaluation) resolved(reference *macros.Reference) (redact.Secret, bool) {
	alias := reference.Alias
	if reference.Computed != nil {
		d, ok := r.Secrets.(interface{ Declared() []string })
		if !ok || len(d.Declared()) == 0 {
			return redact.Secret{}, false
		}
		alias = d.Declared()[0]
	}
	if r.Secrets.Status(alias) != macros.Known {
		return redact.Secret{}, false
	}
	return r.Secrets.Secret(alias), true
}

// collectTexts appends the texts in v, at most derivedTexts.
func collectTexts(v ref.Val, texts *[]string) {
	if len(*texts) >= derivedTexts {
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
		for i := range min(v.Size().(types.Int), derivedTexts) {
			collectTexts(v.Get(i), texts)
		}
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True && len(*texts) < derivedTexts; {
			collectTexts(v.Get(it.Next()), texts)
		}
	}
}
