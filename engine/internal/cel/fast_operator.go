package cel

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/google/cel-go/common/operators"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// operatorNode is an arithmetic operator or a comparison.
type operatorNode struct {
	operator string
	// loose is set for arithmetic on numbers whose types are not known.
	loose       bool
	left, right fastNode
}

// eval yields a value where both operands are of one type; cel-go knows what
// two types make of each other.
func (n *operatorNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	l, ok := n.left.eval(in, vars)
	if !ok {
		return eval.Value{}, false
	}
	r, ok := n.right.eval(in, vars)
	if !ok {
		return eval.Value{}, false
	}
	if n.loose {
		if n.operator == operators.Divide && (l.Kind == eval.Int || r.Kind == eval.Int) {
			return quotient(l, r)
		}
		l, r = alike(l, r)
	}
	if l.Kind != r.Kind {
		return eval.Value{}, false
	}
	var v eval.Value
	switch l.Kind {
	case eval.Text:
		v, ok = compared(n.operator, order(l.Text, r.Text))
	case eval.Int:
		v, ok = onInts(n.operator, int64(l.Bits), int64(r.Bits))
	case eval.Double:
		v, ok = onDoubles(n.operator, l.Double(), r.Double())
	case eval.Bool, eval.Null:
		v, ok = equal(n.operator, l.Bits == r.Bits)
	default:
		return eval.Value{}, false
	}
	v.Tainted = l.Tainted || r.Tainted
	return v, ok
}

// alike makes a double of an int that meets one.
func alike(l, r eval.Value) (left, right eval.Value) {
	switch {
	case l.Kind == eval.Int && r.Kind == eval.Double:
		l = asDouble(l)
	case l.Kind == eval.Double && r.Kind == eval.Int:
		r = asDouble(r)
	}
	return l, r
}

// quotient divides numbers of which one at least is an int; cel-go says what
// fails.
func quotient(l, r eval.Value) (eval.Value, bool) {
	tainted := l.Tainted || r.Tainted
	if l.Kind == eval.Int && r.Kind == eval.Int {
		left, right := int64(l.Bits), int64(r.Bits)
		switch {
		case right == 0 || right == -1:
			return eval.Value{}, false
		case left%right == 0:
			return eval.Value{Kind: eval.Int, Bits: uint64(left / right), Tainted: tainted}, true
		}
		l = asDouble(l)
	}
	if l, r = alike(l, r); l.Kind != eval.Double || r.Kind != eval.Double || r.Double() == 0 {
		return eval.Value{}, false
	}
	v, ok := onDoubles(operators.Divide, l.Double(), r.Double())
	v.Tainted = tainted
	return v, ok
}

func asDouble(v eval.Value) eval.Value {
	return eval.Value{Kind: eval.Double, Bits: math.Float64bits(float64(int64(v.Bits))), Tainted: v.Tainted}
}

func order[T string | int64 | float64](l, r T) int {
	switch {
	case l < r:
		return -1
	case l > r:
		return 1
	}
	return 0
}

func equal(operator string, same bool) (eval.Value, bool) {
	switch operator {
	case operators.Equals:
		return eval.BoolValue(same, false), true
	case operators.NotEquals:
		return eval.BoolValue(!same, false), true
	}
	return eval.Value{}, false
}

func compared(operator string, order int) (eval.Value, bool) {
	switch operator {
	case operators.Less:
		return eval.BoolValue(order < 0, false), true
	case operators.LessEquals:
		return eval.BoolValue(order <= 0, false), true
	case operators.Greater:
		return eval.BoolValue(order > 0, false), true
	case operators.GreaterEquals:
		return eval.BoolValue(order >= 0, false), true
	}
	return equal(operator, order == 0)
}

func onInts(operator string, l, r int64) (eval.Value, bool) {
	var n int64
	switch operator {
	case operators.Add:
		n = l + r
		// Go wraps around where CEL fails.
		if (n > l) != (r > 0) {
			return eval.Value{}, false
		}
	case operators.Subtract:
		n = l - r
		if (n < l) != (r > 0) {
			return eval.Value{}, false
		}
	case operators.Multiply:
		high, low := bits.Mul64(magnitude(l), magnitude(r))
		if high != 0 || low > math.MaxInt64 {
			return eval.Value{}, false
		}
		n = l * r
	default:
		return compared(operator, order(l, r))
	}
	return eval.Value{Kind: eval.Int, Bits: uint64(n)}, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func onDoubles(operator string, l, r float64) (eval.Value, bool) {
	var f float64
	switch operator {
	case operators.Add:
		f = l + r
	case operators.Subtract:
		f = l - r
	case operators.Multiply:
		f = l * r
	case operators.Divide:
		f = l / r
	default:
		// CEL orders NaN in ways of its own; `order` would say that it equals all.
		if math.IsNaN(l) || math.IsNaN(r) {
			return eval.Value{}, false
		}
		return compared(operator, order(l, r))
	}
	return eval.Value{Kind: eval.Double, Bits: math.Float64bits(f)}, true
}

// sumNode is a chain of `+`, from left to right, of texts or of numbers.
type sumNode struct {
	parts []fastNode
	// isText says that one of the parts is a text whatever the values are.
	isText bool
}

func newSum(parts ...fastNode) *sumNode {
	return &sumNode{parts, slices.ContainsFunc(parts, isAlwaysText)}
}

func (n *sumNode) eval(in *eval.Prepared, vars map[string]any) (eval.Value, bool) {
	if n.isText {
		return joined(n.parts, in, vars, true)
	}
	first, ok := n.parts[0].eval(in, vars)
	if !ok {
		return eval.Value{}, false
	}
	if first.Kind == eval.Text {
		return joined(n.parts, in, vars, true)
	}
	sum := first
	for _, part := range n.parts[1:] {
		r, ok := part.eval(in, vars)
		if !ok {
			return eval.Value{}, false
		}
		if sum, r = alike(sum, r); r.Kind != sum.Kind {
			return eval.Value{}, false
		}
		tainted := sum.Tainted || r.Tainted
		switch sum.Kind {
		case eval.Int:
			sum, ok = onInts(operators.Add, int64(sum.Bits), int64(r.Bits))
		case eval.Double:
			sum, ok = onDoubles(operators.Add, sum.Double(), r.Double())
		default:
			return eval.Value{}, false
		}
		if !ok {
			return eval.Value{}, false
		}
		sum.Tainted = tainted
	}
	return sum, true
}

// shortText is how many parts are put together without a list of them.
const shortText = 8

// joined puts the texts of parts together in one piece. Where strict is set, a
// part that is no text makes it give up.
func joined(parts []fastNode, in *eval.Prepared, vars map[string]any, strict bool) (eval.Value, bool) {
	var few [shortText]string
	texts := few[:0]
	length := 0
	tainted := false
	for _, part := range parts {
		text, of, ok := textOf(part, in, vars, strict)
		if !ok {
			return eval.Value{}, false
		}
		texts = append(texts, text)
		length += len(text)
		tainted = tainted || of
	}
	var b strings.Builder
	b.Grow(length)
	for _, text := range texts {
		b.WriteString(text)
	}
	return eval.Value{Kind: eval.Text, Text: b.String(), Tainted: tainted}, true
}

// textOf returns the text that n has inside a template literal, or, where strict
// is set, the text that it is.
func textOf(n fastNode, in *eval.Prepared, vars map[string]any, strict bool) (text string, tainted, ok bool) {
	switch n := n.(type) {
	case *constantNode:
		return n.text, false, !strict || n.value.Kind == eval.Text
	case *secretNode:
		if v := &in.Pins[n.index].Value; v.Kind == eval.Text {
			return v.Text, true, true
		}
	case *pathNode:
		at, there, _ := n.find(vars)
		if text, ok = at.(string); ok || !there {
			return text, false, ok
		}
	}
	v, ok := n.eval(in, vars)
	if !ok || strict && v.Kind != eval.Text {
		return "", false, false
	}
	text, ok = v.AsText()
	return text, v.Tainted, ok
}
