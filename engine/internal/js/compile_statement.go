package js

// block compiles statements and what their block declares.
func (c *compiler) block(scope *blockScope, list []node) execute {
	enter := c.enterBlock(scope)
	body := c.statements(list)
	if enter == nil {
		return body
	}
	return func(f *frame) signal {
		enter(f)
		return body(f)
	}
}

// enterBlock compiles what happens when a block is entered: its names are not set
// yet, but those of its functions.
func (c *compiler) enterBlock(scope *blockScope) func(*frame) {
	if len(scope.bindings) == 0 {
		return nil
	}
	cells := cellsOf(scope.bindings)
	type unset struct {
		write func(*frame, Value)
		value Value
	}
	var unsets []unset
	for _, b := range scope.bindings {
		v := undefined
		if b.word == "let" || b.word == "const" {
			v = Value{kind: kindHole}
		} else if b.word == "function name" {
			continue
		}
		unsets = append(unsets, unset{c.write(b), v})
	}
	type made struct {
		write func(*frame, Value)
		value evaluate
	}
	var functions []made
	for _, d := range scope.functions {
		if d.name.bound != nil {
			functions = append(functions, made{c.write(d.name.bound), c.function(d.function)})
		}
	}
	return func(f *frame) {
		renew(f, cells)
		for i := range unsets {
			unsets[i].write(f, unsets[i].value)
		}
		for i := range functions {
			functions[i].write(f, functions[i].value(f))
		}
	}
}

func (c *compiler) statements(list []node) execute {
	compiled := make([]execute, 0, len(list))
	for _, n := range list {
		switch n.(type) {
		case *emptyNode, *functionDeclaration:
			continue
		}
		compiled = append(compiled, c.statement(n))
	}
	if len(compiled) == 1 {
		return compiled[0]
	}
	return func(f *frame) signal {
		for _, run := range compiled {
			if s := run(f); s != goOn {
				return s
			}
		}
		return goOn
	}
}

func (c *compiler) statement(n node) execute {
	switch n := n.(type) {
	case *declarationNode:
		return c.declaration(n)
	case *expressionStatement:
		run := c.expression(n.expression)
		return func(f *frame) signal {
			run(f)
			return goOn
		}
	case *conditionalStatement:
		return c.conditionalStatement(n)
	case *loopNode:
		return c.loop(n)
	case *walkNode:
		return c.walk(n)
	case *choiceNode:
		return c.choice(n)
	case *jumpNode:
		s := doBreak
		if n.word == "continue" {
			s = doContinue
		}
		return func(*frame) signal { return s }
	case *returnNode:
		if n.value == nil {
			return func(f *frame) signal {
				f.value = undefined
				return doReturn
			}
		}
		value := c.expression(n.value)
		return func(f *frame) signal {
			f.value = value(f)
			return doReturn
		}
	case *throwNode:
		value := c.expression(n.value)
		return func(f *frame) signal {
			value(f)
			f.vm.failAs(n.pos, "the expression threw an error")
			return goOn
		}
	case *blockNode:
		return c.block(n.scope, n.body)
	}
	return func(*frame) signal { return goOn }
}

func (c *compiler) declaration(n *declarationNode) execute {
	type one struct {
		set   func(*frame, Value)
		value evaluate
	}
	var parts []one
	for _, d := range n.parts {
		p := one{set: c.pattern(d.target, c.declared)}
		switch {
		case d.initial != nil:
			p.value = c.expression(d.initial)
		case n.word == "var":
			continue
		default:
			p.value = func(*frame) Value { return undefined }
		}
		parts = append(parts, p)
	}
	if len(parts) == 1 {
		set, value := parts[0].set, parts[0].value
		return func(f *frame) signal {
			set(f, value(f))
			return goOn
		}
	}
	return func(f *frame) signal {
		for i := range parts {
			parts[i].set(f, parts[i].value(f))
		}
		return goOn
	}
}

func (c *compiler) conditionalStatement(n *conditionalStatement) execute {
	test, yes := c.expression(n.test), c.statement(n.yes)
	no := func(*frame) signal { return goOn }
	if n.no != nil {
		no = c.statement(n.no)
	}
	return func(f *frame) signal {
		v := test(f)
		if v.tainted {
			f.vm.decide()
		}
		if truthy(v) {
			return yes(f)
		}
		return no(f)
	}
}

func (c *compiler) choice(n *choiceNode) execute {
	value := c.expression(n.value)
	enter := c.enterBlock(n.scope)
	type one struct {
		test evaluate
		body execute
	}
	cases := make([]one, len(n.cases))
	fallback := len(cases)
	for i, k := range n.cases {
		cases[i].body = c.statements(k.body)
		if k.test == nil {
			fallback = i
		} else {
			cases[i].test = c.expression(k.test)
		}
	}
	return func(f *frame) signal {
		v := value(f)
		if enter != nil {
			enter(f)
		}
		at := fallback
		for i := range cases {
			if cases[i].test == nil {
				continue
			}
			same, err := strictEquality(f.vm, v, cases[i].test(f))
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			if same.tainted {
				f.vm.decide()
			}
			if same.num != 0 {
				at = i
				break
			}
		}
		for ; at < len(cases); at++ {
			switch s := cases[at].body(f); s {
			case doBreak:
				return goOn
			case goOn:
			default:
				return s
			}
		}
		return goOn
	}
}
