package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// askTruth makes the reference e, which was bound as the last one, a question
// for its presence. What stands behind the number of the reference is never
// evaluated, but where it computes the alias: it gives the call its taint and its
// place, and keeps it from counting as constant.
func (b *binder) askTruth(e ast.Expr, c chain) {
	index := len(b.refs) - 1
	about := c.base
	if b.refs[index].Computed != nil {
		about = about.AsCall().Args()[1]
	} else {
		about = b.detached(e)
	}
	number := b.factory.NewLiteral(b.newID(e.ID()), types.Int(index))
	e.SetKindCase(b.factory.NewCall(e.ID(), presentName, number, about))
}

// askField makes e a question for the presence of what it selects, where it selects
// from a secret by something computed: nothing on the way need be there.
func (b *binder) askField(e ast.Expr, p place) bool {
	if b.isRoot(e) || !b.startsAtRoot(e) {
		return false
	}
	id := e.ID()
	found := b.factory.NewMemberCall(b.newID(id), "orValue", b.optional(b.detached(e)), b.factory.NewLiteral(b.newID(id), types.False))
	nothing := b.factory.NewList(b.newID(id), []ast.Expr{
		b.factory.NewLiteral(b.newID(id), types.NullValue), b.factory.NewLiteral(b.newID(id), types.False),
		b.factory.NewLiteral(b.newID(id), types.String("")),
	}, nil)
	e.SetKindCase(b.factory.NewCall(id, operators.LogicalNot, b.factory.NewCall(b.newID(id), operators.In, found, nothing)))
	b.walk(e, p.inside())
	return true
}

// presence is a reference of which only the truth is asked.
type presence struct {
	id        int64
	reference *macros.Reference
	// key computes the alias; nil where it is written out.
	key interpreter.InterpretableV2
}

func newPresence(c interpreter.InterpretableCall, refs []*macros.Reference) *presence {
	index := c.Args()[0].(interpreter.InterpretableConst).Value().(types.Int)
	p := &presence{id: c.ID(), reference: refs[index]}
	if p.reference.Computed != nil {
		p.key = c.Args()[1]
	}
	return p
}

// ID implements interpreter.Interpretable.
func (p *presence) ID() int64 { return p.id }

// Eval implements interpreter.Interpretable.
func (p *presence) Eval(a interpreter.Activation) ref.Val { return execute(a, p.Exec) }

// Exec implements interpreter.InterpretableV2.
func (p *presence) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	alias := p.reference.Alias
	if p.key != nil {
		key := p.key.Exec(frame)
		if types.IsUnknownOrError(key) {
			return key
		}
		name, ok := key.(types.String)
		if !ok {
			return types.NewErrWithNodeID(p.id, "%w", eval.ErrConversion)
		}
		if alias, ok = macros.Canonical(string(name)); !ok {
			return types.NewErrWithNodeID(p.id, "%w", eval.ErrUndeclared)
		}
	}
	present, ok := isPresent(&runOf(frame).Given, alias, p.reference.Path)
	if !ok {
		return types.NewErrWithNodeID(p.id, "%w", eval.ErrUndeclared)
	}
	return types.Bool(present)
}

// isPresent reports whether a secret has a value at path. It is not ok for one
// that may not be used.
func isPresent(given *eval.Given, alias string, path []macros.Segment) (present, ok bool) {
	switch given.Status(alias) {
	case macros.Undeclared:
		return false, false
	case macros.Known:
		// A preview knows no value: that the record is there is all it tells.
		return given.Preview || !request.CountsFromEnd(path) && request.Present(given.Secrets.Secret(alias), path), true
	}
	return false, true
}
