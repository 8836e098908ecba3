package js

// isHarmless reports whether the evaluation of nodes has no effect and cannot fail,
// so that nothing but its value tells whether it took place. It may say no where
// that is so.
func (c *compiler) isHarmless(list ...node) bool {
	for _, n := range list {
		if n != nil && !c.harmless(n) {
			return false
		}
	}
	return true
}

func (c *compiler) harmless(n node) bool {
	switch n := n.(type) {
	case *literal, *functionLiteral:
		return true
	case *nameNode:
		// One that is not set yet fails, and so does a variable that is not there.
		if n.bound != nil {
			return n.bound.word != "let" && n.bound.word != "const" || n.bound.in == c.in && n.bound.pos < n.pos
		}
		_, isLibrary := c.library(n.text)
		return isLibrary
	case *secretNode:
		return n.covered && n.alias == nil
	case *templateLiteral:
		return !c.hooked && c.isHarmless(n.parts...)
	case *sumNode:
		return !c.hooked && c.isHarmless(n.operands...)
	case *binaryNode:
		return !c.hooked && n.operator != "in" && n.operator != "instanceof" && c.isHarmless(n.left, n.right)
	case *unaryNode:
		if name, ok := n.operand.(*nameNode); ok && n.operator == "typeof" && name.bound == nil {
			return true
		}
		return (!c.hooked || n.operator == "!" || n.operator == "typeof" || n.operator == "void") && c.harmless(n.operand)
	case *logicalNode:
		return c.isHarmless(n.operands...)
	case *conditionalNode:
		return c.isHarmless(n.test, n.yes, n.no)
	case *sequenceNode:
		return c.isHarmless(n.parts...)
	case *arrayLiteral:
		return c.isHarmless(n.items...)
	case *objectLiteral:
		for _, p := range n.properties {
			if p.computed != nil || p.rest != nil || !c.harmless(p.value) {
				return false
			}
		}
		return true
	case *memberNode:
		return isText(n.object) && c.harmless(n.object)
	case *callNode:
		m, ok := n.callee.(*memberNode)
		return ok && !c.hooked && textMethods[m.key] && m.key != "replace" && isText(m.object) && c.harmless(m.object) && c.isHarmless(n.args...)
	}
	return false
}

// depthOf returns how deep the tree of a function is, without the functions in it.
func depthOf(f *functionLiteral) int {
	deepest := 1
	visit(f, func(n node, depth int) bool {
		deepest = max(deepest, depth)
		_, isFunction := n.(*functionLiteral)
		return !isFunction || n == node(f)
	})
	return deepest
}
