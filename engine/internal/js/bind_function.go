package js

// enter opens a block.
func (b *binder) enter() *blockScope {
	b.block = &blockScope{parent: b.block, in: b.in}
	return b.block
}

func (b *binder) leave() { b.block = b.block.parent }

// declare declares a name in the innermost block.
func (b *binder) declare(n *nameNode, word string) {
	if isSecrets(n.text) {
		b.fail(n.pos, secretsFixed)
		return
	}
	if known := b.block.find(n.text); known != nil && known.word != "function name" {
		again := word == "var" && (known.word == "var" || known.word == "parameter" || known.word == "function") ||
			word == "function" && (known.word == "var" || known.word == "function" || known.word == "parameter")
		if !again {
			b.fail(n.pos, "`"+n.text+"` is declared twice")
		}
		n.bound = known
		return
	}
	n.bound = b.block.add(n.text, n.pos, word)
}

// names calls yield with each name that a pattern declares.
func names(n node, yield func(*nameNode)) {
	switch n := n.(type) {
	case *nameNode:
		yield(n)
	case *arrayPattern:
		for _, item := range n.items {
			if item.target != nil {
				names(item.target, yield)
			}
		}
		if n.rest != nil {
			names(n.rest, yield)
		}
	case *objectPattern:
		for _, property := range n.properties {
			names(property.target, yield)
		}
		if n.rest != nil {
			names(n.rest, yield)
		}
	}
}

// own binds the pattern of a declaration whose names are declared.
func (b *binder) own(n node) node {
	return b.pattern(n, func(leaf node) node {
		if name := leaf.(*nameNode); name.bound == nil && !isSecrets(name.text) {
			// A var is declared in the block of its function.
			if name.bound = b.lookup(name.text); name.bound != nil {
				b.in.use(name.bound)
			}
		}
		return leaf
	})
}

func (b *binder) function(f *functionLiteral) {
	f.scope = &functionScope{parent: b.in}
	outer := b.in
	b.in = f.scope
	b.guarded++
	if f.self != nil {
		scope := b.enter()
		if isSecrets(f.self.name) {
			b.fail(f.self.pos, secretsFixed)
		}
		f.self.in, f.self.slot = b.in, b.in.slots
		b.in.slots++
		scope.bindings = append(scope.bindings, f.self)
	}
	f.head = b.enter()
	for _, p := range f.params {
		names(p.target, func(n *nameNode) { b.declare(n, "parameter") })
	}
	if f.rest != nil {
		names(f.rest, func(n *nameNode) { b.declare(n, "parameter") })
	}
	for i := range f.params {
		p := &f.params[i]
		p.target = b.own(p.target)
		if p.initial != nil {
			p.initial = b.bind(p.initial, 0)
		}
	}
	if f.rest != nil {
		f.rest = b.own(f.rest)
	}
	if f.result != nil {
		f.result = b.bind(f.result, 0)
	} else {
		b.functionBody(f)
	}
	b.leave()
	if f.self != nil {
		b.leave()
	}
	b.guarded--
	b.in = outer
}

func (b *binder) functionBody(f *functionLiteral) {
	f.inner = b.enter()
	// A var that is called like a parameter is the parameter.
	variables(f.body, func(n *nameNode) {
		if isSecrets(n.text) {
			b.fail(n.pos, secretsFixed)
			return
		}
		if known := f.head.find(n.text); known != nil {
			n.bound = known
			return
		}
		b.declare(n, "var")
	})
	b.hoist(f.body)
	for _, own := range f.inner.bindings {
		if own.word == "let" || own.word == "const" {
			if f.head.find(own.name) != nil {
				b.fail(own.pos, "`"+own.name+"` is declared twice")
			}
		}
	}
	b.statements(f.body)
	b.leave()
}

// variables calls yield with each name that `var` declares in statements, but not in
// functions among them.
func variables(list []node, yield func(*nameNode)) {
	for _, n := range list {
		variablesOf(n, yield)
	}
}

func variablesOf(n node, yield func(*nameNode)) {
	switch n := n.(type) {
	case *declarationNode:
		if n.word == "var" {
			for _, part := range n.parts {
				names(part.target, yield)
			}
		}
	case *conditionalStatement:
		variablesOf(n.yes, yield)
		if n.no != nil {
			variablesOf(n.no, yield)
		}
	case *loopNode:
		if n.first != nil {
			variablesOf(n.first, yield)
		}
		variablesOf(n.body, yield)
	case *walkNode:
		if n.word == "var" {
			names(n.target, yield)
		}
		variablesOf(n.body, yield)
	case *choiceNode:
		for _, c := range n.cases {
			variables(c.body, yield)
		}
	case *blockNode:
		variables(n.body, yield)
	}
}

// hoist declares what statements declare for all of their block.
func (b *binder) hoist(list []node) {
	for _, n := range list {
		switch n := n.(type) {
		case *declarationNode:
			if n.word != "var" {
				for _, part := range n.parts {
					names(part.target, func(name *nameNode) { b.declare(name, n.word) })
				}
			}
		case *functionDeclaration:
			b.declare(n.name, "function")
			b.block.functions = append(b.block.functions, n)
		}
	}
}
