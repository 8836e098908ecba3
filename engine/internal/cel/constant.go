package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
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
	run := &evaluation{limits: defaultLimits, locals: s, adapter: b.env.adapter}
	run.start()
	plan, err := b.env.interp.NewInterpretable(ast.NewAST(e, b.info), b.env.decorate(decoration{limits: defaultLimits})...)
	if err != nil {
		return nil
	}
	value := run.exec(plan)
	if types.IsUnknownOrError(value) || run.exceeded {
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
