package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// guesses returns where literals stand that an operator or function sees together with a
// secret, in the order of the source. A trace never shows them: one that is the secret
// would have to be masked, and the mask would tell how the comparison ended. Which they
// are depends on the source alone. Text beside a secret is compared with nothing.
func (p *Program) guesses(t tree) []eval.Hidden {
	g := literalFinder{program: p, tree: t, within: make([]bool, len(p.tokens))}
	g.visit(t.ast.Expr())
	var hidden []eval.Hidden
	for i, within := range g.within {
		if !within {
			continue
		}
		if from, to, ok := p.literal(i); ok {
			hidden = append(hidden, eval.Hidden{Pos: from, End: to})
		}
	}
	return hidden
}

type literalFinder struct {
	program *Program
	tree    tree
	// within :: token -> whether it stands in an operation on a secret
	within []bool
}

func (g *literalFinder) visit(e ast.Expr) {
	if _, reference := g.tree.nodes[e.ID()]; reference {
		return // what stands in it are names
	}
	if g.operates(e) {
		from, to := g.program.span(g.tree, e)
		for i, token := range g.program.tokens {
			if token.pos >= from && token.end <= to {
				g.within[i] = true
			}
		}
		g.spare(e)
		return
	}
	g.each(e, g.visit)
}

// spare takes the references below e out again.
func (g *literalFinder) spare(e ast.Expr) {
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		if _, reference := g.tree.nodes[n.ID()]; !reference {
			return
		}
		from, to := g.program.span(g.tree, n)
		for i, token := range g.program.tokens {
			if token.pos >= from && token.end <= to {
				g.within[i] = false
			}
		}
	}))
}

// operates reports whether e computes with a secret, and does not only put it beside
// something else or choose it.
func (g *literalFinder) operates(e ast.Expr) bool {
	if g.tree.flow.nodes.of(e.ID()) == 0 {
		return false
	}
	switch e.Kind() {
	case ast.ComprehensionKind:
		return true
	case ast.CallKind:
		call := e.AsCall()
		switch call.FunctionName() {
		case operators.Add, textName:
			return false
		case operators.Conditional:
			return g.tree.flow.nodes.of(call.Args()[0].ID()) != 0
		}
		return true
	}
	return false
}

// each calls do with what is directly below e.
func (g *literalFinder) each(e ast.Expr, do func(ast.Expr)) {
	switch e.Kind() {
	case ast.SelectKind:
		do(e.AsSelect().Operand())
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			do(call.Target())
		}
		for _, arg := range call.Args() {
			do(arg)
		}
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			do(element)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			do(entry.AsMapEntry().Key())
			do(entry.AsMapEntry().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		for _, part := range []ast.Expr{c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
			do(part)
		}
	}
}

// literal returns where the content of the token at i stands, if it is a literal: without
// the quotes of a text or the signs around a piece of a template literal.
func (p *Program) literal(i int) (pos, end int, ok bool) {
	t := p.tokens[i]
	written := p.source[t.pos:t.end]
	before, behind := 0, 0
	switch t.kind {
	case number:
	case word:
		ok = written == "true" || written == "false" || written == "null"
		return t.pos, t.end, ok && !p.isPunct(i-1, '.')
	case text:
		for written[before] != '"' && written[before] != '\'' {
			before++
		}
		before++
		behind = 1
		if quote := written[before-1]; len(written) >= before+5 && written[before] == quote && written[before+1] == quote {
			before, behind = before+2, 3
		}
	case noSubstitutionTemplate, templateTail:
		before, behind = 1, 1
	case templateHead, templateMiddle:
		before, behind = 1, 2
	default:
		return 0, 0, false
	}
	pos, end = t.pos+before, t.end-behind
	return pos, end, pos < end
}
