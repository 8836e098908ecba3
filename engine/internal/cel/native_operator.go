package cel

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/google/cel-go/common/operators"
)

// operatorNode is an arithmetic operator or a comparison.
type operatorNode struct {
	operator    string
	left, right native
}

// eval yields a value where both operands are of one type; cel-go knows what
// two types make of each other.
func (n *operatorNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	l, ok := n.left.eval(p, vars)
	if !ok {
		return value{}, false
	}
	r, ok := n.right.eval(p, vars)
	if !ok || l.kind != r.kind {
		return value{}, false
	}
	var v value
	switch l.kind {
	case isText:
		v, ok = compared(n.operator, order(l.text, r.text))
	case isInt:
		v, ok = onInts(n.operator, int64(l.bits), int64(r.bits))
	case isDouble:
		v, ok = onDoubles(n.operator, l.double(), r.double())
	case isBool, isNull:
		v, ok = equal(n.operator, l.bits == r.bits)
	default:
		return value{}, false
	}
	v.tainted = l.tainted || r.tainted
	return v, ok
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

func equal(operator string, same bool) (value, bool) {
	switch operator {
	case operators.Equals:
		return boolValue(same, false), true
	case operators.NotEquals:
		return boolValue(!same, false), true
	}
	return value{}, false
}

func compared(operator string, order int) (value, bool) {
	switch operator {
	case operators.Less:
		return boolValue(order < 0, false), true
	case operators.LessEquals:
		return boolValue(order <= 0, false), true
	case operators.Greater:
		return boolValue(order > 0, false), true
	case operators.GreaterEquals:
		return boolValue(order >= 0, false), true
	}
	return equal(operator, order == 0)
}

func onInts(operator string, l, r int64) (value, bool) {
	var n int64
	switch operator {
	case operators.Add:
		n = l + r
		if (n > l) != (r > 0) {
			return value{}, false
		}
	case operators.Subtract:
		n = l - r
		if (n < l) != (r > 0) {
			return value{}, false
		}
	case operators.Multiply:
		high, low := bits.Mul64(magnitude(l), magnitude(r))
		if high != 0 || low > math.MaxInt64 {
			return value{}, false
		}
		n = l * r
	default:
		return compared(operator, order(l, r))
	}
	return value{kind: isInt, bits: uint64(n)}, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func onDoubles(operator string, l, r float64) (value, bool) {
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
		if math.IsNaN(l) || math.IsNaN(r) {
			return value{}, false
		}
		return compared(operator, order(l, r))
	}
	return value{kind: isDouble, bits: math.Float64bits(f)}, true
}

// sumNode is a chain of `+`, from left to right, of texts or of numbers.
type sumNode struct {
	parts []native
	// isText says that one of the parts is a text whatever the values are.
	isText bool
}

func newSum(parts ...native) *sumNode {
	return &sumNode{parts, slices.ContainsFunc(parts, isAlwaysText)}
}

func (n *sumNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	if n.isText {
		return joined(n.parts, p, vars, true)
	}
	first, ok := n.parts[0].eval(p, vars)
	if !ok {
		return value{}, false
	}
	if first.kind == isText {
		return joined(n.parts, p, vars, true)
	}
	sum := first
	for _, part := range n.parts[1:] {
		r, ok := part.eval(p, vars)
		if !ok || r.kind != sum.kind {
			return value{}, false
		}
		tainted := sum.tainted || r.tainted
		switch sum.kind {
		case isInt:
			sum, ok = onInts(operators.Add, int64(sum.bits), int64(r.bits))
		case isDouble:
			sum, ok = onDoubles(operators.Add, sum.double(), r.double())
		default:
			return value{}, false
		}
		if !ok {
			return value{}, false
		}
		sum.tainted = tainted
	}
	return sum, true
}

// shortText is how many parts are put together without a list of them.
const shortText = 8

// joined puts the texts of parts together in one piece. Where strict is set, a
// part that is no text makes it give up.
func joined(parts []native, p *Prepared, vars map[string]any, strict bool) (value, bool) {
	var few [shortText]string
	texts := few[:0]
	length := 0
	tainted := false
	for _, part := range parts {
		text, of, ok := textOf(part, p, vars, strict)
		if !ok {
			return value{}, false
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
	return value{kind: isText, text: b.String(), tainted: tainted}, true
}

// textOf returns the text that n has inside a template literal, or, where strict
// is set, the text that it is.
func textOf(n native, p *Prepared, vars map[string]any, strict bool) (text string, tainted, ok bool) {
	switch n := n.(type) {
	case *constantNode:
		return n.text, false, !strict || n.value.kind == isText
	case *secretNode:
		if v := &p.pins[n.index].value; v.kind == isText {
			return v.text, true, true
		}
	case *pathNode:
		at, there, _ := n.find(vars)
		if text, ok = at.(string); ok || !there {
			return text, false, ok
		}
	}
	v, ok := n.eval(p, vars)
	if !ok || strict && v.kind != isText {
		return "", false, false
	}
	text, ok = v.asText()
	return text, v.tainted, ok
}
