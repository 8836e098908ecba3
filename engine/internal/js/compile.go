package js

import (
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// compiler makes closures of a tree that was bound.
type compiler struct {
	source string
	refs   []*macros.Reference
	// traced makes each node report its value.
	traced bool
	// hooked says that an object of the expression may have a toString of its own,
	// so that what converts values may run functions.
	hooked bool
	// own :: name -> function of the Go program
	own map[string]Value
	in  *functionScope
	// chained counts the optional chains around a node; skippable says of the inmost
	// that what a cut leaves out of it has no effect and cannot fail.
	chained   int
	skippable bool
}

// code is a function that was compiled.
type code struct {
	slots, cells int
	// depth is about how many bytes of the goroutine's stack a call takes.
	depth int
	// start binds the parameters.
	start func(f *frame, args []Value)
	// run is the body, result the expression of an arrow that has none.
	run    execute
	result evaluate
	// self sets the name of a function expression inside of it; nil where it has none.
	self func(f *frame, self Value)
	// simple is the number of parameters that are plain names in the first slots,
	// where start has no more to do; -1 else.
	simple int
}

// stackOfNode is about how much stack the evaluation of a node takes.
const stackOfNode = 256

// quiet compiles n without a step for n itself.
func (c *compiler) quiet(n node) evaluate {
	switch n := n.(type) {
	case *literal:
		v := n.value
		return func(*frame) Value { return v }
	case *regexLiteral:
		return c.regex(n)
	case *nameNode:
		return c.name(n)
	case *templateLiteral:
		return c.template(n)
	case *arrayLiteral:
		return c.array(n)
	case *objectLiteral:
		return c.object(n)
	case *functionLiteral:
		return c.function(n)
	case *memberNode:
		return c.member(n)
	case *indexNode:
		return c.index(n)
	case *callNode:
		return c.call(n)
	case *constructionNode:
		return c.construction(n)
	case *chainNode:
		return c.chain(n)
	case *unaryNode:
		return c.unary(n)
	case *updateNode:
		return c.update(n)
	case *binaryNode:
		return c.binary(n)
	case *sumNode:
		return c.sum(n)
	case *logicalNode:
		return c.logical(n)
	case *conditionalNode:
		return c.conditional(n)
	case *assignmentNode:
		return c.assignment(n)
	case *sequenceNode:
		return c.sequence(n)
	case *secretNode:
		return c.secret(n)
	}
	// The parser lets nothing else stand where a value is wanted.
	panic(eval.SyntaxError(n.where().pos, "this cannot stand here"))
}

// expression compiles n.
func (c *compiler) expression(n node) evaluate {
	run := c.quiet(n)
	if !c.traced || !isShown(n) {
		return run
	}
	at := *n.where()
	return func(f *frame) Value {
		v := run(f)
		if v.kind != kindHole {
			f.vm.record.add(f.vm, at, v)
		}
		return v
	}
}

func (c *compiler) all(list []node) []evaluate {
	compiled := make([]evaluate, len(list))
	for i, n := range list {
		compiled[i] = c.expression(n)
	}
	return compiled
}

func (c *compiler) sequence(n *sequenceNode) evaluate {
	parts := c.all(n.parts)
	if len(parts) == 1 {
		return parts[0]
	}
	return func(f *frame) Value {
		var v Value
		for _, part := range parts {
			v = part(f)
		}
		return v
	}
}

// shownBytes is how much of the source an error quotes.
const shownBytes = 60

// words quotes n as the author wrote it, shortened.
func (c *compiler) words(n node) string {
	at := n.where()
	text := c.source[at.pos:at.end]
	for i, r := range text {
		if r == '\n' || r == '\r' || i >= shownBytes {
			return "`" + text[:i] + "...`"
		}
	}
	return "`" + text + "`"
}
