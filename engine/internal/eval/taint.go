package eval

import (
	"math/bits"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Taint is a set of references of a program, as bits of their index; the last
// bit stands for all references from 63 on. A value with a taint is tainted. A
// language that knows of a value no more than that it is tainted says
// [AnyReference].
type Taint uint64

// AnyReference is the taint of a value that may depend on any reference.
const AnyReference = ^Taint(0)

// TaintOf returns the taint of the reference at index.
func TaintOf(index int) Taint { return 1 << min(index, 63) }

// First returns the index of the first reference.
func (t Taint) First() int { return bits.TrailingZeros64(uint64(t)) }

// MaxDerived is how many texts of one value the redactors are told.
const MaxDerived = 64

// Derive tells every redactor that knows the secrets of t, which are among
// references, what an evaluation made of them, before anyone else sees it: but for what
// stands in the source or among the variables.
func (g *Given) Derive(references []*macros.Reference, t Taint, texts []string, source string, vars map[string]any) {
	// A preview has no values, so that nothing can be made of them.
	if g.Preview || g.Secrets == nil {
		return
	}
	texts = slices.DeleteFunc(texts, func(text string) bool {
		return !redact.MayDerive(text) || request.IsWritten(text, source, vars)
	})
	if len(texts) == 0 {
		return
	}
	for i, reference := range references {
		if t&TaintOf(i) == 0 {
			continue
		}
		secret, ok := g.resolved(reference)
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
func (g *Given) resolved(reference *macros.Reference) (redact.Secret, bool) {
	alias := reference.Alias
	if reference.Computed != nil {
		d, ok := g.Secrets.(interface{ Declared() []string })
		if !ok || len(d.Declared()) == 0 {
			return redact.Secret{}, false
		}
		alias = d.Declared()[0]
	}
	if g.Secrets.Status(alias) != macros.Known {
		return redact.Secret{}, false
	}
	return g.Secrets.Secret(alias), true
}
