package js

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// rootOf returns the name that a row of members and items begins with, or nil.
func rootOf(n node) *nameNode {
	for {
		switch at := n.(type) {
		case *memberNode:
			n = at.object
		case *indexNode:
			n = at.object
		case *nameNode:
			return at
		default:
			return nil
		}
	}
}

// access binds a member or an item: of a reference, as far as the source spells
// it, or of any other value.
func (b *binder) access(n node, u use) node {
	if root := rootOf(n); root != nil && isSecrets(root.text) {
		return b.reference(n, root, u)
	}
	switch n := n.(type) {
	case *memberNode:
		if o, ok := n.object.(*nameNode); ok && o.text == varsName && b.lookup(varsName) == nil {
			b.reads = append(b.reads, eval.Variable{Name: n.key, Node: int64(n.keyPos)})
		}
		b.names(n.key)
		n.object = b.bind(n.object, useWhole)
	case *indexNode:
		n.object = b.bind(n.object, useWhole)
		if n.optional {
			n.key = b.guard(n.key, 0)
		} else {
			n.key = b.bind(n.key, 0)
		}
	}
	return n
}

// reference binds a member or an item of a row that begins with root. What
// cannot be spelled, a computed item, is read from the reference before it.
func (b *binder) reference(n node, root *nameNode, u use) node {
	row := stepsFrom(n)
	s := &secretNode{extent: extent{pos: root.pos, end: row[0].where().end}, place: len(b.refs)}
	ref := &macros.Reference{Pos: macros.Pos(root.pos)}
	// A bracket around a part of the row makes no difference, but where it ends.
	if !b.alias(row[0], s, ref) {
		return n
	}
	spelled := 1
	for ; spelled < len(row); spelled++ {
		step, ok := stepOf(row[spelled])
		if !ok {
			break
		}
		s.steps = append(s.steps, step)
		s.optional = s.optional || step.optional
		s.end = row[spelled].where().end
	}
	whole := spelled == len(row)
	if !whole {
		u = useWhole
	}
	s.covered = s.optional || u&useCovered != 0
	s.whole = u&useWhole != 0
	s.truth = u&useTruth != 0
	ref.Covered = s.covered
	ref.Guarded = b.guarded > 0 || s.covered
	ref.Whole = s.whole
	ref.Path = pathOf(s.steps)
	b.refs = append(b.refs, ref)
	var bound node = s
	for _, outer := range row[spelled:] {
		switch outer := outer.(type) {
		case *memberNode:
			outer.object = bound
		case *indexNode:
			outer.object = bound
			outer.key = b.bind(outer.key, 0)
		}
		bound = outer
	}
	return bound
}

// stepsFrom returns the members and items from the root outwards.
func stepsFrom(n node) []node {
	var row []node
	for {
		row = append(row, n)
		switch at := n.(type) {
		case *memberNode:
			n = at.object
		case *indexNode:
			n = at.object
		default:
			row = row[:len(row)-1]
			for i, j := 0, len(row)-1; i < j; i, j = i+1, j-1 {
				row[i], row[j] = row[j], row[i]
			}
			return row
		}
	}
}

// alias takes the alias of a reference from what stands behind the root.
func (b *binder) alias(n node, s *secretNode, ref *macros.Reference) bool {
	switch n := n.(type) {
	case *memberNode:
		s.optional = n.optional
		ref.Display = n.key
		if ref.Alias, _ = macros.Canonical(n.key); ref.Alias == "" {
			b.fail(n.keyPos, "`"+n.key+"` is no alias: it has at most 128 letters, digits, _ and -")
			return false
		}
		return true
	case *indexNode:
		s.optional = n.optional
		if t, ok := constantText(n.key); ok {
			ref.Display = t
			if ref.Alias, ok = macros.Canonical(t); !ok {
				b.fail(n.key.where().pos, "the alias in secrets[...] is not valid: it has at most 128 letters, digits, _ and -, and no - at its start")
			}
			return ok
		}
		if _, isLiteral := n.key.(*literal); isLiteral {
			b.fail(n.key.where().pos, "the alias in secrets[...] must be a text")
			return false
		}
		ref.Computed = &macros.Variable{Pos: ref.Pos}
		at := len(b.refs)
		s.alias = b.bind(n.key, 0)
		s.place += len(b.refs) - at
		return true
	}
	return false
}

// constantText returns the text that n is.
func constantText(n node) (string, bool) {
	switch n := n.(type) {
	case *literal:
		return n.value.text, n.value.kind == kindString
	case *templateLiteral:
		return n.texts[0], len(n.parts) == 0 && !n.raw
	}
	return "", false
}

// stepOf returns a member or an item that the source spells.
func stepOf(n node) (step, bool) {
	switch n := n.(type) {
	case *memberNode:
		return step{key: n.key, pos: n.keyPos, optional: n.optional}, true
	case *indexNode:
		if t, ok := constantText(n.key); ok {
			return step{key: t, pos: n.key.where().pos, optional: n.optional}, true
		}
		if l, ok := n.key.(*literal); ok && l.value.kind == kindNumber {
			return step{key: numberText(l.value.num), number: true, pos: l.pos, optional: n.optional}, true
		}
	}
	return step{}, false
}

// pathOf returns the steps that can be nothing but names of fields: the type of
// the secret, which only the evaluation knows, decides about the rest.
func pathOf(steps []step) []macros.Segment {
	var path []macros.Segment
	for _, s := range steps {
		if s.number || s.key == "length" || methodRow(s.key) != nil {
			break
		}
		path = append(path, macros.Segment{Pos: macros.Pos(s.pos), Key: s.key})
	}
	return path
}

// hyphen notes that a difference may have been meant as an alias with a hyphen:
// `secrets.weather-fx`.
func (b *binder) hyphen(n *binaryNode, reads int) {
	s, ok := n.left.(*secretNode)
	if !ok || s.bracketed || s.alias != nil || len(s.steps) > 0 || s.end != n.operatorPos || n.operatorPos+1 != n.right.where().pos {
		return
	}
	ref := b.refs[s.place]
	if right, ok := n.right.(*nameNode); ok && !strings.HasSuffix(b.source[:s.end], "]") {
		ref.Hyphenated = ref.Display + "-" + right.text
		right.hyphenated = ref.Hyphenated
	}
}
