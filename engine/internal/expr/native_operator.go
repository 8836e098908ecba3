package expr

import (
	"math"
	"math/bits"
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
type sumNode struct{ parts []native }

func (n *sumNode) eval(p *Prepared, vars map[string]any) (value, bool) {
	first, ok := n.parts[0].eval(p, vars)
	if !ok {
		return value{}, false
	}
	if first.kind == isText {
		return joined(first, n.parts[1:], p, vars)
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

// appendTo appends a sum of texts without making it first.
func (n *sumNode) appendTo(dst []byte, p *Prepared, vars map[string]any) ([]byte, bool) {
	for _, part := range n.parts {
		v, ok := part.eval(p, vars)
		if !ok || v.kind != isText {
			return dst, false
		}
		dst = append(dst, v.text...)
	}
	return dst, true
}

// joined adds texts to first.
func joined(first value, parts []native, p *Prepared, vars map[string]any) (value, bool) {
	var few [shortText]string
	texts := append(few[:0], first.text)
	tainted := first.tainted
	for _, part := range parts {
		v, ok := part.eval(p, vars)
		if !ok || v.kind != isText {
			return value{}, false
		}
		texts = append(texts, v.text)
		tainted = tainted || v.tainted
	}
	return value{kind: isText, text: concatenated(texts), tainted: tainted}, true
}

func concatenated(texts []string) string {
	length := 0
	for _, text := range texts {
		length += len(text)
	}
	var b strings.Builder
	b.Grow(length)
	for _, text := range texts {
		b.WriteString(text)
	}
	return b.String()
}
