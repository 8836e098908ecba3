package expr

import (
	"strconv"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/sotto-render/sotto/macros"
)

// binder walks a parsed tree once and ties its names to what they mean: a
// variable becomes a field of the variables, a reference a field of the
// secrets, and what the rewriter made up becomes what it stands for. It is here
// that `secrets` as a value is refused and that every secret an expression may
// touch is found.
type binder struct {
	env      *environment
	source   *rewritten
	info     *ast.SourceInfo
	factory  ast.ExprFactory
	nextID   int64
	depth    int
	maxDepth int
	refs     []*macros.Reference
	// ends :: end offset of the reference of the same index, 0 where it is the
	// end of its node
	ends []int
	// nodes :: node of a reference or of a step of its path -> its index
	nodes map[int64]int
	// preview puts placeholders where references stand.
	preview bool
	err     *Error
}

// place says how the value of a node is used.
type place struct {
	scope *scope
	// guarded means that the node may never be reached.
	guarded bool
	// selected means that a field of the node's value is wanted.
	selected bool
}

func (p place) inside() place     { p.selected = false; return p }
func (p place) maybe() place      { p.selected, p.guarded = false, true; return p }
func (p place) selectedBy() place { p.selected = true; return p }

func (b *binder) fail(id int64, message string) {
	if b.err == nil {
		b.err = syntaxError(b.pos(id), message)
	}
}

// pos returns where in the author's source a node stands.
func (b *binder) pos(id int64) int {
	r, _ := b.info.GetOffsetRange(id)
	return b.source.offset(int(r.Start))
}

// newID returns a node number for a node made at the place of another.
func (b *binder) newID(like int64) int64 {
	b.nextID++
	if r, ok := b.info.GetOffsetRange(like); ok {
		b.info.SetOffsetRange(b.nextID, r)
	}
	return b.nextID
}

func (b *binder) walk(e ast.Expr, p place) {
	if b.err != nil {
		return
	}
	if b.depth++; b.depth > b.maxDepth {
		b.err = tooLarge(b.pos(e.ID()), "the expression is nested too deeply")
		return
	}
	defer func() { b.depth-- }()
	if b.reference(e, p) {
		return
	}
	switch e.Kind() {
	case ast.IdentKind:
		b.ident(e, p)
	case ast.SelectKind:
		if !b.isTypeName(e, p.scope) {
			b.walk(e.AsSelect().Operand(), p.selectedBy())
		}
	case ast.CallKind:
		b.call(e, p)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			b.walk(element, p.inside())
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			b.walk(entry.AsMapEntry().Key(), p.inside())
			b.untyped(entry.AsMapEntry().Key(), p.scope)
			b.walk(entry.AsMapEntry().Value(), p.inside())
		}
	case ast.StructKind:
		for _, field := range e.AsStruct().Fields() {
			b.walk(field.AsStructField().Value(), p.inside())
		}
	case ast.ComprehensionKind:
		b.comprehension(e, p)
	}
}

func (b *binder) ident(e ast.Expr, p place) {
	name := e.AsIdent()
	switch {
	case b.isRoot(e):
		b.fail(e.ID(), bareSecrets)
	case p.scope.find(name) != nil:
	case name == "vars":
		e.SetKindCase(b.factory.NewIdent(e.ID(), varsName))
	case b.isTypeName(e, p.scope):
		b.typeOrVariable(e)
	default:
		e.SetKindCase(b.variable(e.ID(), strings.TrimPrefix(name, ".")))
	}
}

// variable returns the field of the variables called name.
func (b *binder) variable(id int64, name string) ast.Expr {
	return b.factory.NewSelect(id, b.factory.NewIdent(b.newID(id), varsName), name)
}

// typeOrVariable makes the name of a type mean the variable of that name where
// there is one: `list`, `map` and `type` are common names.
func (b *binder) typeOrVariable(e ast.Expr) {
	id, name := e.ID(), e.AsIdent()
	there := b.factory.NewCall(b.newID(id), operators.In,
		b.factory.NewLiteral(b.newID(id), types.String(name)), b.factory.NewIdent(b.newID(id), varsName))
	e.SetKindCase(b.factory.NewCall(id, operators.Conditional, there,
		b.factory.NewCall(b.newID(id), "dyn", b.variable(b.newID(id), name)),
		b.factory.NewCall(b.newID(id), "dyn", b.factory.NewIdent(b.newID(id), name))))
}

// isRoot reports whether e is the word `secrets` where the scanner took it for
// the root. A leading dot makes it another name.
func (b *binder) isRoot(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && e.AsIdent() == "secrets"
}

// isTypeName reports whether e is the name of a type or of an enum's value.
func (b *binder) isTypeName(e ast.Expr, s *scope) bool {
	name, ok := qualified(e)
	if !ok {
		return false
	}
	first, _, _ := strings.Cut(name, ".")
	if s.find(first) != nil {
		return false
	}
	_, found := b.env.env.CELTypeProvider().FindIdent(name)
	return found
}

// qualified returns `a.b.c` for a chain of plain names.
func qualified(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		s := e.AsSelect()
		if prefix, ok := qualified(s.Operand()); ok && !s.IsTestOnly() {
			return prefix + "." + s.FieldName(), true
		}
	}
	return "", false
}

func (b *binder) call(e ast.Expr, p place) {
	call := e.AsCall()
	if call.FunctionName() == "now" && !call.IsMemberFunction() && len(call.Args()) == 0 {
		e.SetKindCase(b.factory.NewIdent(e.ID(), nowName))
		return
	}
	if call.FunctionName() == textCall {
		e.SetKindCase(b.factory.NewCall(e.ID(), textName, call.Args()...))
		call = e.AsCall()
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
	if name := call.FunctionName(); name == operators.Index || name == operators.OptIndex {
		b.asValue(call.Args()[1])
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
	case operators.Conditional, operators.LogicalAnd, operators.LogicalOr:
		if i > 0 {
			return p.maybe()
		}
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

// chain is a reference as the author wrote it: a root and a path from it.
type chain struct {
	// base selects from the root; it is a field, an index or their optional
	// forms.
	base ast.Expr
	path []macros.Segment
	// steps are the nodes from the base outwards.
	steps []ast.Expr
}

// chainOf returns the reference that e is, if it is one.
func (b *binder) chainOf(e ast.Expr) (chain, bool) {
	var c chain
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
		return false
	}
	covered := isOptional(c.base) || e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly()
	b.bind(c, p, covered)
	if last := b.refs[len(b.refs)-1]; b.preview && !covered && !p.selected && last.Computed == nil && b.err == nil {
		e.SetKindCase(b.factory.NewCall(e.ID(), placeholderName,
			b.factory.NewLiteral(b.newID(e.ID()), types.String(last.Alias)),
			b.factory.NewLiteral(b.newID(e.ID()), types.String(placeholderText(last)))))
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
			b.fail(s.Operand().ID(), bareSecrets)
			return
		}
		root := b.factory.NewIdent(s.Operand().ID(), secretsName)
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
			b.fail(root.ID(), bareSecrets)
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

// mention takes alias and display of ref from the name that stands for them.
func (b *binder) mention(ref *macros.Reference, index int, name string) bool {
	number, ok := strings.CutPrefix(name, aliasPrefix)
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n >= len(b.source.mentions) {
		return false
	}
	m := b.source.mentions[n]
	ref.Display = m.display
	ref.Alias, _ = macros.Canonical(m.display)
	b.ends[index] = m.end
	return true
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
