package js

import (
	"github.com/sotto-render/sotto/engine/internal/eval"
)

// recorder notes the steps of an evaluation. From where a secret decides about what
// happens it notes nothing more: the rest is shown as the source has it, the same
// for all secrets.
type recorder struct {
	trace eval.Trace
	// met :: node that was noted
	met map[[2]int]bool
}

// isShown reports whether a trace has steps for n.
func isShown(n node) bool {
	switch n := n.(type) {
	case *literal, *functionLiteral, *spreadNode, *regexLiteral:
		return false
	case *templateLiteral:
		return len(n.parts) > 0
	case *unaryNode:
		l, ok := n.operand.(*literal)
		return !ok || l.value.kind != kindNumber || n.operator != "-"
	case *sequenceNode:
		return len(n.parts) > 1
	case *nameNode:
		return n.bound != nil || n.text != "undefined" && n.text != "NaN" && n.text != "Infinity"
	}
	return true
}

// add notes that the node at a place yielded v.
func (r *recorder) add(vm *machine, at extent, v Value) {
	if vm.decided || vm.control > 0 {
		return
	}
	r.met[[2]int{at.pos, at.end}] = true
	step := eval.Step{Pos: at.pos, End: at.end, Tainted: vm.isTainted(v)}
	if !step.Tainted {
		var size int
		step.Value, size = vm.stepValue(v)
		r.trace.Bytes += size
	}
	r.trace.Add(step)
}

// hide notes nodes of which a secret decides whether they are evaluated.
func (vm *machine) hide(nodes []extent) {
	if vm.record == nil || vm.decided || vm.control > 0 {
		return
	}
	for _, at := range nodes {
		vm.record.met[[2]int{at.pos, at.end}] = true
		vm.record.trace.Add(eval.Step{Pos: at.pos, End: at.end, Tainted: true})
	}
}

// hiddenOf returns the nodes below the given ones that a trace shows, in the order of their
// evaluation, where a trace is wanted.
func (c *compiler) hiddenOf(list ...node) []extent {
	if !c.traced {
		return nil
	}
	var spans []extent
	for _, n := range list {
		if n != nil {
			spans = c.shownBelow(spans, n, false)
		}
	}
	return spans
}

// shownBelow appends the nodes from n on that a trace shows. onTheWay says that n is
// a step of a path.
func (c *compiler) shownBelow(spans []extent, n node, onTheWay bool) []extent {
	if chain, ok := n.(*chainNode); ok {
		n = chain.inner
	}
	eachChild(n, func(child node) {
		if child == nil {
			return
		}
		isPath := false
		switch outer := n.(type) {
		case *memberNode:
			isPath = isStep(child)
		case *indexNode:
			isPath = child == outer.object && isStep(child)
		case *callNode:
			isPath = child == outer.callee
		case *constructionNode:
			isPath = child == outer.callee
		}
		spans = c.shownBelow(spans, child, isPath)
	})
	switch n.(type) {
	case *arrayPattern, *objectPattern, *nameNode:
		if n, ok := n.(*nameNode); !ok || n.bound == nil && n.called {
			return spans
		}
	}
	if onTheWay || !isShown(n) || !isExpression(n) {
		return spans
	}
	return append(spans, *n.where())
}

func isStep(n node) bool {
	switch n.(type) {
	case *nameNode, *memberNode, *indexNode, *secretNode:
		return true
	}
	return false
}

func isExpression(n node) bool {
	switch n.(type) {
	case *nameNode, *templateLiteral, *arrayLiteral, *objectLiteral, *memberNode, *indexNode, *callNode, *constructionNode,
		*unaryNode, *updateNode, *binaryNode, *sumNode, *logicalNode, *conditionalNode, *assignmentNode, *sequenceNode, *secretNode:
		return true
	}
	return false
}

// finish completes the trace of an evaluation in which a secret decided something
// with all nodes that were not noted before, masked.
func (r *recorder) finish(vm *machine, all []extent) eval.Trace {
	if vm.decided {
		for _, at := range all {
			if !r.met[[2]int{at.pos, at.end}] && !r.trace.Add(eval.Step{Pos: at.pos, End: at.end, Tainted: true}) {
				break
			}
		}
	}
	if r.trace.Steps == nil {
		r.trace.Steps = []eval.Step{}
	}
	return r.trace
}

// stepValue returns what a trace shows of a value that no secret is in, and how long
// it is.
func (vm *machine) stepValue(v Value) (any, int) {
	switch v.kind {
	case kindUndefined:
		return nil, 4
	case kindFunction:
		return "(function)", 10
	}
	w := writer{vm: vm, room: eval.Room{Bytes: eval.MaxStepSize, Memory: 64 * eval.MaxStepSize}, shown: true}
	value, err := w.value(v, 0)
	if err != nil {
		return "(" + locate(0, err).message + ")", 0
	}
	return value, eval.MaxStepSize - w.room.Bytes
}
