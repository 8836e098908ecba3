package redact

import (
	"github.com/sotto-render/sotto/redact/internal/index"
)

// Redactors that know much in common, as those of scopes below one parent do, are
// made of layers: what they share is known once, and each has by itself only what
// the others must not know.

// Borrow makes r mask what base knows, now and later, until it borrows of
// another; nil ends it. The two MUST NOT borrow of each other.
func (r *Redactor) Borrow(base *Redactor) {
	g := r.registry()
	var next *registry
	if base != nil {
		next = base.registry()
	}
	if old := g.base.Swap(next); old != nil && old != next {
		g.generation.Add(old.count() + 1) // so that the count of both never repeats
	}
}

// Know is [Redactor.Add] without what is derived from the secrets, now or later.
func (r *Redactor) Know(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.learn(s.payload.asRoot())
		}
	}
}

// Follow makes r know what is derived from secrets, which it, or the redactor that
// it borrows of, knows already.
func (r *Redactor) Follow(secrets ...Secret) {
	g := r.registry()
	for _, s := range secrets {
		if s.payload != nil {
			g.follow(s.payload.asRoot())
		}
	}
}

// Fork returns a secret of the same value and forms, of which what is derived is
// known to other redactors than what is derived from s.
func (s Secret) Fork() Secret {
	if s.payload == nil {
		return s
	}
	made := new(derivations)
	return Secret{payload: &payload{
		open: s.payload.open, root: s.payload.root, forms: s.payload.forms,
		derivations: func() *derivations { return made },
	}}
}

// spans returns the stretches of text that are known here and in the layers below.
func (g *registry) spans(dst []index.Span, text []byte, e index.Edge) []index.Span {
	dst = g.matcher.Spans(dst, text, e)
	base := g.base.Load()
	if base == nil {
		return dst
	}
	own := len(dst)
	if dst = base.spans(dst, text, e); own > 0 && len(dst) > own {
		dst = index.Join(dst)
	}
	return dst
}

// hold returns where the tail of text begins that may become a match with what
// follows, here or in the layers below.
func (g *registry) hold(text []byte, before byte) int {
	cut := g.matcher.Hold(text, before)
	if base := g.base.Load(); base != nil {
		cut = min(cut, base.hold(text, before))
	}
	return cut
}

// count grows with each value that is added here or in the layers below.
func (g *registry) count() uint64 {
	n := g.generation.Load()
	if base := g.base.Load(); base != nil {
		n += base.count()
	}
	return n
}
