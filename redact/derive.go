package redact

import (
	"slices"
	"strings"
	"sync"

	"github.com/sotto-render/sotto/redact/internal/index"
)

// Bounds of what is remembered about values made from one secret. A template
// that signs its payload makes a new value with every message.
const (
	shortestDerived = 8         // bytes
	longestDerived  = 4 << 10   // bytes
	maxDerivedForms = 256 << 10 // bytes that the forms of one secret's derived values take
)

// identity tells values apart: two secrets that hold the same text are one to
// a [Redactor]. What was derived is told apart by its root also, because it
// goes when its root goes.
type identity struct {
	kind Kind
	text string
	root *payload
	// detail is what else its forms depend on: names of a common value, fields that
	// are left unmasked.
	detail string
}

// derivations is what connects a secret, what was made of it, and the redactors
// that know them.
type derivations struct {
	mu sync.Mutex
	// redactors are each in it once; most secrets have one or two.
	redactors []*registry
	// derived :: text -> its secret
	derived map[string]*payload
	// order holds the keys of derived, oldest first; bytes is what their forms take.
	order []string
	bytes int
}

// Derive returns text, which was made of s by a filter or an expression, as a
// secret of its own. Every redactor that knows s knows it before Derive
// returns. Text that is known already costs one lookup, and one in which the
// redactors find a value needs no more: the value in it is masked. Of each secret
// those derived last stay known whose forms take 256 KiB together, and of each
// redactor those of [Options.DerivedBytes]. Texts under 8 bytes and over 4 KiB are
// never made known, nor are true, false and null, in any letter case, quoted, in
// brackets or with space around: a mask in their place would tell how a
// comparison ended.
func (s Secret) Derive(text string) Secret {
	if s.payload == nil || !MayDerive(text) {
		return NewSecret(text)
	}
	root := s.payload
	if root.root != nil {
		root = root.root
	}
	return Secret{payload: root.derive(text)}
}

// MayDerive reports whether [Secret.Derive] makes a text known at all.
func MayDerive(text string) bool {
	return len(text) >= shortestDerived && len(text) <= longestDerived && !isVerdict(text)
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
	if f.found(text) {
		return d
	}
	if f.derived == nil {
		f.derived = make(map[string]*payload)
	}
	for _, r := range f.redactors {
		r.learn(d)
	}
	f.derived[text] = d
	f.order = append(f.order, text)
	f.bytes += formsCost(d.forms())
	for f.bytes > maxDerivedForms && len(f.order) > 1 {
		f.forgetOldest()
	}
	return d
}

// found reports whether each of the redactors finds something in text. It is called
// with the lock held.
func (f *derivations) found(text string) bool {
	// A mail holds the signature that was made just now: all of them know it.
	if n := len(f.order); n > 0 && !isCommon(f.order[n-1]) && strings.Contains(text, f.order[n-1]) {
		return len(f.redactors) > 0
	}
	for _, r := range f.redactors {
		var buf [4]index.Span
		if spans, _ := r.find(buf[:0], bytesOf(text), 0, false); len(spans) == 0 {
			return false
		}
	}
	return len(f.redactors) > 0
}

// formsCost is about how many bytes patterns take in an index.
func formsCost(patterns []index.Pattern) int {
	const each = 160
	cost := 0
	for i := range patterns {
		cost += patterns[i].Len() + each
	}
	return cost
}

// forgetOldest is called with the lock held.
func (f *derivations) forgetOldest() {
	text := f.order[0]
	f.order = f.order[1:]
	oldest := f.derived[text]
	f.bytes -= formsCost(oldest.forms())
	delete(f.derived, text)
	for _, r := range f.redactors {
		r.drop(oldest)
	}
}

// asRoot returns p as a redactor knows what it was given by itself: a derived
// value then does not go when its root goes.
func (p *payload) asRoot() *payload {
	if p.root == nil {
		return p
	}
	return newSecret(content{kind: Token, text: p.open().text, tree: p.open().text}).payload
}

// join makes r one of the redactors that learn what is derived from p.
func (p *payload) join(r *registry) {
	f := p.derivations()
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.redactors, r) {
		f.redactors = append(f.redactors, r)
	}
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
