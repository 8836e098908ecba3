package js

func (b *binder) statements(list []node) {
	for _, n := range list {
		b.statement(n)
	}
}

// statement binds a statement. What a block declares was hoisted.
func (b *binder) statement(n node) {
	switch n := n.(type) {
	case *declarationNode:
		b.declaration(n)
	case *functionDeclaration:
		b.function(n.function)
	case *expressionStatement:
		n.expression = b.bind(n.expression, 0)
	case *conditionalStatement:
		n.test = b.bind(n.test, asTruth)
		b.statement(n.yes)
		if n.no != nil {
			b.statement(n.no)
		}
	case *loopNode:
		b.loop(n)
	case *walkNode:
		b.walk(n)
	case *choiceNode:
		n.value = b.bind(n.value, 0)
		n.scope = b.enter()
		n.scope.cases = true
		for _, c := range n.cases {
			b.hoist(c.body)
		}
		for i := range n.cases {
			if n.cases[i].test != nil {
				n.cases[i].test = b.bind(n.cases[i].test, 0)
			}
			b.statements(n.cases[i].body)
		}
		b.leave()
	case *returnNode:
		if n.value != nil {
			n.value = b.bind(n.value, 0)
		}
	case *throwNode:
		n.value = b.bind(n.value, 0)
	case *blockNode:
		n.scope = b.enter()
		b.hoist(n.body)
		b.statements(n.body)
		b.leave()
	}
}

func (b *binder) declaration(n *declarationNode) {
	for i := range n.parts {
		part := &n.parts[i]
		if part.initial != nil {
			var u use
			if _, ok := part.target.(*objectPattern); ok {
				u = useWhole
			}
			part.initial = b.bind(part.initial, u)
		}
		part.target = b.own(part.target)
		setNames(part.target)
	}
}

// setNames notes that the names of a pattern are set from here on.
func setNames(target node) {
	names(target, func(n *nameNode) {
		if n.bound != nil {
			n.bound.set = true
		}
	})
}

func (b *binder) loop(n *loopNode) {
	n.scope = b.enter()
	if d, ok := n.first.(*declarationNode); ok {
		b.hoist([]node{d})
		b.declaration(d)
	} else if n.first != nil {
		n.first = b.bind(n.first, 0)
	}
	if n.test != nil && !n.last {
		n.test = b.bind(n.test, asTruth)
	}
	if n.next != nil {
		n.next = b.bind(n.next, 0)
	}
	b.statement(n.body)
	if n.test != nil && n.last {
		n.test = b.bind(n.test, asTruth)
	}
	b.leave()
}

func (b *binder) walk(n *walkNode) {
	n.scope = b.enter()
	if n.word == "let" || n.word == "const" {
		names(n.target, func(name *nameNode) { b.declare(name, n.word) })
	}
	// The names of the loop are not set yet where its list is evaluated.
	n.list = b.bind(n.list, 0)
	if n.word == "" {
		n.target = b.target(n.target)
	} else {
		n.target = b.own(n.target)
		setNames(n.target)
	}
	b.statement(n.body)
	b.leave()
}
