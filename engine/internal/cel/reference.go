package cel

import (
	"strconv"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// chain is a reference as the author wrote it: a root and a path from it.
type chain struct {
	// base selects from the root; it is a field, an index or their optional
	// forms.
	base ast.Expr
	path []macros.Segment
	// steps are the nodes from the base outwards.
	steps []ast.Expr
}

// startsAtRoot reports whether e selects from the root, in however many steps.
func (b *binder) startsAtRoot(e ast.Expr) bool {
	for {
		switch {
		case e.Kind() == ast.SelectKind:
			e = e.AsSelect().Operand()
		case e.Kind() == ast.CallKind && isIndex(e.AsCall().FunctionName()):
			e = e.AsCall().Args()[0]
		default:
			return b.isRoot(e)
		}
	}
}

// chainOf returns the reference that e is, if it is one.
func (b *binder) chainOf(e ast.Expr) (chain, bool) {
	var c chain
	if !b.startsAtRoot(e) {
		return c, false
	}
	for {
		c.steps = append(c.steps, e)
		operand, segment, ok := b.step(e)
		if !ok {
			return c, false
		}
		if b.isRoot(operand) {
			c.base = e
			for i, j := 0, len(c.path)-1; i < j; i, j = i+1, j-1 {
				c.path[i], c.path[j] = c.path[j], c.path[i]
			}
			return c, true
		}
		if isOptional(e) || segment == nil {
			return c, false
		}
		c.path = append(c.path, *segment)
		e = operand
	}
}

func isOptional(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	name := e.AsCall().FunctionName()
	return name == operators.OptIndex || name == operators.OptSelect
}

// step returns what e selects from and the field, nil where it is computed.
func (b *binder) step(e ast.Expr) (ast.Expr, *macros.Segment, bool) {
	pos := macros.Pos(b.pos(e.ID()))
	switch e.Kind() {
	case ast.SelectKind:
		s := e.AsSelect()
		return s.Operand(), &macros.Segment{Pos: pos, Key: s.FieldName()}, !s.IsTestOnly() || b.isRoot(s.Operand())
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() != operators.Index && !isOptional(e) || len(call.Args()) != 2 {
			return nil, nil, false
		}
		if call.Args()[1].Kind() == ast.LiteralKind {
			switch key := call.Args()[1].AsLiteral().(type) {
			case types.String:
				return call.Args()[0], &macros.Segment{Pos: pos, Key: string(key)}, true
			case types.Int:
				return call.Args()[0], &macros.Segment{Pos: pos, Index: &macros.Literal{Value: int64(key)}}, true
			}
		}
		return call.Args()[0], nil, true
	}
	return nil, nil, false
}

// reference binds e where it is a reference or a presence test of one.
func (b *binder) reference(e ast.Expr, p place) bool {
	if e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly() && !b.isRoot(e.AsSelect().Operand()) {
		return b.presence(e, p)
	}
	c, ok := b.chainOf(e)
	if !ok {
		return p.truth && b.askField(e, p)
	}
	isHas := e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly()
	covered := isOptional(c.base) || isHas || p.truth
	b.bind(c, p, covered)
	if p.truth && !isHas {
		if !b.ended && len(b.wrong) == 0 {
			b.askTruth(e, c)
		}
		return true
	}
	if last := b.refs[len(b.refs)-1]; b.preview && !covered && !p.selected && last.Computed == nil && len(b.wrong) == 0 {
		e.SetKindCase(b.factory.NewCall(e.ID(), placeholderName,
			b.factory.NewLiteral(b.newID(e.ID()), types.String(last.Alias)),
			b.factory.NewLiteral(b.newID(e.ID()), types.String(request.Placeholder(last)))))
	}
	return true
}

// presence binds `has(secrets.a.b.c)`. In CEL only the last step may be absent;
// here none needs to be there, so it becomes a chain of optionals.
func (b *binder) presence(e ast.Expr, p place) bool {
	c, ok := b.chainOf(e.AsSelect().Operand())
	if !ok {
		return false
	}
	b.bind(c, p, true)
	operand := b.optional(e.AsSelect().Operand())
	last := b.factory.NewLiteral(b.newID(e.ID()), types.String(e.AsSelect().FieldName()))
	selected := b.factory.NewCall(b.newID(e.ID()), operators.OptSelect, operand, last)
	b.nodes[selected.ID()] = len(b.refs) - 1
	e.SetKindCase(b.factory.NewMemberCall(e.ID(), "hasValue", selected))
	return true
}

// optional returns e with each step of its path made optional.
func (b *binder) optional(e ast.Expr) ast.Expr {
	var key ast.Expr
	function := operators.OptIndex
	var operand ast.Expr
	switch e.Kind() {
	case ast.SelectKind:
		operand = e.AsSelect().Operand()
		key = b.factory.NewLiteral(b.newID(e.ID()), types.String(e.AsSelect().FieldName()))
		function = operators.OptSelect
	case ast.CallKind:
		operand, key = e.AsCall().Args()[0], e.AsCall().Args()[1]
	default:
		return e
	}
	return b.factory.NewCall(e.ID(), function, b.optional(operand), key)
}

// bind makes a reference of a chain.
func (b *binder) bind(c chain, p place, covered bool) {
	ref := &macros.Reference{
		Path: c.path, Guarded: p.guarded || covered, Covered: covered, Whole: p.selected,
	}
	index := len(b.refs)
	b.refs, b.ends = append(b.refs, ref), append(b.ends, 0)
	for _, step := range c.steps {
		b.nodes[step.ID()] = index
	}
	exact := len(c.path) == 0 && !p.selected && !covered
	switch c.base.Kind() {
	case ast.SelectKind:
		s := c.base.AsSelect()
		ref.Pos = macros.Pos(b.pos(s.Operand().ID()))
		if !b.mention(ref, index, s.FieldName()) {
			b.fail(s.Operand().ID(), eval.BareSecrets)
			return
		}
		root := b.factory.NewIdent(s.Operand().ID(), aliasesName)
		key := secretKey(ref.Alias, exact)
		if s.IsTestOnly() {
			c.base.SetKindCase(b.factory.NewPresenceTest(c.base.ID(), root, key))
		} else {
			c.base.SetKindCase(b.factory.NewSelect(c.base.ID(), root, key))
		}
	case ast.CallKind:
		b.bindIndex(c.base, ref, index, p, exact)
	}
}

func (b *binder) bindIndex(base ast.Expr, ref *macros.Reference, index int, p place, exact bool) {
	call := base.AsCall()
	root, key := call.Args()[0], call.Args()[1]
	ref.Pos = macros.Pos(b.pos(root.ID()))
	root.SetKindCase(b.factory.NewIdent(root.ID(), secretsName))
	if call.FunctionName() == operators.OptSelect {
		if !b.mention(ref, index, string(key.AsLiteral().(types.String))) {
			b.fail(root.ID(), eval.BareSecrets)
			return
		}
	} else {
		b.walk(key, p.inside())
		b.asValue(key)
		name := b.constant(key, p.scope)
		if name == nil {
			ref.Computed = &macros.Variable{Pos: ref.Pos}
			if exact {
				// A computed alias asks for the secret itself by its type: the
				// text of the alias is not ours to change.
				call := b.factory.NewCall(b.newID(key.ID()), exactName, b.detached(key))
				key.SetKindCase(call)
			}
			return
		}
		text, ok := name.(types.String)
		if !ok {
			b.fail(key.ID(), "the alias in secrets[...] must be a string")
			return
		}
		if ref.Alias, ok = macros.Canonical(string(text)); !ok {
			b.fail(key.ID(), "the alias in secrets[...] is not valid: it has at most 128 letters, digits, _ and -, and no - at its start")
			return
		}
		ref.Display = string(text)
	}
	key.SetKindCase(b.factory.NewLiteral(key.ID(), types.String(secretKey(ref.Alias, exact))))
}

// detached returns a copy of e under a number of its own, so that e can become
// its parent.
func (b *binder) detached(e ast.Expr) ast.Expr {
	inner := b.factory.NewUnspecifiedExpr(b.newID(e.ID()))
	inner.SetKindCase(e)
	if reference, ok := b.nodes[e.ID()]; ok {
		b.nodes[inner.ID()] = reference
	}
	return inner
}

// mention takes alias and display of ref from the name that the author wrote, or
// from the one that stands for it.
func (b *binder) mention(ref *macros.Reference, index int, name string) bool {
	m := mention{display: name}
	if number, ok := strings.CutPrefix(name, aliasPrefix); ok {
		n, err := strconv.Atoi(number)
		if err != nil || n >= len(b.source.mentions) {
			return false
		}
		m = b.source.mentions[n]
	}
	ref.Display = m.display
	ref.Alias, _ = macros.Canonical(m.display)
	b.ends[index] = m.end
	return ref.Alias != ""
}

// secretKey is the key of a secret in the map of secrets. An exact one asks for
// a secret that has a value without a field.
func secretKey(alias string, exact bool) string {
	if exact {
		return alias + exactMark
	}
	return alias
}

// exactMark cannot stand in an alias.
const exactMark = "!"
