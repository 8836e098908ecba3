package cel

// The fast path runs trees without loops and without functions: fields,
// literals, concatenation, comparisons, choices, lists and maps of these. What
// such a tree does is bounded by its own size times the size of its values.
//
// It only ever yields what cel-go would. At anything that it does not expect,
// such as an error, an overflow or two types that meet, it gives up, and
// cel-go evaluates the whole expression again: expressions have no effects, and
// all errors come from one place.

// native is a node of the fast path. It reports false where it gives up.
type native interface {
	eval(p *Prepared, vars map[string]any) (value, bool)
}

type (
	// constantNode is a literal, and its text inside a template literal.
	constantNode struct {
		value value
		text  string
	}

	// pathNode is a variable or a field of one.
	pathNode struct{ fieldPath }

	// elementNode is a list at a literal index.
	elementNode struct {
		list  native
		index int64
	}

	// secretNode is a reference, by its index.
	secretNode struct{ index int }

	// hasNode is has() of a field of a variable.
	hasNode struct{ fieldPath }

	// fallbackNode is `has(a.b) ? a.b : c`.
	fallbackNode struct {
		fieldPath
		otherwise native
	}

	// textNode is a template literal.
	textNode struct{ parts []native }

	// choiceNode is `c ? a : b`.
	choiceNode struct{ condition, then, otherwise native }

	// logicNode is `a && b`, or `a || b` where or is set.
	logicNode struct {
		left, right native
		or          bool
	}

	notNode struct{ operand native }

	listNode struct{ elements []native }

	mapNode struct {
		keys   []string
		values []native
		// sorted are the places of the keys in the order of JSON.
		sorted []int
	}
)

func (n *constantNode) eval(*Prepared, map[string]any) (value, bool) { return n.value, true }

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
	case ordered:
		return o.Map()
	}
	return nil
}

func (n *pathNode) eval(_ *Prepared, vars map[string]any) (value, bool) {
	at, there, _ := n.find(vars)
	if !there {
		return value{}, false
	}
	return valueOf(at)
}

func (n *elementNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	v, ok := n.list.eval(p, vars)
	list, isList := v.held.([]any)
	if !ok || !isList || n.index < 0 || n.index >= int64(len(list)) {
		return value{}, false
	}
	element, ok := valueOf(list[n.index])
	element.tainted = v.tainted
	return element, ok
}

func (n *secretNode) eval(p *Prepared, _ map[string]any) (value, bool) {
	pin := &p.pins[n.index]
	return pin.value, pin.known
}

func (n *hasNode) eval(_ *Prepared, vars map[string]any) (value, bool) {
	_, there, ok := n.find(vars)
	return boolValue(there, false), ok
}

func (n *fallbackNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	at, there, ok := n.find(vars)
	switch {
	case there:
		return valueOf(at)
	case !ok:
		return value{}, false
	}
	return n.otherwise.eval(p, vars)
}

func (n *textNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	return joined(n.parts, p, vars, false)
}

func (n *choiceNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	c, ok := n.condition.eval(p, vars)
	if !ok || c.kind != isBool {
		return value{}, false
	}
	v, ok := n.branch(c).eval(p, vars)
	v.tainted = v.tainted || c.tainted
	return v, ok
}

func (n *choiceNode) branch(condition value) native {
	if condition.isTrue() {
		return n.then
	}
	return n.otherwise
}

func (n *logicNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	l, ok := n.left.eval(p, vars)
	if !ok || l.kind != isBool {
		return value{}, false
	}
	if l.isTrue() == n.or {
		return l, true
	}
	r, ok := n.right.eval(p, vars)
	r.tainted = r.tainted || l.tainted
	return r, ok && r.kind == isBool
}

func (n *notNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	v, ok := n.operand.eval(p, vars)
	return boolValue(!v.isTrue(), v.tainted), ok && v.kind == isBool
}

func (n *listNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	list := make([]any, len(n.elements))
	made := value{kind: isTree, held: list, made: true}
	for i, element := range n.elements {
		v, ok := element.eval(p, vars)
		if !ok {
			return value{}, false
		}
		if list[i], ok = v.result(); !ok {
			return value{}, false
		}
		made.take(v)
	}
	return made, true
}

func (n *mapNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	object := make(map[string]any, len(n.keys))
	made := value{kind: isTree, held: object, made: true}
	for i, key := range n.keys {
		v, ok := n.values[i].eval(p, vars)
		if !ok {
			return value{}, false
		}
		if object[key], ok = v.result(); !ok {
			return value{}, false
		}
		made.take(v)
	}
	return made, true
}
