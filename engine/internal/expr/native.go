package expr

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

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

// nativeKind is the type of a value.
type nativeKind uint8

const (
	isNull nativeKind = iota
	isBool
	isInt
	isUint
	isDouble
	isText
	// isTree is a map[string]any or a []any of variables, secrets or literals.
	isTree
)

// value is what a native node yields.
type value struct {
	kind    nativeKind
	tainted bool
	// bits is a bool as 0 or 1, an int, a uint or the bits of a double.
	bits uint64
	text string
	tree any
	// made says that tree is of our own making and in terms of results.
	made bool
}

func boolValue(b, tainted bool) value {
	v := value{kind: isBool, tainted: tainted}
	if b {
		v.bits = 1
	}
	return v
}

func (v value) isTrue() bool    { return v.bits != 0 }
func (v value) double() float64 { return math.Float64frombits(v.bits) }

// valueOf makes a value of a Go value. It knows what encoding/json decodes.
func valueOf(v any) (value, bool) {
	switch v := v.(type) {
	case string:
		return value{kind: isText, text: v}, true
	case bool:
		return boolValue(v, false), true
	case json.Number:
		return numberOf(string(v))
	case int64:
		return value{kind: isInt, bits: uint64(v)}, true
	case int:
		return value{kind: isInt, bits: uint64(v)}, true
	case float64:
		return value{kind: isDouble, bits: math.Float64bits(v)}, true
	case nil:
		return value{kind: isNull}, true
	case map[string]any, []any:
		return value{kind: isTree, tree: v}, true
	case ordered:
		return value{kind: isTree, tree: v.Map()}, true
	}
	return value{}, false
}

// numberOf is numberValue for the fast path.
func numberOf(text string) (value, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value{kind: isInt, bits: uint64(n)}, true
	}
	switch n := numberValue(json.Number(text)).(type) {
	case types.Double:
		return value{kind: isDouble, bits: math.Float64bits(float64(n))}, true
	case types.Uint:
		return value{kind: isUint, bits: uint64(n)}, true
	}
	return value{}, false
}

// result returns v as a value of an [Outcome].
func (v value) result() (any, bool) {
	switch v.kind {
	case isNull:
		return nil, true
	case isBool:
		return v.bits != 0, true
	case isInt:
		return int64(v.bits), true
	case isUint:
		return v.bits, true
	case isDouble:
		f := v.double()
		return f, !math.IsNaN(f) && !math.IsInf(f, 0)
	case isText:
		return v.text, true
	}
	if v.made {
		return v.tree, true
	}
	return copied(v.tree)
}

// copied returns a copy of what a variable or a secret holds, in terms of
// results. It leaves all but small trees to cel-go, which counts them.
func copied(tree any) (any, bool) {
	const small = 64
	switch t := tree.(type) {
	case map[string]any:
		if len(t) > small {
			return nil, false
		}
		object := make(map[string]any, len(t))
		for key, field := range t {
			v, ok := leaf(field)
			if !ok {
				return nil, false
			}
			object[key] = v
		}
		return object, true
	case []any:
		if len(t) > small {
			return nil, false
		}
		list := make([]any, len(t))
		for i, element := range t {
			v, ok := leaf(element)
			if !ok {
				return nil, false
			}
			list[i] = v
		}
		return list, true
	}
	return nil, false
}

func leaf(v any) (any, bool) {
	scalar, ok := valueOf(v)
	if !ok || scalar.kind == isTree {
		return nil, false
	}
	return scalar.result()
}

// asText returns the text of v inside a template literal.
func (v value) asText() (string, bool) {
	switch v.kind {
	case isText:
		return v.text, true
	case isInt:
		return strconv.FormatInt(int64(v.bits), 10), true
	case isUint:
		return strconv.FormatUint(v.bits, 10), true
	case isBool:
		return strconv.FormatBool(v.bits != 0), true
	case isNull:
		return "null", true
	}
	if v.kind == isTree && v.text != "" {
		return v.text, true
	}
	result, ok := v.result()
	if !ok {
		return "", false
	}
	text, err := appendNative(nil, result)
	return string(text), err == nil
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

// pin is what a reference yields in every evaluation of a [Prepared]. It is not
// known where the fast path has to leave it to cel-go.
type pin struct {
	value value
	known bool
}

// pinned looks a reference up.
func pinned(secrets Secrets, reference *macros.Reference) pin {
	if reference.Computed != nil || secrets == nil || secrets.Status(reference.Alias) != macros.Known {
		return pin{}
	}
	secret := secrets.Secret(reference.Alias)
	if secret.Kind() == redact.Credentials && len(reference.Path) == 0 {
		return pin{}
	}
	at, ok := secretField(secret, reference.Path)
	if !ok {
		return pin{}
	}
	v, ok := valueOf(at)
	v.tainted = true
	if len(reference.Path) == 0 && v.kind == isTree {
		v.text = secret.Reveal()
	}
	return pin{v, ok}
}

// secretField follows a written-out path into a secret.
func secretField(secret redact.Secret, path []macros.Segment) (any, bool) {
	at := secret.Tree()
	for i, segment := range path {
		if literal, ok := segment.Index.(*macros.Literal); ok {
			list, isList := at.([]any)
			n, isInt := literal.Value.(int64)
			if !isList || !isInt || n < 0 || n >= int64(len(list)) {
				return nil, false
			}
			at = list[n]
			continue
		}
		key := segment.Key
		if i == 0 && secret.Kind() == redact.Credentials {
			key = lowerASCII(key)
		}
		object, ok := at.(map[string]any)
		if !ok {
			return nil, false
		}
		if at, ok = object[key]; !ok {
			return nil, false
		}
	}
	return at, true
}
