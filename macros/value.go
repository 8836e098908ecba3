package macros

import (
	"math/big"
	"strconv"
	"strings"
)

// value reads a literal, a range, a variable or a reference.
func (p *parser) value() Expr {
	c := p.peek()
	start := p.pos
	switch {
	case start >= p.end:
		p.fail(start, "a value is missing here")
	case classes[c]&wordStart != 0:
		return p.named(start)
	case c == '"' || c == '\'':
		if text, ok := p.quoted(); ok {
			if !p.inArgument {
				p.suspectText(start+1, p.pos-1, false)
			}
			return p.literal(text)
		}
	case classes[c]&digit != 0:
		return p.number(start)
	case c == '-' && start+1 < p.end && classes[p.source[start+1]]&digit != 0:
		return p.number(start)
	case c == '[':
		return p.computedRoot(start)
	case c == '(':
		return p.rangeValue(start)
	default:
		p.unexpected("write a variable, a text in quotes, a number or a range")
	}
	return p.literal(nil)
}

// named reads what begins with a name: a word with a meaning of its own, a
// reference or a variable.
func (p *parser) named(start int) Expr {
	name := p.wordFrom(start)
	if IsRoot(name) {
		return p.secret(start)
	}
	return p.variable(start, name, p.path())
}

// variable is what a name that is not the root stands for, with the path behind it.
func (p *parser) variable(start int, name string, path []Segment) Expr {
	if path == nil {
		switch name {
		case "nil", "null":
			return p.literal(nil)
		case "true":
			return p.literal(true)
		case "false":
			return p.literal(false)
		case "empty":
			return &Empty{}
		case "blank":
			return &Blank{}
		}
	}
	v := p.variables.alloc()
	v.Pos, v.Name, v.Path = Pos(start), name, path
	return v
}

// rangeValue reads `(from..to)`.
func (p *parser) rangeValue(start int) Expr {
	r := &Range{Pos: Pos(start)}
	if !p.nest() {
		return r
	}
	p.pos++
	r.From = p.value()
	p.space()
	if !strings.HasPrefix(p.source[p.pos:p.end], "..") {
		p.fail(p.pos, "a range is written (1..5): two dots are missing here; conditions know no brackets")
	} else {
		p.pos += len("..")
	}
	r.To = p.value()
	p.brackets--
	if !p.accept(')') {
		p.fail(p.pos, "this range is not closed: close it with )")
	}
	return r
}

// quoted reads a text in quotes. Liquid knows no escapes in it.
func (p *parser) quoted() (string, bool) {
	start := p.pos + 1
	n := strings.IndexByte(p.source[start:p.end], p.source[p.pos])
	if n < 0 && p.extend(p.pos) {
		n = strings.IndexByte(p.source[start:p.end], p.source[p.pos])
	}
	if n < 0 {
		p.fail(p.pos, "this text is not closed: close it with "+p.source[p.pos:start])
		return "", false
	}
	p.pos = start + n + 1
	return p.source[start : start+n], true
}

// maxDigits is the length of the longest whole number that is kept exactly.
const maxDigits = 400

// number reads a whole number or a decimal one.
func (p *parser) number(start int) Expr {
	at := p.digits(start + 1)
	whole := true
	// The point needs a digit behind it: `(1..5)` holds two whole numbers.
	if at+1 < p.end && p.source[at] == '.' && classes[p.source[at+1]]&digit != 0 {
		whole = false
		at = p.digits(at + 1)
	}
	p.pos = at
	text := p.source[start:at]
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return p.literal(n)
		}
		// The length goes first: reading digits takes more than linear time.
		if len(text) <= maxDigits {
			n, _ := new(big.Int).SetString(text, 10)
			return p.literal(n)
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.fail(start, "this number is too large")
	}
	return p.literal(f)
}

func (p *parser) digits(at int) int {
	for at < p.end && classes[p.source[at]]&digit != 0 {
		at++
	}
	return at
}

func (p *parser) literal(value any) *Literal {
	n := p.literals.alloc()
	n.Value = value
	return n
}
