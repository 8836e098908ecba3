package js

// expression is a comma expression (ECMA-262, 13.16).
func (p *parser) expression() node {
	pos := p.token.pos
	first := p.assign()
	if !p.is(",") {
		return first
	}
	s := &sequenceNode{parts: []node{first}}
	for p.take(",") {
		s.parts = append(s.parts, p.assign())
	}
	s.extent = p.extentFrom(pos)
	return s
}

// assignments are the operators that set something.
var assignments = map[string]bool{
	"=": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "**=": true, "<<=": true, ">>=": true,
	">>>=": true, "&=": true, "^=": true, "|=": true, "&&=": true, "||=": true, "??=": true,
}

// assign is an expression without a comma (ECMA-262, 13.15).
func (p *parser) assign() node {
	p.deeper()
	defer func() { p.depth-- }()
	pos := p.token.pos
	p.start = pos
	left := p.conditional()
	if isArrow(left) || p.token.kind != tokenMark || !assignments[p.token.text] {
		return left
	}
	operator := p.token.text
	target := p.target(left, operator == "=")
	p.advance()
	value := p.assign()
	p.nameFunction(value, target)
	return &assignmentNode{extent: p.extentFrom(pos), operator: operator, target: target, value: value}
}

// isArrow reports whether n is an arrow function without brackets around it, behind
// which no operator can stand.
func isArrow(n node) bool {
	f, ok := n.(*functionLiteral)
	return ok && f.arrow && !f.bracketed
}

// target returns what an assignment sets; patterns only where it is `=`.
func (p *parser) target(n node, patterns bool) node {
	switch n := n.(type) {
	case *nameNode:
		p.checkSettable(n)
		return n
	case *memberNode, *indexNode:
		return n
	case *objectLiteral, *arrayLiteral:
		if patterns && !n.where().bracketed {
			return p.pattern(n, false)
		}
	case *chainNode:
		p.fail(n.pos, "what stands behind `?.` cannot be set")
	}
	p.fail(n.where().pos, "this cannot be set: set a name, a field or an item of an array")
	return nil
}

func (p *parser) checkSettable(n *nameNode) {
	if n.text == "eval" || n.text == "arguments" {
		p.fail(n.pos, "`"+n.text+"` cannot be set")
	}
}

func (p *parser) conditional() node {
	pos := p.token.pos
	test := p.operators(0)
	if !p.is("?") || isArrow(test) {
		return test
	}
	p.deeper()
	p.advance()
	noIn := p.noIn
	p.noIn = false
	yes := p.assign()
	p.noIn = noIn
	p.expect(":")
	no := p.assign()
	p.depth--
	return &conditionalNode{extent: p.extentFrom(pos), test: test, yes: yes, no: no}
}

// precedence returns how tightly an operator binds, or 0 where none is next.
func (p *parser) precedence() int {
	if p.token.kind == tokenName {
		switch {
		case p.token.isWord("instanceof"), p.token.isWord("in") && !p.noIn:
			return 8
		}
		return 0
	}
	if p.token.kind != tokenMark {
		return 0
	}
	switch p.token.text {
	case "??":
		return 1
	case "||":
		return 2
	case "&&":
		return 3
	case "|":
		return 4
	case "^":
		return 5
	case "&":
		return 6
	case "==", "!=", "===", "!==":
		return 7
	case "<", ">", "<=", ">=":
		return 8
	case "<<", ">>", ">>>":
		return 9
	case "+", "-":
		return 10
	case "*", "/", "%":
		return 11
	case "**":
		return 12
	}
	return 0
}

// operators is a row of operands with operators that bind more tightly than least
// (ECMA-262, 13.6 to 13.13).
func (p *parser) operators(least int) node {
	pos := p.token.pos
	left := p.unary()
	if isArrow(left) {
		return left
	}
	chained := 0
	for {
		level := p.precedence()
		if level <= least {
			p.depth -= chained
			return left
		}
		operator, at := p.token.text, p.token.pos
		if operator == "**" {
			if u, ok := left.(*unaryNode); ok && !u.bracketed {
				p.fail(u.pos, "put brackets around the operand of `**` or around all of the power: `(-a) ** b` or `-(a ** b)`")
			}
		}
		p.advance()
		right := p.operand(level, operator)
		s := p.extentFrom(pos)
		switch operator {
		case "&&", "||", "??":
			left = p.logical(left, right, operator, s, at)
			continue
		case "+":
			if row, ok := left.(*sumNode); ok && !row.bracketed {
				row.operands, row.end = append(row.operands, right), s.end
				continue
			}
			left = &sumNode{extent: s, operands: []node{left, right}}
		default:
			left = &binaryNode{extent: s, operator: operator, left: left, right: right, operatorPos: at}
		}
		// A row of operators makes the tree as deep as it is long.
		p.deeper()
		chained++
	}
}

// operand is the right operand of an operator.
func (p *parser) operand(level int, operator string) node {
	// No arrow function can be an operand.
	p.start = -1
	if operator == "**" {
		p.deeper()
		defer func() { p.depth-- }()
		return p.operators(level - 1)
	}
	return p.operators(level)
}

func (p *parser) logical(left, right node, operator string, s extent, at int) node {
	for _, side := range []node{left, right} {
		l, ok := side.(*logicalNode)
		if ok && !l.bracketed && (l.operator == "??") != (operator == "??") {
			p.fail(at, "put brackets where `??` meets `||` or `&&`: `(a ?? b) || c`")
		}
	}
	if row, ok := left.(*logicalNode); ok && row.operator == operator && !row.bracketed {
		row.operands, row.end = append(row.operands, right), s.end
		return row
	}
	return &logicalNode{extent: s, operator: operator, operands: []node{left, right}}
}

// unary is an operand with what stands before it (ECMA-262, 13.4 and 13.5).
func (p *parser) unary() node {
	pos := p.token.pos
	switch p.token.kind {
	case tokenMark:
		switch operator := p.token.text; operator {
		case "!", "-", "+", "~":
			return p.prefixed(pos, operator)
		case "++", "--":
			p.start = -1
			p.advance()
			p.deeper()
			target := p.target(p.unary(), false)
			p.depth--
			return &updateNode{extent: p.extentFrom(pos), operator: operator, prefix: true, target: target}
		}
	case tokenName:
		if !p.token.escaped {
			switch word := p.token.text; word {
			case "typeof", "void":
				return p.prefixed(pos, word)
			}
		}
	}
	operand := p.postfix()
	if isArrow(operand) {
		return operand
	}
	if (p.is("++") || p.is("--")) && !p.token.newline {
		operator := p.token.text
		target := p.target(operand, false)
		p.advance()
		return &updateNode{extent: p.extentFrom(pos), operator: operator, target: target}
	}
	return operand
}

func (p *parser) prefixed(pos int, operator string) node {
	p.start = -1
	p.deeper()
	p.advance()
	operand := p.unary()
	p.depth--
	return &unaryNode{extent: p.extentFrom(pos), operator: operator, operand: operand}
}
