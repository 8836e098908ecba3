package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// Variables returns the places where the program names a variable, in the order
// in which they are bound. A field of `vars` whose presence is asked for is none
// of them.
func (p *Program) Variables() []eval.Variable { return p.reads }

// PosOf returns the offset of v in the author's source. It takes time in
// proportion to the length of the source.
func (p *Program) PosOf(v eval.Variable) int {
	r, _ := p.info.GetOffsetRange(v.Node)
	return p.rewritten.offset(int(r.Start))
}

// member notes the variable that e reads where it is `vars.name` or
// `vars["name"]`.
func (b *binder) member(e ast.Expr, s *scope) {
	var of ast.Expr
	var name string
	switch e.Kind() {
	case ast.SelectKind:
		of, name = e.AsSelect().Operand(), e.AsSelect().FieldName()
		if e.AsSelect().IsTestOnly() {
			return
		}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index || len(call.Args()) != 2 || call.Args()[1].Kind() != ast.LiteralKind {
			return
		}
		key, ok := call.Args()[1].AsLiteral().(types.String)
		if !ok {
			return
		}
		of, name = call.Args()[0], string(key)
	}
	if of.Kind() == ast.IdentKind && of.AsIdent() == "vars" && s.find("vars") == nil {
		b.reads = append(b.reads, eval.Variable{Name: name, Node: of.ID()})
	}
}
