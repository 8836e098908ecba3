package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types/ref"
	"github.com/sotto-render/sotto/macros"
)

func (b *binder) comprehension(e ast.Expr, p place) {
	c := e.AsComprehension()
	for _, name := range []string{c.IterVar(), c.IterVar2(), c.AccuVar()} {
		if macros.IsRoot(name) {
			b.fail(e.ID(), "a variable of a comprehension must not be called `secrets`: choose another name")
			return
		}
	}
	bind := isBind(c)
	from := c.IterRange()
	if bind {
		from = c.AccuInit()
	}
	b.walk(c.IterRange(), p.inside())
	b.walk(c.AccuInit(), p.inside())
	var constant ref.Val
	if bind {
		constant = b.constant(c.AccuInit(), p.scope)
	}
	if makesValues(from) {
		b.untyped(from, p.scope)
	}
	inner := p.inside()
	inner.scope = p.scope.with(c.AccuVar(), constant)
	b.walk(c.Result(), inner)
	inner.scope = inner.scope.with(c.IterVar(), nil).with(c.IterVar2(), nil)
	b.walk(c.LoopCondition(), inner.maybe())
	b.walk(c.LoopStep(), inner.maybe())
}

// isBind reports whether a comprehension is `cel.bind`, which loops never.
func isBind(c ast.ComprehensionExpr) bool {
	return c.IterRange().Kind() == ast.ListKind && c.IterRange().AsList().Size() == 0
}
