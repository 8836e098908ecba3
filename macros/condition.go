package macros

import (
	"strconv"
	"strings"
)

// condition reads comparisons that are joined by `and` and `or`, which bind
// from right to left and equally strongly.
func (p *parser) condition() Expr {
	first := p.comparison()
	if p.peek() == 0 {
		return first
	}
	// last is the join whose right side may still grow: `a and b or c` is a and
	// (b or c). It is a loop and no recursion, so that a long condition costs no
	// stack.
	whole := first
	var last *Binary
	for terms := 1; ; terms++ {
		p.space()
		at := p.pos
		op := ""
		switch {
		case p.acceptWord("and"):
			op = "and"
		case p.acceptWord("or"):
			op = "or"
		default:
			return whole
		}
		if terms == MaxTerms {
			p.fail(at, "too many conditions in one tag: split it, at most "+strconv.Itoa(MaxTerms)+" may be joined")
			return whole
		}
		// The left side may decide alone, and then the right one is not looked at.
		p.guards++
		right := p.comparison()
		p.guards--
		if last == nil {
			last = &Binary{Pos: Pos(at), Op: op, Left: whole, Right: right}
			whole = last
			continue
		}
		join := &Binary{Pos: Pos(at), Op: op, Left: last.Right, Right: right}
		last.Right = join
		last = join
	}
}

// askTruth marks the references that are a condition, or an operand of `and` and
// `or`, by themselves: only their truth is asked.
func askTruth(cond Expr) {
	for {
		join, ok := cond.(*Binary)
		if !ok || join.Op != "and" && join.Op != "or" {
			break
		}
		asked(join.Left)
		cond = join.Right
	}
	asked(cond)
}

func asked(operand Expr) {
	if ref := referenceOf(operand); ref != nil {
		ref.Asked, ref.Covered, ref.Guarded = true, true, true
	}
}

func (p *parser) comparison() Expr {
	left := p.value()
	p.space()
	at := p.pos
	op := p.operator()
	if op == "" {
		return left
	}
	return &Binary{Pos: Pos(at), Op: op, Left: left, Right: p.value()}
}

// operator reads a comparison operator and returns its one spelling, or "".
func (p *parser) operator() string {
	if p.pos >= p.end {
		return ""
	}
	rest := p.source[p.pos:p.end]
	op, spelled := "", 2
	switch {
	case strings.HasPrefix(rest, "=="):
		op = "=="
	case strings.HasPrefix(rest, "!="), strings.HasPrefix(rest, "<>"):
		op = "!="
	case strings.HasPrefix(rest, "<="):
		op = "<="
	case strings.HasPrefix(rest, ">="):
		op = ">="
	case rest[0] == '<':
		op, spelled = "<", 1
	case rest[0] == '>':
		op, spelled = ">", 1
	case rest[0] == 'c':
		if p.acceptWord("contains") {
			return "contains"
		}
		return ""
	default:
		return ""
	}
	p.pos += spelled
	return op
}
