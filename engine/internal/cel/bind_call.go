package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

func (b *binder) call(e ast.Expr, p place) {
	call := e.AsCall()
	b.member(e, p.scope)
	if call.FunctionName() == "now" && !call.IsMemberFunction() && len(call.Args()) == 0 {
		e.SetKindCase(b.factory.NewIdent(e.ID(), nowName))
		return
	}
	if call.FunctionName() == textCall {
		b.text(e, p)
		return
	}
	if f := b.functions.Get(call.FunctionName()); f != nil && !call.IsMemberFunction() {
		b.own(e, f, p)
		return
	}
	if call.IsMemberFunction() {
		name, ok := qualified(call.Target())
		if !ok || !b.env.env.HasFunction(name+"."+call.FunctionName()) {
			b.walk(call.Target(), p.inside())
		}
	}
	for i, arg := range call.Args() {
		b.walk(arg, b.argument(call, i, p))
	}
	if name := call.FunctionName(); (name == dateName || name == zoneName) && !call.IsMemberFunction() {
		now := b.factory.NewIdent(b.newID(e.ID()), nowName)
		e.SetKindCase(b.factory.NewCall(e.ID(), name, append(call.Args(), now)...))
		return
	}
	if name, ok := renamed[call.FunctionName()]; ok && !call.IsMemberFunction() {
		e.SetKindCase(b.factory.NewCall(e.ID(), name, call.Args()...))
		return
	}
	if name := call.FunctionName(); name == operators.Index || name == operators.OptIndex {
		b.asValue(call.Args()[1])
	}
}

// text binds the call that stands for a template literal. Its arguments become
// one list, of which cel-go asks no common type.
func (b *binder) text(e ast.Expr, p place) {
	if e.AsCall().IsMemberFunction() {
		b.fail(e.ID(), "a text cannot stand behind a dot")
		return
	}
	parts := e.AsCall().Args()
	e.SetKindCase(b.factory.NewCall(e.ID(), textName, b.factory.NewList(b.newID(e.ID()), parts, nil)))
	for _, part := range parts {
		b.walk(part, p.inside())
	}
}

// untyped takes the type of e away if a local name is in it. Where a list or a
// map is made of a name, and a name of that, the types get so long that a few
// dozen overwhelm the checker; where a name is in the key and in the value of a
// map, a few do.
func (b *binder) untyped(e ast.Expr, s *scope) {
	local := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		local = local || n.Kind() == ast.IdentKind && s.find(n.AsIdent()) != nil
	}))
	if local {
		e.SetKindCase(b.factory.NewCall(b.newID(e.ID()), "dyn", b.detached(e)))
	}
}

// makesValues reports whether a list or a map is made in e.
func makesValues(e ast.Expr) bool {
	makes := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		makes = makes || n.Kind() == ast.ListKind || n.Kind() == ast.MapKind
	}))
	return makes
}

// asValue makes sure that an index is a CEL value. The planner would hand a
// field of a variable on as the Go value that it is, which may be a json.Number.
func (b *binder) asValue(index ast.Expr) {
	e := index
	for e.Kind() != ast.IdentKind {
		switch {
		case e.Kind() == ast.SelectKind && !e.AsSelect().IsTestOnly():
			e = e.AsSelect().Operand()
		case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index:
			e = e.AsCall().Args()[0]
		default:
			return
		}
	}
	if e != index {
		index.SetKindCase(b.factory.NewCall(b.newID(index.ID()), "dyn", b.detached(index)))
	}
}

// argument returns the place of the argument at i.
func (b *binder) argument(call ast.CallExpr, i int, p place) place {
	switch call.FunctionName() {
	case operators.Conditional:
		if i > 0 {
			return p.maybe()
		}
		return p.asked()
	case operators.LogicalAnd, operators.LogicalOr:
		if i > 0 {
			return p.maybe().asked()
		}
		return p.asked()
	case operators.LogicalNot:
		return p.asked()
	case "or", "orValue":
		if call.IsMemberFunction() {
			return p.maybe()
		}
	case operators.Index, operators.OptIndex, operators.OptSelect:
		if i == 0 {
			return p.selectedBy()
		}
	case "basic_auth":
		if len(call.Args()) == 1 && !call.IsMemberFunction() {
			return p.selectedBy()
		}
	}
	return p.inside()
}
