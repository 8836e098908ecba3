package cel

import (
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// The fast path runs trees without loops and without functions: fields,
// literals, concatenation, comparisons, choices, lists and maps of these. What
// such a tree does is bounded by its own size times the size of its values.
//
// It only ever yields what cel-go would. At anything that it does not expect,
// such as an error, an overflow or two types that meet, it gives up, and
// cel-go evaluates the whole expression again: expressions have no effects, and
// all errors come from one place.

// fastNode is a node of the fast path. It reports false where it gives up.
type fastNode interface {
	eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool)
}

type (
	// constantNode is a literal, and its text inside a template literal.
	constantNode struct {
		value eval.Value
		text  string
	}

	// pathNode is a variable or a field of one.
	pathNode struct{ fieldPath }

	// elementNode is a list at a literal index.
	elementNode struct {
		list  fastNode
		index int64
	}

	// secretNode is a reference, by its index.
	secretNode struct{ index int }

	// hasNode is has() of a field of a variable.
	hasNode struct{ fieldPath }

	// fallbackNode is `has(a.b) ? a.b : c`.
	fallbackNode struct {
		fieldPath
		otherwise fastNode
	}

	// textNode is a template literal.
	textNode struct{ parts []fastNode }

	// choiceNode is `c ? a : b`.
	choiceNode struct{ condition, then, otherwise fastNode }

	// logicNode is `a && b`, or `a || b` where or is set.
	logicNode struct {
		left, right fastNode
		or          bool
	}

	// presentNode is a reference of which only the truth is asked.
	presentNode struct{ reference *macros.Reference }

	notNode struct{ operand fastNode }

	listNode struct{ elements []fastNode }

	mapNode struct {
		keys   []string
		values []fastNode
		// sorted are the places of the keys in the order of JSON.
		sorted []int
	}
)

func (n *constantNode) eval(*eval.Prepared, map[string]any) (eval.Value, bool) { return n.value, true }

// fieldPath is the way to a field: the names from the variables to the object,
// and that of the field.
type fieldPath struct {
	objects []string
	field   string
}

// find returns the field and whether it is there. It is not ok where nothing on
// the way has fields.
func (f *fieldPath) find(vars map[string]any) (at any, there, ok bool) {
	for _, name := range f.objects {
		if vars = fieldsOf(vars[name]); vars == nil {
			return nil, false, false
		}
	}
	at, there = vars[f.field]
	return at, there, true
}

// fieldsOf returns the fields of an object, or nil.
func fieldsOf(v any) map[string]any {
	switch o := v.(type) {
	case map[string]any:
		return o
	case eval.Ordered:
		if !eval.IsNil(o) {
			return o.Map()
		}
	}
	return nil
}

func (n *pathNode) eval(_ *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	at, there, _ := n.find(vars)
	if !there {
		return eval.Value{}, false
	}
	return eval.ValueOf(at)
}

func (n *elementNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	v, ok := n.list.eval(in, vars)
	list, isList := v.Held.([]any)
	if !ok || !isList || n.index < 0 || n.index >= int64(len(list)) {
		return eval.Value{}, false
	}
	element, ok := eval.ValueOf(list[n.index])
	element.Tainted = v.Tainted
	return element, ok
}

func (n *secretNode) eval(in *eval.Prepared, _ map[string]any) (eval.Value, bool) {
	pin := &in.Pins[n.index]
	return pin.Value, pin.Known
}

func (n *hasNode) eval(_ *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	_, there, ok := n.find(vars)
	return eval.BoolValue(there, false), ok
}

func (n *fallbackNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	at, there, ok := n.find(vars)
	switch {
	case there:
		return eval.ValueOf(at)
	case !ok:
		return eval.Value{}, false
	}
	return n.otherwise.eval(in, vars)
}

func (n *textNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	return joined(n.parts, in, vars, false)
}

func (n *choiceNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	c, ok := n.condition.eval(in, vars)
	if !ok || c.Kind != eval.Bool {
		return eval.Value{}, false
	}
	v, ok := n.branch(c).eval(in, vars)
	v.Tainted = v.Tainted || c.Tainted
	return v, ok
}

func (n *choiceNode) branch(condition eval.Value) fastNode {
	if condition.IsTrue() {
		return n.then
	}
	return n.otherwise
}

func (n *logicNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	l, ok := n.left.eval(in, vars)
	if !ok || l.Kind != eval.Bool {
		return eval.Value{}, false
	}
	if l.IsTrue() == n.or {
		return l, true
	}
	r, ok := n.right.eval(in, vars)
	r.Tainted = r.Tainted || l.Tainted
	return r, ok && r.Kind == eval.Bool
}

func (n *presentNode) eval(in *eval.Prepared, _ map[string]any) (eval.Value, bool) {
	present, ok := isPresent(&in.Given, n.reference.Alias, n.reference.Path)
	return eval.BoolValue(present, true), ok
}

func (n *notNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	v, ok := n.operand.eval(in, vars)
	return eval.BoolValue(!v.IsTrue(), v.Tainted), ok && v.Kind == eval.Bool
}

func (n *listNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	list := make([]any, len(n.elements))
	made := eval.Value{Kind: eval.Tree, Held: list, Made: true}
	for i, element := range n.elements {
		v, ok := element.eval(in, vars)
		if !ok {
			return eval.Value{}, false
		}
		if list[i], ok = v.Result(); !ok {
			return eval.Value{}, false
		}
		made.Take(v)
	}
	return made, true
}

func (n *mapNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	object := make(map[string]any, len(n.keys))
	made := eval.Value{Kind: eval.Tree, Held: object, Made: true}
	for i, key := range n.keys {
		v, ok := n.values[i].eval(in, vars)
		if !ok {
			return eval.Value{}, false
		}
		if object[key], ok = v.Result(); !ok {
			return eval.Value{}, false
		}
		made.Take(v)
	}
	return made, true
}
