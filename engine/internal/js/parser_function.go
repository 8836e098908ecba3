package js

// arrow is an arrow function (ECMA-262, 15.3) of which items are the parameters.
func (p *parser) arrow(pos int, items []node) node {
	if p.token.newline {
		p.fail(p.token.pos, "`=>` stands on the line on which the parameters end")
	}
	f := &functionLiteral{arrow: true}
	for i, item := range items {
		if s, ok := item.(*spreadNode); ok {
			if i < len(items)-1 {
				p.fail(s.pos, "the rest parameter stands last")
			}
			f.rest = p.pattern(s.operand, true)
			break
		}
		f.params = append(f.params, p.parameter(item, true))
	}
	p.enter(p.token.pos)
	p.advance()
	if p.is("{") {
		p.body(f)
	} else {
		p.functions++
		loops, choices := p.loops, p.choices
		p.loops, p.choices = 0, 0
		f.result = p.assign()
		p.loops, p.choices = loops, choices
		p.functions--
	}
	p.leave()
	f.extent = p.extentFrom(pos)
	return f
}

func (p *parser) functionExpression() node {
	pos := p.token.pos
	p.advance()
	if p.is("*") {
		p.refuse("yield", p.token.pos)
	}
	f := &functionLiteral{}
	if p.token.kind == tokenName {
		n := p.bindingName()
		f.name = n.text
		f.self = &binding{name: n.text, pos: n.pos, word: "function name"}
	}
	p.parameters(f)
	p.body(f)
	f.extent = p.extentFrom(pos)
	return f
}

// parameters are those of a function, in brackets.
func (p *parser) parameters(f *functionLiteral) {
	if !p.is("(") {
		p.missing("(")
	}
	p.enter(p.token.pos)
	p.advance()
	p.inside(func() node {
		for !p.is(")") {
			if p.take("...") {
				f.rest = p.bindingTarget()
				break
			}
			f.params = append(f.params, p.bindingElement())
			if !p.take(",") {
				break
			}
		}
		return nil
	})
	p.expect(")")
	p.leave()
}

// body is the body of a function, in curly brackets.
func (p *parser) body(f *functionLiteral) {
	if !p.is("{") {
		p.missing("{")
	}
	loops, choices, noIn := p.loops, p.choices, p.noIn
	p.loops, p.choices, p.noIn = 0, 0, false
	p.functions++
	f.body = p.statements()
	if f.body == nil {
		f.body = []node{}
	}
	p.functions--
	p.loops, p.choices, p.noIn = loops, choices, noIn
}

// nameFunction gives a function without a name that of what it is assigned to
// (ECMA-262, 8.4).
func (p *parser) nameFunction(value, target node) {
	f, ok := value.(*functionLiteral)
	n, named := target.(*nameNode)
	if ok && named && f.name == "" && !f.bracketed {
		f.name = n.text
	}
}

// bindingName is a name that is declared.
func (p *parser) bindingName() *nameNode {
	t := p.token
	if t.kind != tokenName {
		if t.kind == tokenEnd {
			p.fail(t.pos, "the expression ends too early: a name is missing")
		}
		p.fail(t.pos, "a name is missing before "+p.shown())
	}
	if reserved[t.text] || t.text == "eval" || t.text == "arguments" {
		p.fail(t.pos, "`"+t.text+"` is a word of the language and cannot be declared")
	}
	p.advance()
	return &nameNode{extent: p.extentFrom(t.pos), text: t.text}
}

// bindingTarget is a name or a pattern that is declared.
func (p *parser) bindingTarget() node {
	if p.is("[") || p.is("{") {
		p.start = -1
		return p.pattern(p.primary(), true)
	}
	return p.bindingName()
}

func (p *parser) bindingElement() parameter {
	e := parameter{target: p.bindingTarget()}
	if p.take("=") {
		e.initial = p.assign()
		p.nameFunction(e.initial, e.target)
	}
	return e
}

// pattern makes a pattern of an expression that was read as one, because only what
// follows tells (ECMA-262, 13.15.5 and 14.3.3). One that declares names has nothing
// else as targets.
func (p *parser) pattern(n node, declares bool) node {
	switch n := n.(type) {
	case *nameNode:
		if n.bracketed && declares {
			break
		}
		p.checkSettable(n)
		return n
	case *memberNode, *indexNode:
		if !declares {
			return n
		}
	case *arrayLiteral:
		if n.bracketed {
			break
		}
		a := &arrayPattern{extent: n.extent}
		for i, item := range n.items {
			if item == nil {
				a.items = append(a.items, parameter{})
				continue
			}
			if s, ok := item.(*spreadNode); ok {
				if i < len(n.items)-1 || p.source[s.end] == ',' {
					p.fail(s.pos, "the rest of a pattern stands last")
				}
				a.rest = p.pattern(s.operand, declares)
				break
			}
			a.items = append(a.items, p.parameter(item, declares))
		}
		return a
	case *objectLiteral:
		if n.bracketed {
			break
		}
		return p.objectPattern(n, declares)
	}
	p.fail(n.where().pos, "this is no name and no pattern")
	return nil
}

func (p *parser) objectPattern(n *objectLiteral, declares bool) node {
	o := &objectPattern{extent: n.extent}
	for i, property := range n.properties {
		if property.rest != nil {
			if i < len(n.properties)-1 {
				p.fail(property.pos, "the rest of a pattern stands last")
			}
			switch property.rest.(type) {
			case *arrayLiteral, *objectLiteral:
				p.fail(property.pos, "the rest of an object is a name")
			}
			o.rest = p.pattern(property.rest, declares)
			break
		}
		target := p.parameter(property.value, declares)
		if property.initial != nil {
			target.initial = property.initial
		}
		o.properties = append(o.properties, patternProperty{key: property.key, computed: property.computed, parameter: target})
	}
	return o
}

// parameter is a target of a pattern with its default, which was read as an
// assignment.
func (p *parser) parameter(n node, declares bool) parameter {
	a, ok := n.(*assignmentNode)
	if !ok || a.bracketed || a.operator != "=" {
		return parameter{target: p.pattern(n, declares)}
	}
	switch target := a.target.(type) {
	case *nameNode, *arrayPattern, *objectPattern:
		if declares && hasMembers(target) {
			p.fail(target.where().pos, "this is no name and no pattern")
		}
	case *memberNode, *indexNode:
		if declares {
			p.fail(target.where().pos, "this is no name and no pattern")
		}
	}
	return parameter{target: a.target, initial: a.value}
}

// hasMembers reports whether a pattern sets anything but names.
func hasMembers(n node) bool {
	switch n := n.(type) {
	case *memberNode, *indexNode:
		return true
	case *arrayPattern:
		for _, item := range n.items {
			if item.target != nil && hasMembers(item.target) {
				return true
			}
		}
		return n.rest != nil && hasMembers(n.rest)
	case *objectPattern:
		for _, property := range n.properties {
			if hasMembers(property.target) {
				return true
			}
		}
		return n.rest != nil && hasMembers(n.rest)
	}
	return false
}
