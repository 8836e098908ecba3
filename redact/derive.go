package redact

import (
	"slices"
	"strings"
	"sync"
)

// Bounds of what is remembered about values made from one secret. A template
// that signs its payload makes a new value with every message.
const (
	shortestDerived = 4       // bytes
	maxDerived      = 1024    // values of one secret
	maxDerivedBytes = 4 << 20 // of them together
)

// identity tells values apart: two secrets that hold the same text are one to
// a [Redactor]. What was derived is told apart by its root also, because it
// goes when its root goes.
type identity struct {
	kind Kind
	text string
	root *payload
}

// derivations is what connects a secret, what was made of it, and the redactors
// that know them.
type derivations struct {
	mu        sync.Mutex
	redactors map[*registry]struct{}
	// derived :: text -> its secret
	derived map[string]*payload
	// order holds the keys of derived, oldest first; bytes is their length.
	order []string
	bytes int
}

// Derive returns text, which was made of s by a filter or an expression, as a
// secret of its own. Every redactor that knows s knows it before Derive
// returns. Text that is known already costs one lookup. Of each secret the
// last 1,024 derived values stay known, or the last 4 MiB of them; texts under
// 4 bytes are never made known, as they would mask what has nothing to do with
// the secret, nor are true, false and null, in any letter case, quoted, in
// brackets or with space around: a mask in their place would tell how a
// comparison ended.
func (s Secret) Derive(text string) Secret {
	if s.payload == nil || len(text) < shortestDerived || isVerdict(text) {
		return NewSecret(text)
	}
	root := s.payload
	if root.root != nil {
		root = root.root
	}
	return Secret{payload: root.derive(text)}
}

// isVerdict reports whether text says no more than how a comparison ended.
func isVerdict(text string) bool {
	word := strings.Trim(text, " \t\r\n\\\"'`()[]{}")
	return strings.EqualFold(word, "true") || strings.EqualFold(word, "false") || strings.EqualFold(word, "null")
}

func (p *payload) derive(text string) *payload {
	f := p.derivations()
	f.mu.Lock()
	defer f.mu.Unlock()
	if d, ok := f.derived[text]; ok {
		return d
	}
	if c := p.open(); c.kind == Token && c.text == text {
		return p
	}
	d := newPayload(content{kind: Token, text: text, tree: text}, p)
	if f.derived == nil {
		f.derived = make(map[string]*payload)
	}
	for r := range f.redactors {
		r.learn(d)
	}
	f.derived[text] = d
	f.order = append(f.order, text)
	f.bytes += len(text)
	for len(f.order) > maxDerived || f.bytes > maxDerivedBytes && len(f.order) > 1 {
		f.forgetOldest()
	}
	return d
}

// forgetOldest is called with the lock held.
func (f *derivations) forgetOldest() {
	text := f.order[0]
	f.order = f.order[1:]
	f.bytes -= len(text)
	oldest := f.derived[text]
	delete(f.derived, text)
	for r := range f.redactors {
		r.drop(oldest)
	}
}

// asRoot returns p as a redactor knows what it was given by itself: a derived
// value then does not go when its root goes.
func (p *payload) asRoot() *payload {
	if p.root == nil {
		return p
	}
	return NewSecret(p.open().text).payload
}

// join makes r one of the redactors that learn what is derived from p.
func (p *payload) join(r *registry) {
	f := p.derivations()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.redactors == nil {
		f.redactors = make(map[*registry]struct{})
	}
	f.redactors[r] = struct{}{}
}

// derivedValues returns what was derived from p.
func (p *payload) derivedValues() []*payload {
	f := p.derivations()
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]*payload, 0, len(f.derived))
	for _, d := range f.derived {
		out = append(out, d)
	}
	return slices.Clip(out)
}
