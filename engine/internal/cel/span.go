package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

func isIndex(function string) bool {
	return function == operators.Index || function == operators.OptIndex || function == operators.OptSelect
}

// span returns where the source of e starts and ends.
func (p *Program) span(t tree, e ast.Expr) (pos, end int) {
	if index, ok := t.nodes[e.ID()]; ok && t.ends[index] > 0 {
		return int(t.refs[index].Pos), t.ends[index]
	}
	first, last := len(p.tokens), -1
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		// The placeholder of a preview stands where the last step of its path
		// stood: the reference knows where the path starts.
		if index, ok := t.nodes[n.ID()]; ok {
			if i := tokenAt(p.tokens, int(t.refs[index].Pos)); i >= 0 {
				first, last = min(first, i), max(last, i)
			}
		}
		r, ok := t.info.GetOffsetRange(n.ID())
		if !ok {
			return
		}
		i := tokenAt(p.tokens, t.rewritten.offset(int(r.Start)))
		if i >= 0 {
			first, last = min(first, i), max(last, i)
		}
	}))
	if last < 0 {
		return 0, len(p.source)
	}
	first, last = p.balanced(first, last)
	return p.tokens[first].pos, p.tokens[last].end
}

// balanced widens a range of tokens until it has the names of its calls, the
// fields that its dots select, and both ends of each bracket.
func (p *Program) balanced(first, last int) (int, int) {
	for {
		from, to := first, last
		if p.isPunct(last, '.') || p.isPunct(last, '?') {
			to++
		}
		if p.isPunct(first, '(') && first > 0 && p.tokens[first-1].kind == word {
			from--
		}
		if p.tokens[first].kind == word && first > 1 && p.isPunct(first-1, '.') && p.tokens[first-2].kind == word && p.isPunct(first+1, '(') {
			from = first - 2
		}
		for i := first; i <= last; i++ {
			from, to = min(from, p.tokens[i].match), max(to, p.tokens[i].match)
		}
		to = min(to, len(p.tokens)-1)
		if from == first && to == last {
			return first, last
		}
		first, last = from, to
	}
}

// isPunct reports whether the token at i is c; where there is no token it is not.
func (p *Program) isPunct(i int, c byte) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].kind == punct && p.source[p.tokens[i].pos] == c
}
