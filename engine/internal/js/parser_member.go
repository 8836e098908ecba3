package js

// postfix is an operand with members, items and calls behind it (ECMA-262, 13.3).
func (p *parser) postfix() node {
	pos := p.token.pos
	var n node
	if p.token.isWord("new") {
		n = p.construction()
	} else {
		n = p.primary()
	}
	if isArrow(n) {
		return n
	}
	optional := false
	chained := 0
	for {
		next := p.behind(n, pos, &optional)
		if next == nil {
			break
		}
		// Each of them makes the tree deeper.
		p.deeper()
		chained++
		n = next
	}
	p.depth -= chained
	if optional {
		return &chainNode{extent: p.extentFrom(pos), inner: n}
	}
	return n
}

// behind returns n with the next member, item or call, or nil where there is none.
func (p *parser) behind(n node, pos int, optional *bool) node {
	if p.token.kind == tokenTemplate {
		return p.tagged(n, pos, *optional)
	}
	if p.token.kind != tokenMark {
		return nil
	}
	switch p.token.text {
	case ".":
		p.advance()
		return p.member(n, pos, false)
	case "?.":
		*optional = true
		p.advance()
		switch {
		case p.is("("):
			return p.call(n, pos, true)
		case p.is("["):
			return p.index(n, pos, true)
		case p.token.kind == tokenTemplate:
			p.fail(p.token.pos, noTags)
		}
		return p.member(n, pos, true)
	case "[":
		return p.index(n, pos, false)
	case "(":
		return p.call(n, pos, false)
	}
	return nil
}

func (p *parser) member(object node, pos int, optional bool) node {
	if p.token.kind != tokenName {
		if p.token.kind == tokenEnd {
			p.fail(p.token.pos, "the expression ends too early: a name is missing behind the dot")
		}
		p.fail(p.token.pos, "a name is missing behind the dot before "+p.shown())
	}
	m := &memberNode{object: object, key: p.token.text, keyPos: p.token.pos, optional: optional}
	if m.key == "__proto__" {
		p.fail(m.keyPos, noProto)
	}
	p.advance()
	m.extent = p.extentFrom(pos)
	return m
}

func (p *parser) index(object node, pos int, optional bool) node {
	p.enter(p.token.pos)
	p.advance()
	key := p.inside(p.expression)
	p.expect("]")
	p.leave()
	if t, ok := key.(*literal); ok && t.value.kind == kindString && t.value.text == "__proto__" {
		p.fail(t.pos, noProto)
	}
	return &indexNode{extent: p.extentFrom(pos), object: object, key: key, optional: optional}
}

// inside parses between brackets, where `in` is an operator again.
func (p *parser) inside(parse func() node) node {
	noIn := p.noIn
	p.noIn = false
	n := parse()
	p.noIn = noIn
	return n
}

func (p *parser) call(callee node, pos int, optional bool) node {
	if n, ok := callee.(*nameNode); ok {
		n.called = true
	}
	args := p.arguments()
	return &callNode{extent: p.extentFrom(pos), callee: callee, args: args, optional: optional}
}

func (p *parser) arguments() []node {
	p.enter(p.token.pos)
	p.advance()
	noIn := p.noIn
	p.noIn = false
	var args []node
	for !p.is(")") {
		args = append(args, p.item())
		if !p.take(",") {
			break
		}
	}
	p.expect(")")
	p.noIn = noIn
	p.leave()
	return args
}

// item is an argument or an item of an array.
func (p *parser) item() node {
	if !p.is("...") {
		return p.assign()
	}
	pos := p.token.pos
	p.advance()
	operand := p.assign()
	return &spreadNode{extent: p.extentFrom(pos), operand: operand}
}

func (p *parser) construction() node {
	pos := p.token.pos
	p.advance()
	if p.is(".") {
		p.fail(pos, noMeta)
	}
	calleePos := p.token.pos
	p.start = -1
	var callee node
	if p.token.isWord("new") {
		p.deeper()
		callee = p.construction()
		p.depth--
	} else {
		callee = p.primary()
	}
	for {
		if p.take(".") {
			callee = p.member(callee, calleePos, false)
		} else if p.is("[") {
			callee = p.index(callee, calleePos, false)
		} else {
			break
		}
	}
	if !isConstructor(callee) {
		p.fail(pos, errNotConstructor.Error())
	}
	if n, ok := callee.(*nameNode); ok {
		n.called = true
	}
	var args []node
	if p.is("(") {
		args = p.arguments()
	}
	return &constructionNode{extent: p.extentFrom(pos), callee: callee, args: args}
}

// constructors are the names behind which `new` may stand.
var constructors = map[string]bool{
	"Date": true, "Set": true, "Map": true, "RegExp": true, "Array": true, "URL": true, "URLSearchParams": true,
	"Error": true, "TypeError": true, "RangeError": true, "SyntaxError": true, "ReferenceError": true, "EvalError": true, "URIError": true,
	"Object": true,
}

func isConstructor(n node) bool {
	switch n := n.(type) {
	case *nameNode:
		return constructors[n.text]
	case *memberNode:
		intl, ok := n.object.(*nameNode)
		return ok && intl.text == "Intl" && (n.key == "NumberFormat" || n.key == "DateTimeFormat")
	}
	return false
}

// tagged is a template literal behind a function: only String.raw can be one.
func (p *parser) tagged(tag node, pos int, optional bool) node {
	m, ok := tag.(*memberNode)
	if !ok || optional || m.key != "raw" {
		p.fail(p.token.pos, noTags)
	}
	if n, ok := m.object.(*nameNode); !ok || n.text != "String" {
		p.fail(p.token.pos, noTags)
	}
	t := p.template(true)
	t.pos = pos
	return t
}
