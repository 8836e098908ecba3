package js

// statements are those between curly brackets (ECMA-262, 14.2).
func (p *parser) statements() []node {
	p.enter(p.token.pos)
	p.expect("{")
	var list []node
	for !p.is("}") {
		if p.token.kind == tokenEnd {
			p.missing("}")
		}
		list = append(list, p.statement(true))
	}
	p.advance()
	p.leave()
	return list
}

// semicolon goes over a semicolon, or is content where the language adds one
// (ECMA-262, 12.10).
func (p *parser) semicolon() {
	if p.take(";") || p.is("}") || p.token.newline || p.token.kind == tokenEnd {
		return
	}
	p.unexpected()
}

// statement is one statement; declares says that a declaration may stand here.
func (p *parser) statement(declares bool) node {
	p.deeper()
	defer func() { p.depth-- }()
	pos := p.token.pos
	p.start = -1
	if p.token.kind == tokenMark {
		switch p.token.text {
		case "{":
			return &blockNode{body: p.statements(), extent: p.extentFrom(pos)}
		case ";":
			p.advance()
			return &emptyNode{p.extentFrom(pos)}
		}
	}
	if p.token.kind == tokenName && !p.token.escaped {
		if n := p.wordStatement(p.token.text, pos, declares); n != nil {
			return n
		}
	}
	e := p.expression()
	if n, ok := e.(*nameNode); ok && p.is(":") && !n.bracketed {
		p.fail(p.token.pos, noLabels)
	}
	p.semicolon()
	return &expressionStatement{extent: p.extentFrom(pos), expression: e}
}

func (p *parser) wordStatement(word string, pos int, declares bool) node {
	switch word {
	case "const", "let", "var", "function":
		if !declares && word != "var" {
			p.fail(pos, "a declaration stands in curly brackets only: `{ "+word+" ... }`")
		}
		if word == "function" {
			return p.functionDeclaration(pos)
		}
		d := p.declaration(word)
		p.semicolon()
		return d
	case "if":
		p.advance()
		s := &conditionalStatement{test: p.condition(), yes: p.statement(false)}
		if p.token.isWord("else") {
			p.advance()
			s.no = p.statement(false)
		}
		s.extent = p.extentFrom(pos)
		return s
	case "for":
		return p.forStatement(pos)
	case "while":
		p.advance()
		l := &loopNode{test: p.condition()}
		l.body = p.loopBody()
		l.extent = p.extentFrom(pos)
		return l
	case "do":
		p.advance()
		l := &loopNode{last: true}
		l.body = p.loopBody()
		if !p.token.isWord("while") {
			p.missing("while")
		}
		p.advance()
		l.test = p.condition()
		p.take(";")
		l.extent = p.extentFrom(pos)
		return l
	case "switch":
		return p.choice(pos)
	case "break", "continue":
		return p.jump(word, pos)
	case "return":
		p.advance()
		r := &returnNode{}
		if !p.is(";") && !p.is("}") && !p.token.newline && p.token.kind != tokenEnd {
			r.value = p.expression()
		}
		p.semicolon()
		r.extent = p.extentFrom(pos)
		return r
	case "throw":
		p.advance()
		if p.token.newline {
			p.fail(pos, "what is thrown stands on the line of `throw`")
		}
		t := &throwNode{value: p.expression()}
		p.semicolon()
		t.extent = p.extentFrom(pos)
		return t
	case "class", "try", "with", "debugger", "import", "export":
		p.refuse(word, pos)
	}
	return nil
}

func (p *parser) condition() node {
	p.expect("(")
	test := p.expression()
	p.expect(")")
	return test
}

func (p *parser) loopBody() node {
	p.loops++
	body := p.statement(false)
	p.loops--
	return body
}

func (p *parser) jump(word string, pos int) node {
	p.advance()
	if p.token.kind == tokenName && !p.token.newline && !reserved[p.token.text] {
		p.fail(p.token.pos, noLabels)
	}
	if p.loops == 0 && (word == "continue" || p.choices == 0) {
		p.fail(pos, "`"+word+"` stands in a loop only")
	}
	p.semicolon()
	return &jumpNode{extent: p.extentFrom(pos), word: word}
}

func (p *parser) functionDeclaration(pos int) node {
	p.advance()
	if p.is("*") {
		p.refuse("yield", p.token.pos)
	}
	n := p.bindingName()
	f := &functionLiteral{name: n.text}
	p.parameters(f)
	p.body(f)
	f.extent = p.extentFrom(pos)
	return &functionDeclaration{extent: f.extent, name: n, function: f}
}

// declaration declares names, without the semicolon behind it.
func (p *parser) declaration(word string) *declarationNode {
	d := &declarationNode{word: word}
	pos := p.token.pos
	p.advance()
	for {
		e := p.bindingElement()
		if e.initial == nil && !p.noIn {
			p.needsValue(word, e.target)
		}
		d.parts = append(d.parts, declared(e))
		if !p.take(",") {
			break
		}
	}
	d.extent = p.extentFrom(pos)
	return d
}

func (p *parser) needsValue(word string, target node) {
	if _, ok := target.(*nameNode); !ok {
		p.fail(target.where().pos, "a pattern needs a value: `= ...`")
	}
	if word == "const" {
		p.fail(target.where().end, "a const needs a value: `= ...`; use let where it comes later")
	}
}

func (p *parser) forStatement(pos int) node {
	p.advance()
	if p.token.isWord("await") {
		p.refuse("await", p.token.pos)
	}
	p.enter(p.token.pos)
	p.expect("(")
	var first node
	word := ""
	p.noIn = true
	switch {
	case p.is(";"):
	case p.token.isWord("const") || p.token.isWord("let") || p.token.isWord("var"):
		word = p.token.text
		first = p.declaration(word)
	default:
		first = p.expression()
	}
	p.noIn = false
	if p.token.isWord("in") {
		p.fail(pos, noForIn)
	}
	if first != nil && p.token.isWord("of") {
		return p.walk(pos, word, first)
	}
	if d, ok := first.(*declarationNode); ok {
		for _, part := range d.parts {
			if part.initial == nil {
				p.needsValue(word, part.target)
			}
		}
	}
	l := &loopNode{first: first}
	p.expect(";")
	if !p.is(";") {
		l.test = p.expression()
	}
	p.expect(";")
	if !p.is(")") {
		l.next = p.expression()
	}
	p.expect(")")
	p.leave()
	l.body = p.loopBody()
	l.extent = p.extentFrom(pos)
	return l
}

// walk is a for-of statement from its `of` on.
func (p *parser) walk(pos int, word string, first node) node {
	w := &walkNode{word: word}
	if d, ok := first.(*declarationNode); ok {
		if len(d.parts) != 1 || d.parts[0].initial != nil {
			p.fail(d.pos, "`for (... of ...)` declares one name or pattern, without a value")
		}
		w.target = d.parts[0].target
	} else {
		w.target = p.target(first, true)
	}
	p.advance()
	w.list = p.assign()
	p.expect(")")
	p.leave()
	w.body = p.loopBody()
	w.extent = p.extentFrom(pos)
	return w
}

func (p *parser) choice(pos int) node {
	p.advance()
	c := &choiceNode{value: p.condition()}
	p.enter(p.token.pos)
	p.expect("{")
	p.choices++
	hasDefault := false
	for !p.take("}") {
		var one choiceCase
		switch {
		case p.token.isWord("case"):
			p.advance()
			one.test = p.expression()
		case p.token.isWord("default") && !hasDefault:
			hasDefault = true
			p.advance()
		default:
			p.unexpected()
		}
		p.expect(":")
		for !p.is("}") && !p.token.isWord("case") && !p.token.isWord("default") {
			if p.token.kind == tokenEnd {
				p.missing("}")
			}
			one.body = append(one.body, p.statement(true))
		}
		c.cases = append(c.cases, one)
	}
	p.choices--
	p.leave()
	c.extent = p.extentFrom(pos)
	return c
}
