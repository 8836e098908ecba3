package js

import (
	"slices"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// use says what of the value of a node is asked.
type use uint8

const (
	// useTruth asks only whether the value is true.
	useTruth use = 1 << iota
	// useCovered takes a missing secret for undefined.
	useCovered
	// useWhole takes credentials without a field.
	useWhole
)

// asTruth is a condition: of a reference it asks for presence.
const asTruth = useTruth | useCovered | useWhole

// binder ties the names of a tree to their declarations and finds the references
// to secrets. It goes on behind a mistake.
type binder struct {
	source string
	limits *eval.Limits
	refs   []*macros.Reference
	reads  []eval.Variable
	wrong  []*eval.Error
	// program has the functions of the Go program.
	program *extension.Set
	in      *functionScope
	block   *blockScope
	// guarded counts what may keep a node from being evaluated.
	guarded int
	// hooked says that an object may have a toString, valueOf or toJSON of its own.
	hooked bool
}

func (b *binder) fail(pos int, message string) {
	if len(b.wrong) < eval.MaxMistakes {
		b.wrong = append(b.wrong, eval.SyntaxError(pos, message))
	}
}

// guard binds what may not be evaluated.
func (b *binder) guard(n node, u use) node {
	b.guarded++
	n = b.bind(n, u)
	b.guarded--
	return n
}

func (b *binder) each(list []node) {
	for i, n := range list {
		if n != nil {
			list[i] = b.bind(n, 0)
		}
	}
}

// bind returns the expression n with its names and references bound.
func (b *binder) bind(n node, u use) node {
	switch n := n.(type) {
	case *literal:
		if n.value.kind == kindString {
			b.names(n.value.text)
		}
	case *nameNode:
		b.name(n)
	case *memberNode, *indexNode:
		return b.access(n, u)
	case *chainNode:
		n.inner = b.bind(n.inner, u)
		if s, ok := n.inner.(*secretNode); ok {
			return s
		}
	case *callNode:
		b.call(n)
	case *constructionNode:
		n.callee = b.bind(n.callee, 0)
		b.each(n.args)
	case *templateLiteral:
		b.each(n.parts)
	case *arrayLiteral:
		b.each(n.items)
	case *spreadNode:
		n.operand = b.bind(n.operand, 0)
	case *objectLiteral:
		b.objectLiteral(n)
	case *functionLiteral:
		b.function(n)
	case *unaryNode:
		if n.operator == "!" {
			u = asTruth
		} else {
			u = 0
		}
		n.operand = b.bind(n.operand, u)
	case *updateNode:
		n.target = b.target(n.target)
	case *binaryNode:
		b.binary(n)
	case *sumNode:
		b.each(n.operands)
	case *logicalNode:
		b.logical(n, u)
	case *conditionalNode:
		n.test = b.bind(n.test, asTruth)
		n.yes, n.no = b.guard(n.yes, u), b.guard(n.no, u)
	case *assignmentNode:
		b.assignment(n)
	case *sequenceNode:
		last := len(n.parts) - 1
		b.each(n.parts[:last])
		n.parts[last] = b.bind(n.parts[last], u)
	}
	return n
}

func (b *binder) binary(n *binaryNode) {
	n.left = b.bind(n.left, 0)
	from := len(b.reads)
	n.right = b.bind(n.right, 0)
	if n.operator == "-" {
		b.hyphen(n, from)
	}
}

func (b *binder) logical(n *logicalNode, u use) {
	last := len(n.operands) - 1
	for i, operand := range n.operands {
		asked := useCovered | u&useTruth
		switch {
		case i == last:
			asked = u
		case n.operator == "&&", u&useTruth != 0:
			// Credentials are true: they never are what `&&` yields of its left.
			asked |= useWhole
		}
		if i == 0 {
			n.operands[i] = b.bind(operand, asked)
		} else {
			n.operands[i] = b.guard(operand, asked)
		}
	}
}

func (b *binder) objectLiteral(n *objectLiteral) {
	for i := range n.properties {
		p := &n.properties[i]
		switch {
		case p.initial != nil:
			b.fail(p.pos, "a field of an object is written `name: value`")
		case p.rest != nil:
			p.rest = b.bind(p.rest, 0)
			continue
		}
		if p.computed != nil {
			p.computed = b.bind(p.computed, 0)
		}
		b.hook(p.key, p.computed != nil)
		p.value = b.bind(p.value, 0)
	}
}

// call binds a call. A name behind a reference that is called is a method, never
// a field.
func (b *binder) call(n *callNode) {
	switch callee := n.callee.(type) {
	case *memberNode:
		if callee.key != "parse" || !isOne(n.args) {
			b.names(callee.key)
		}
		if _, isRoot := callee.object.(*nameNode); !isRoot || !isSecrets(callee.object.(*nameNode).text) {
			callee.object = b.bind(callee.object, 0)
			break
		}
		n.callee = b.bind(callee, 0)
	default:
		n.callee = b.bind(callee, 0)
	}
	if n.optional {
		b.guarded++
		defer func() { b.guarded-- }()
	}
	var u use
	if callee, ok := n.callee.(*nameNode); ok && callee.bound == nil {
		if callee.text == "basic_auth" && len(n.args) == 1 {
			u = useWhole
		}
		b.count(n, b.program.Get(callee.text))
	}
	for i, arg := range n.args {
		n.args[i] = b.bind(arg, u)
	}
}

func (b *binder) assignment(n *assignmentNode) {
	n.target = b.target(n.target)
	switch n.operator {
	case "&&=", "||=", "??=":
		n.value = b.guard(n.value, 0)
		return
	}
	var u use
	if _, ok := n.target.(*objectPattern); ok {
		u = useWhole
	}
	n.value = b.bind(n.value, u)
}

// target binds what is assigned to.
func (b *binder) target(n node) node {
	switch n := n.(type) {
	case *nameNode:
		if isSecrets(n.text) {
			b.fail(n.pos, secretsFixed)
			return n
		}
		if n.bound = b.lookup(n.text); n.bound == nil {
			b.fail(n.pos, "`"+n.text+"` is no name of the expression's own and cannot be set: declare one with `let`")
			return n
		}
		b.in.use(n.bound)
		n.set = n.bound.set && !n.bound.skipped && n.bound.in == b.in
	case *memberNode, *indexNode:
		if root := rootOf(n); root != nil && isSecrets(root.text) {
			b.fail(root.pos, secretsFixed)
			return n
		}
		switch n := n.(type) {
		case *memberNode:
			b.hook(n.key, false)
			n.object = b.bind(n.object, 0)
		case *indexNode:
			b.hook("", true)
			n.object, n.key = b.bind(n.object, 0), b.bind(n.key, 0)
		}
	case *arrayPattern, *objectPattern:
		b.pattern(n, func(target node) node { return b.target(target) })
	}
	return n
}

const secretsFixed = "secrets cannot be set here, and no name can be called so"

// pattern binds the keys and defaults of a pattern, and its targets by leaf.
func (b *binder) pattern(n node, leaf func(node) node) node {
	element := func(p *parameter) {
		if p.target == nil {
			return
		}
		p.target = b.pattern(p.target, leaf)
		if p.initial != nil {
			p.initial = b.guard(p.initial, 0)
		}
	}
	switch n := n.(type) {
	case *arrayPattern:
		for i := range n.items {
			element(&n.items[i])
		}
		if n.rest != nil {
			n.rest = b.pattern(n.rest, leaf)
		}
	case *objectPattern:
		for i := range n.properties {
			p := &n.properties[i]
			if p.computed != nil {
				p.computed = b.bind(p.computed, 0)
			}
			element(&p.parameter)
		}
		if n.rest != nil {
			n.rest = b.pattern(n.rest, leaf)
		}
	default:
		return leaf(n)
	}
	return n
}

func (b *binder) lookup(name string) *binding {
	for s := b.block; s != nil; s = s.parent {
		if found := s.find(name); found != nil {
			return found
		}
	}
	return nil
}

// name binds a name that is read.
func (b *binder) name(n *nameNode) {
	if isSecrets(n.text) {
		b.fail(n.pos, eval.BareSecrets)
		return
	}
	if n.bound = b.lookup(n.text); n.bound != nil {
		b.in.use(n.bound)
		n.set = n.bound.set && !n.bound.skipped && n.bound.in == b.in
		return
	}
	if _, ok := globals[n.text]; ok || n.text == varsName || b.program.Get(n.text) != nil {
		return
	}
	b.reads = append(b.reads, eval.Variable{Name: n.text, Node: int64(n.pos)})
}

// varsName is the name of all variables together.
const varsName = "vars"

// hook notes a field that conversions may call.
func (b *binder) hook(key string, computed bool) {
	b.hooked = b.hooked || computed || key == "toString" || key == "valueOf" || key == "toJSON"
}

// count refuses a call of a function of the Go program with a number of arguments that
// it does not take.
func (b *binder) count(n *callNode, f *extension.Function) {
	if f == nil || slices.ContainsFunc(n.args, isSpread) {
		return
	}
	if least, most := f.Counts(); len(n.args) < least || len(n.args) > most {
		b.fail(n.pos, wrongCount(f))
	}
}

func isSpread(n node) bool {
	_, is := n.(*spreadNode)
	return is
}

// isOne reports whether there is one argument.
func isOne(args []node) bool {
	return len(args) == 1 && !isSpread(args[0])
}

// names notes a function of the library that makes fields of any name of functions:
// fromEntries, and parse with a function of its own.
func (b *binder) names(key string) {
	b.hooked = b.hooked || key == "fromEntries" || key == "parse"
}
