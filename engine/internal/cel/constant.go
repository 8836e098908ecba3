package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// constant returns the value of an expression that depends on nothing but
// literals and constants of the scope, or nil.
func (b *binder) constant(e ast.Expr, s *scope) ref.Val {
	if e.Kind() == ast.LiteralKind {
		return e.AsLiteral()
	}
	if !isConstant(e, s) {
		return nil
	}
	run := &evaluation{locals: s, adapter: b.env.adapter}
	run.start(&eval.DefaultLimits)
	plan, err := b.env.interp.NewInterpretable(ast.NewAST(e, b.info), b.env.decorate(decoration{limits: eval.DefaultLimits})...)
	if err != nil {
		return nil
	}
	value := run.exec(plan)
	if types.IsUnknownOrError(value) || run.Exceeded {
		return nil
	}
	return value
}

// isConstant reports whether no name in e is a variable or a secret.
func isConstant(e ast.Expr, s *scope) bool {
	constant := true
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		switch n.Kind() {
		case ast.IdentKind:
			local := s.find(n.AsIdent())
			constant = constant && local != nil && local.constant != nil
		case ast.ComprehensionKind, ast.StructKind:
			constant = false
		}
	}))
	return constant
}
