package expr

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
	constantNode struct{ value value }

	// pathNode is a variable and the fields behind it.
	pathNode struct{ path []string }

	// elementNode is a list at a literal index.
	elementNode struct {
		list  native
		index int64
	}

	// secretNode is a reference, by its index.
	secretNode struct{ index int }

	// hasNode is has() of a field of a variable.
	hasNode struct {
		path  []string
		field string
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
	}
)

func (n constantNode) eval(*Prepared, map[string]any) (value, bool) { return n.value, true }

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

// walk follows path through maps.
func walk(vars map[string]any, path []string) (any, bool) {
	var at any
	for i, name := range path {
		if i > 0 {
			if vars = fieldsOf(at); vars == nil {
				return nil, false
			}
		}
		var ok bool
		if at, ok = vars[name]; !ok {
			return nil, false
		}
	}
	return at, true
}

func (n *pathNode) eval(_ *Prepared, vars map[string]any) (value, bool) {
	at, ok := walk(vars, n.path)
	if !ok {
		return value{}, false
	}
	return valueOf(at)
}

func (n *elementNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	v, ok := n.list.eval(p, vars)
	list, isList := v.tree.([]any)
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
	fields := vars
	if len(n.path) > 0 {
		at, ok := walk(vars, n.path)
		if fields = fieldsOf(at); !ok || fields == nil {
			return value{}, false
		}
	}
	_, there := fields[n.field]
	return boolValue(there, false), true
}

// shortText is how many parts are put together without a list of them.
const shortText = 8

func (n *textNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	var few [shortText]string
	texts := few[:0]
	tainted := false
	for _, part := range n.parts {
		v, ok := part.eval(p, vars)
		if !ok {
			return value{}, false
		}
		text, ok := v.asText()
		if !ok {
			return value{}, false
		}
		texts = append(texts, text)
		tainted = tainted || v.tainted
	}
	return value{kind: isText, text: concatenated(texts), tainted: tainted}, true
}

// appendTo appends the text of a node that is one, without making it first.
func (n *textNode) appendTo(dst []byte, p *Prepared, vars map[string]any) ([]byte, bool) {
	for _, part := range n.parts {
		v, ok := part.eval(p, vars)
		if !ok {
			return dst, false
		}
		if v.kind == isText {
			dst = append(dst, v.text...)
			continue
		}
		text, ok := v.asText()
		if !ok {
			return dst, false
		}
		dst = append(dst, text...)
	}
	return dst, true
}

func (n *choiceNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	c, ok := n.condition.eval(p, vars)
	if !ok || c.kind != isBool {
		return value{}, false
	}
	branch := n.otherwise
	if c.isTrue() {
		branch = n.then
	}
	v, ok := branch.eval(p, vars)
	v.tainted = v.tainted || c.tainted
	return v, ok
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
	made := value{kind: isTree, tree: list, made: true}
	for i, element := range n.elements {
		v, ok := element.eval(p, vars)
		if !ok {
			return value{}, false
		}
		if list[i], ok = v.result(); !ok {
			return value{}, false
		}
		made.tainted = made.tainted || v.tainted
	}
	return made, true
}

func (n *mapNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	object := make(map[string]any, len(n.keys))
	made := value{kind: isTree, tree: object, made: true}
	for i, key := range n.keys {
		v, ok := n.values[i].eval(p, vars)
		if !ok {
			return value{}, false
		}
		if object[key], ok = v.result(); !ok {
			return value{}, false
		}
		made.tainted = made.tainted || v.tainted
	}
	return made, true
}
