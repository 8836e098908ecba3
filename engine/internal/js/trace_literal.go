package js

import "github.com/sotto-render/sotto/engine/internal/eval"

// operation is a node that computes with its operands, and does not only put them beside
// something else or choose one of them.
type operation struct {
	// from are what is computed with, over what the literals that are seen there.
	from, over []extent
	// referring says that a reference stands in from.
	referring bool
}

// operationsOf returns the operations in a tree.
func operationsOf(tree node) []operation {
	var found []operation
	visit(tree, func(n node, _ int) bool {
		if from, over := operands(n); len(from) > 0 {
			o := operation{over: over}
			for _, operand := range from {
				o.from = append(o.from, *operand.where())
				visit(operand, func(below node, _ int) bool {
					_, ok := below.(*secretNode)
					o.referring = o.referring || ok
					return !o.referring
				})
			}
			found = append(found, o)
		}
		return true
	})
	return found
}

// operands returns what n computes with, if it is an operation, and where literals that
// are seen there stand.
func operands(n node) (from []node, over []extent) {
	switch n := n.(type) {
	case *conditionalNode:
		from = []node{n.test}
	case *choiceNode:
		from, over = []node{n.value}, []extent{*n.value.where()}
		for _, k := range n.cases {
			if k.test != nil {
				from, over = append(from, k.test), append(over, *k.test.where())
			}
		}
		return from, over
	case *callNode:
		if _, atOnce := n.callee.(*functionLiteral); atOnce && len(n.args) == 0 {
			return nil, nil // the body stands where it is called: what is in it decides
		}
		from = []node{n}
	case *binaryNode, *logicalNode, *unaryNode, *constructionNode, *indexNode, *assignmentNode:
		from = []node{n}
	default:
		return nil, nil
	}
	return from, []extent{*n.where()}
}

// literalsOf returns where the contents of the literals of a source stand, in order:
// without the quotes of a text, the signs around a piece of a template literal and the
// slashes of a regular expression. What spells a reference is none.
func literalsOf(source string, limits *eval.Limits, tree node) []extent {
	p := &parser{scanner: scanner{source: source, left: limits.Tokens}, limits: limits, start: -1, literals: []extent{}}
	p.advance()
	p.expression()
	p.literal(&p.token)
	var spelled []extent
	visit(tree, func(n node, _ int) bool {
		if s, ok := n.(*secretNode); ok && s.alias == nil {
			spelled = append(spelled, s.extent)
		}
		return true
	})
	kept := p.literals[:0]
	for _, l := range p.literals {
		if l.pos < l.end && !within(l, spelled) {
			kept = append(kept, l)
		}
	}
	return kept
}

func within(inner extent, list []extent) bool {
	for _, outer := range list {
		if outer.pos <= inner.pos && inner.end <= outer.end {
			return true
		}
	}
	return false
}

// literal notes the content of a token, if it is a literal and they are asked for.
func (p *parser) literal(t *token) {
	if p.literals == nil {
		return
	}
	at := extent{pos: t.pos, end: t.end}
	switch t.kind {
	case tokenNumber:
	case tokenText:
		at.pos, at.end = at.pos+1, at.end-1
	case tokenTemplate:
		at.end-- // the backquote, or the brace behind the dollar
		if !t.tail {
			at.end--
		}
		at.pos++ // the backquote, or the brace that ends the part before
	case tokenRegex:
		at.pos, at.end = at.pos+1, at.end-len(t.raw)-1
	case tokenName:
		member := t.pos > 0 && p.source[t.pos-1] == '.'
		if member || !t.isWord("true") && !t.isWord("false") && !t.isWord("null") {
			return
		}
	default:
		return
	}
	p.literals = append(p.literals, at)
}

// hidden returns the literals that an operation sees together with a secret: one that
// would have to be masked where it is the secret, and tell so how a comparison ended.
// Neither the source nor what a trace says of taint depends on the values of secrets.
func (p *plan) hidden(steps []eval.Step) []eval.Hidden {
	tainted := make(map[[2]int]bool)
	for _, s := range steps {
		if s.Tainted {
			tainted[[2]int{s.Pos, s.End}] = true
		}
	}
	var seen []extent
	for _, o := range p.operations {
		secret := o.referring
		for _, at := range o.from {
			secret = secret || tainted[[2]int{at.pos, at.end}]
		}
		if secret {
			seen = append(seen, o.over...)
		}
	}
	var list []eval.Hidden
	for _, l := range p.literals {
		if within(l, seen) {
			list = append(list, eval.Hidden{Pos: l.pos, End: l.end})
		}
	}
	return list
}
