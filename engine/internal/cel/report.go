package cel

import (
	"maps"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// failure makes an error of our own of one that cel-go raised. Of its text
// nothing but its kind gets into it.
func (p *Program) failure(r *evaluation, t tree, err *types.Err) *eval.Error {
	node := nodeOf(err)
	if node == 0 {
		node = t.ast.Expr().ID()
	}
	e := &eval.Error{Code: codeOf(err), Message: kindOf(err), Pos: p.place(t, node)}
	switch e.Code {
	case eval.Limit, eval.Canceled, eval.Internal, eval.Undeclared:
		return e
	}
	if found := p.reference(r, t, node, e); found != nil {
		return found
	}
	if name, id, ok := missingVariable(t, node, r, err); ok {
		e.Message, e.Pos = "there is no variable "+name, p.place(t, id)
		if near := macros.Nearest(name, slices.Sorted(maps.Keys(r.vars))); near != "" && len(name) >= leastSlip {
			e.Message += ": did you mean " + near + "?"
		}
	}
	return e
}

// leastSlip is how long a name must be to be the slip of another: one of a letter or two
// is near to all the others.
const leastSlip = 3

// reference returns the error about the secret at which node failed, if that is
// why it did.
func (p *Program) reference(r *evaluation, t tree, node int64, e *eval.Error) *eval.Error {
	for i, reference := range t.refs {
		if reference.Computed != nil || reference.Covered || t.flow.nodes.of(node)&eval.TaintOf(i) == 0 {
			continue
		}
		about := func(code eval.Code, message string) *eval.Error {
			return &eval.Error{Code: code, Message: message, Pos: int(reference.Pos), Alias: reference.Alias, Field: reference.Field()}
		}
		if status := r.Status(reference.Alias); status != macros.Known {
			why := eval.Absent(status)
			return about(why.Code, why.Kind)
		}
		index, exact := t.nodes[node]
		switch {
		case r.Preview || !exact || index != i:
		case e.Code == eval.FieldRequired && r.Secrets.Secret(reference.Alias).Kind() == redact.Credentials:
			return about(eval.FieldRequired, e.Message)
		case e.Code == eval.Failed:
			return about(eval.FieldMissing, "the secret has no such field")
		}
	}
	return nil
}

// place returns where the source of a node stands: for a call, the name of its
// function.
func (p *Program) place(t tree, node int64) int {
	offset, ok := t.info.GetOffsetRange(node)
	if !ok {
		return 0
	}
	return functionName(p.source, p.tokens, t.rewritten.offset(int(offset.Start)))
}

// functionName returns where the name of a function stands whose bracket is at
// pos, or pos where none is.
func functionName(source string, tokens []token, pos int) int {
	i := tokenAt(tokens, pos)
	if i > 0 && tokens[i].pos == pos && source[pos] == '(' && tokens[i-1].kind == word {
		return tokens[i-1].pos
	}
	return pos
}

// missingVariable returns the variable below node that is not there and for
// which err asked, with the node that names it. A name is the author's own text.
func missingVariable(t tree, node int64, r *evaluation, err error) (name string, id int64, found bool) {
	if t.flow.nodes.of(node) != 0 {
		return "", 0, false
	}
	text := err.Error()
	inside := 0
	ast.PreOrderVisit(t.ast.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.ID() == node {
			inside = nodeCount(e)
		}
		if inside--; inside < 0 || found || e.Kind() != ast.SelectKind {
			return
		}
		s := e.AsSelect()
		if o := s.Operand(); o.Kind() != ast.IdentKind || o.AsIdent() != fieldsName && o.AsIdent() != varsName {
			return
		}
		if _, there := r.vars[s.FieldName()]; !there && text == "no such key: "+s.FieldName() {
			name, id, found = s.FieldName(), e.ID(), true
		}
	}))
	return name, id, found
}
