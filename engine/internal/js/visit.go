package js

// visit calls yield with n and all nodes below it, outer ones first, and with how
// deep each is. It does not go below a node for which yield says no.
func visit(n node, yield func(n node, depth int) bool) {
	visitor{yield}.visit(n, 1)
}

type visitor struct {
	yield func(n node, depth int) bool
}

func (v visitor) visit(n node, depth int) {
	if n == nil || !v.yield(n, depth) {
		return
	}
	eachChild(n, func(child node) {
		if child != nil {
			v.visit(child, depth+1)
		}
	})
}

// eachChild calls yield with the nodes right below n, in the order in which they
// are evaluated, some of them nil.
func eachChild(n node, yield func(node)) {
	all := func(list []node) {
		for _, child := range list {
			yield(child)
		}
	}
	element := func(p parameter) {
		yield(p.initial)
		yield(p.target)
	}
	switch n := n.(type) {
	case *templateLiteral:
		all(n.parts)
	case *arrayLiteral:
		all(n.items)
	case *objectLiteral:
		for _, p := range n.properties {
			yield(p.computed)
			yield(p.value)
			yield(p.rest)
		}
	case *functionLiteral:
		for _, p := range n.params {
			element(p)
		}
		yield(n.rest)
		all(n.body)
		yield(n.result)
	case *memberNode:
		yield(n.object)
	case *indexNode:
		yield(n.object)
		yield(n.key)
	case *callNode:
		yield(n.callee)
		all(n.args)
	case *constructionNode:
		yield(n.callee)
		all(n.args)
	case *chainNode:
		yield(n.inner)
	case *unaryNode:
		yield(n.operand)
	case *updateNode:
		yield(n.target)
	case *binaryNode:
		yield(n.left)
		yield(n.right)
	case *sumNode:
		all(n.operands)
	case *logicalNode:
		all(n.operands)
	case *conditionalNode:
		yield(n.test)
		yield(n.yes)
		yield(n.no)
	case *assignmentNode:
		yield(n.value)
		yield(n.target)
	case *sequenceNode:
		all(n.parts)
	case *spreadNode:
		yield(n.operand)
	case *secretNode:
		yield(n.alias)
	case *arrayPattern:
		for _, p := range n.items {
			element(p)
		}
		yield(n.rest)
	case *objectPattern:
		for _, p := range n.properties {
			yield(p.computed)
			element(p.parameter)
		}
		yield(n.rest)
	default:
		eachStatement(n, yield, all)
	}
}

func eachStatement(n node, yield func(node), all func([]node)) {
	switch n := n.(type) {
	case *declarationNode:
		for _, d := range n.parts {
			yield(d.initial)
			yield(d.target)
		}
	case *functionDeclaration:
		if n.function != nil {
			yield(n.function)
		}
	case *expressionStatement:
		yield(n.expression)
	case *conditionalStatement:
		yield(n.test)
		yield(n.yes)
		yield(n.no)
	case *loopNode:
		yield(n.first)
		yield(n.test)
		yield(n.body)
		yield(n.next)
	case *walkNode:
		yield(n.list)
		yield(n.target)
		yield(n.body)
	case *choiceNode:
		yield(n.value)
		for _, k := range n.cases {
			yield(k.test)
			all(k.body)
		}
	case *returnNode:
		yield(n.value)
	case *throwNode:
		yield(n.value)
	case *blockNode:
		all(n.body)
	}
}
