package cel

import (
	"cmp"
	"slices"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// fastPathOf returns the fast path of t, or nil where it has none.
func fastPathOf(t tree) fastNode {
	c := fastCompiler{t}
	if n, ok := c.node(t.ast.Expr()); ok {
		return n
	}
	return nil
}

type fastCompiler struct{ tree tree }

func (c fastCompiler) node(e ast.Expr) (fastNode, bool) {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "dyn" {
		return c.node(e.AsCall().Args()[0]) // the value stays what it is
	}
	if index, ok := c.tree.nodes[e.ID()]; ok {
		r := c.tree.refs[index]
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == presentName {
			return &presentNode{r}, r.Computed == nil
		}
		// A reference that is guarded, selected from or computed may be
		// evaluated in more ways than a pin tells.
		if r.Computed != nil || r.Covered || r.Whole || !c.isTop(e, len(r.Path)) {
			return nil, false
		}
		return &secretNode{index}, true
	}
	switch e.Kind() {
	case ast.LiteralKind:
		return constant(e.AsLiteral())
	case ast.SelectKind:
		return c.selected(e)
	case ast.CallKind:
		return c.call(e)
	case ast.ListKind:
		if len(e.AsList().OptionalIndices()) > 0 {
			return nil, false
		}
		elements, ok := c.nodes(e.AsList().Elements())
		return &listNode{elements}, ok
	case ast.MapKind:
		return c.mapping(e.AsMap())
	}
	return nil, false
}

// isTop reports whether e is the last of the steps of a reference, of which it
// has one for the alias and one for each field.
func (c fastCompiler) isTop(e ast.Expr, fields int) bool {
	for range fields {
		switch e.Kind() {
		case ast.SelectKind:
			e = e.AsSelect().Operand()
		case ast.CallKind:
			e = e.AsCall().Args()[0]
		default:
			return false
		}
	}
	switch e.Kind() {
	case ast.SelectKind:
		e = e.AsSelect().Operand()
	case ast.CallKind:
		e = e.AsCall().Args()[0]
	}
	return e.Kind() == ast.IdentKind
}

func (c fastCompiler) nodes(exprs []ast.Expr) ([]fastNode, bool) {
	nodes := make([]fastNode, len(exprs))
	for i, e := range exprs {
		n, ok := c.node(e)
		if !ok {
			return nil, false
		}
		nodes[i] = n
	}
	return nodes, true
}

func constant(literal ref.Val) (fastNode, bool) {
	v, ok := literalValue(literal)
	if !ok {
		return nil, false
	}
	text, ok := v.AppendText(nil)
	return &constantNode{v, string(text)}, ok
}

func literalValue(v ref.Val) (eval.Value, bool) {
	switch v := v.(type) {
	case types.Uint:
		return eval.Value{Kind: eval.Uint, Bits: uint64(v)}, true
	case types.String, types.Int, types.Double, types.Bool:
		return eval.ValueOf(v.Value())
	case types.Null:
		return eval.Value{Kind: eval.Null}, true
	}
	return eval.Value{}, false
}

// variablePath returns the path of a chain of fields of the variables.
func variablePath(e ast.Expr) ([]string, bool) {
	if e.Kind() == ast.IdentKind {
		return nil, e.AsIdent() == varsName || e.AsIdent() == fieldsName
	}
	operand, key := fieldOf(e)
	if operand == nil {
		return nil, false
	}
	path, ok := variablePath(operand)
	return append(path, key), ok
}

// fieldOf returns what e selects a field from by its name, or nil.
func fieldOf(e ast.Expr) (ast.Expr, string) {
	switch e.Kind() {
	case ast.SelectKind:
		if s := e.AsSelect(); !s.IsTestOnly() {
			return s.Operand(), s.FieldName()
		}
	case ast.CallKind:
		call := e.AsCall()
		if call.FunctionName() == operators.Index && call.Args()[1].Kind() == ast.LiteralKind {
			if key, ok := call.Args()[1].AsLiteral().(types.String); ok {
				return call.Args()[0], string(key)
			}
		}
	}
	return nil, ""
}

// pathTo returns the node of a variable or of a field of one.
func pathTo(e ast.Expr) (fastNode, bool) {
	path, ok := variablePath(e)
	if !ok || len(path) == 0 {
		return nil, false
	}
	last := len(path) - 1
	return &pathNode{fieldPath{path[:last:last], path[last]}}, true
}

func (c fastCompiler) selected(e ast.Expr) (fastNode, bool) {
	if s := e.AsSelect(); s.IsTestOnly() {
		objects, ok := variablePath(s.Operand())
		return &hasNode{fieldPath{objects, s.FieldName()}}, ok
	}
	return pathTo(e)
}

func (c fastCompiler) call(e ast.Expr) (fastNode, bool) {
	call := e.AsCall()
	name := call.FunctionName()
	if name == textName {
		parts, ok := c.nodes(call.Args()[0].AsList().Elements())
		return &textNode{parts: parts}, ok
	}
	if call.IsMemberFunction() {
		return nil, false
	}
	if name == operators.Index {
		return c.index(call)
	}
	if !fastOperators[name] {
		return nil, false
	}
	args, ok := c.nodes(call.Args())
	if !ok {
		return nil, false
	}
	switch name {
	case operators.Conditional:
		return choice(args[0], args[1], args[2]), true
	case operators.LogicalAnd, operators.LogicalOr:
		return &logicNode{args[0], args[1], name == operators.LogicalOr}, len(args) == 2
	case operators.LogicalNot:
		return &notNode{args[0]}, true
	case operators.Add:
		if left, ok := args[0].(*sumNode); ok {
			return newSum(append(left.parts, args[1])...), true
		}
		return newSum(args...), true
	}
	return &operatorNode{name, c.tree.shape.of(e.ID())&isLooseNumber != 0, args[0], args[1]}, true
}

// choice returns `condition ? then : otherwise`.
func choice(condition, then, otherwise fastNode) fastNode {
	has, isHas := condition.(*hasNode)
	path, isPath := then.(*pathNode)
	if isHas && isPath && has.field == path.field && slices.Equal(has.objects, path.objects) {
		return &fallbackNode{path.fieldPath, otherwise}
	}
	return &choiceNode{condition, then, otherwise}
}

var fastOperators = map[string]bool{
	operators.Conditional: true, operators.LogicalAnd: true, operators.LogicalOr: true, operators.LogicalNot: true,
	operators.Add: true, operators.Subtract: true, operators.Multiply: true, operators.Divide: true,
	operators.Equals: true, operators.NotEquals: true,
	operators.Less: true, operators.LessEquals: true, operators.Greater: true, operators.GreaterEquals: true,
}

// index is a field by its name, or an element of a list at a literal index.
func (c fastCompiler) index(call ast.CallExpr) (fastNode, bool) {
	key := call.Args()[1]
	if key.Kind() != ast.LiteralKind {
		return nil, false
	}
	switch k := key.AsLiteral().(type) {
	case types.String:
		objects, ok := variablePath(call.Args()[0])
		return &pathNode{fieldPath{objects, string(k)}}, ok
	case types.Int:
		list, ok := pathTo(call.Args()[0])
		return &elementNode{list, int64(k)}, ok
	}
	return nil, false
}

func (c fastCompiler) mapping(m ast.MapExpr) (fastNode, bool) {
	n := &mapNode{}
	for i, entry := range m.Entries() {
		pair := entry.AsMapEntry()
		if pair.IsOptional() || pair.Key().Kind() != ast.LiteralKind {
			return nil, false
		}
		key, ok := pair.Key().AsLiteral().(types.String)
		if !ok {
			return nil, false
		}
		field, ok := c.node(pair.Value())
		if !ok {
			return nil, false
		}
		n.keys, n.values = append(n.keys, string(key)), append(n.values, field)
		n.sorted = append(n.sorted, i)
	}
	slices.SortFunc(n.sorted, func(i, j int) int { return cmp.Compare(n.keys[i], n.keys[j]) })
	for i := 1; i < len(n.sorted); i++ {
		// A key that stands twice is an error, and cel-go says it.
		if n.keys[n.sorted[i-1]] == n.keys[n.sorted[i]] {
			return nil, false
		}
	}
	return n, true
}
