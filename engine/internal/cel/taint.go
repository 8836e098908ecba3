package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// perNode has an element for each node of a tree, by its number, which starts
// at 1. What is not there is zero.
type perNode[T any] []T

func (p perNode[T]) of(node int64) T {
	if node < 0 || node >= int64(len(p)) {
		var zero T
		return zero
	}
	return p[node]
}

// flow tells, for the nodes of a tree, on which secrets their values depend.
type flow struct {
	// nodes :: node -> the references that its value depends on
	nodes perNode[eval.Taint]
	// hidden are the nodes of which a secret decides whether, or how often,
	// they are evaluated. That they were, or were not, must not show.
	hidden perNode[bool]
	// marks :: tainted branch of a choice that no secret makes -> its bit in
	// evaluation.taken. While the branch is not taken, the choice is not tainted.
	marks map[int64]uint64
	// result is the taint of the whole expression, whatever branch is taken.
	result eval.Taint
}

// analysis computes a flow.
type analysis struct {
	flow
	// refs :: node of a reference -> its index
	refs map[int64]int
	// taken limits the marked branches that count; all do where it is nil.
	taken *uint64
	// absorbing counts the operators around a node that go on after an error
	// in it. What comes after a tainted node there is not evaluated if that
	// node fails.
	absorbing int
	// failed says that the evaluation failed, so that the same holds
	// everywhere.
	failed bool
}

// name is a local name and what its value depends on.
type name struct {
	parent *name
	text   string
	taint  eval.Taint
	// seen is set when the name is used where it must not show.
	seen *bool
}

func (n *name) find(text string) *name {
	for ; n != nil; n = n.parent {
		if n.text == text {
			return n
		}
	}
	return nil
}

func (n *name) with(text string, t eval.Taint, seen *bool) *name {
	if text == "" {
		return n
	}
	return &name{n, text, t, seen}
}

// analyse returns the flow of t, for an evaluation that took the branches taken
// and may have failed. Before the first analysis t has no flow; taken is nil
// then.
func (t *tree) analyse(taken *uint64, failed bool) flow {
	a := &analysis{refs: t.nodes, taken: taken, failed: failed, flow: flow{
		nodes: make(perNode[eval.Taint], t.last+1), hidden: make(perNode[bool], t.last+1), marks: t.flow.marks,
	}}
	a.result = a.visit(t.ast.Expr(), nil, false)
	return a.flow
}

// visit returns the taint of e. hidden says that a secret decides whether e is
// evaluated.
func (a *analysis) visit(e ast.Expr, names *name, hidden bool) eval.Taint {
	var t eval.Taint
	if index, ok := a.refs[e.ID()]; ok {
		t = eval.TaintOf(index)
	}
	switch e.Kind() {
	case ast.IdentKind:
		if n := names.find(e.AsIdent()); n != nil {
			t |= n.taint
			if hidden && n.seen != nil {
				*n.seen = true
			}
		}
	case ast.SelectKind:
		t |= a.visit(e.AsSelect().Operand(), names, hidden)
	case ast.CallKind:
		t |= a.call(e.AsCall(), names, hidden)
	case ast.ListKind:
		t |= a.each(e.AsList().Elements(), names, hidden)
	case ast.MapKind:
		var parts []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			parts = append(parts, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		t |= a.each(parts, names, hidden)
	case ast.StructKind:
		var parts []ast.Expr
		for _, field := range e.AsStruct().Fields() {
			parts = append(parts, field.AsStructField().Value())
		}
		t |= a.each(parts, names, hidden)
	case ast.ComprehensionKind:
		t |= a.comprehension(e.AsComprehension(), names, hidden)
	}
	a.nodes[e.ID()] = t
	if hidden {
		a.hidden[e.ID()] = true
	}
	return t
}

// mayStop reports whether a secret decides whether what comes after a node of
// this taint is evaluated: that node may fail.
func (a *analysis) mayStop(t eval.Taint) bool { return t != 0 && (a.absorbing > 0 || a.failed) }

// each visits nodes that are evaluated one after the other.
func (a *analysis) each(nodes []ast.Expr, names *name, hidden bool) eval.Taint {
	var t eval.Taint
	for _, n := range nodes {
		own := a.visit(n, names, hidden)
		t |= own
		// The error of an evaluation that fails at a reference says so.
		hidden = hidden || a.mayStop(own) && (a.absorbing > 0 || !a.isReference(n))
	}
	return t
}

// isReference reports whether e is a reference that is written out.
func (a *analysis) isReference(e ast.Expr) bool {
	if _, ok := a.refs[e.ID()]; !ok {
		return false
	}
	if e.Kind() != ast.CallKind {
		return e.Kind() == ast.SelectKind
	}
	call := e.AsCall()
	computed := isIndex(call.FunctionName()) && call.Args()[1].Kind() != ast.LiteralKind
	return !computed && call.FunctionName() != exactName && call.FunctionName() != presentName
}

func (a *analysis) call(call ast.CallExpr, names *name, hidden bool) eval.Taint {
	switch name := call.FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr:
		// CEL lets `&&` and `||` absorb an error of one operand, so that a
		// secret may make the rest of an operand run or not without a trace of
		// it in the result.
		a.absorbing++
		defer func() { a.absorbing-- }()
		fallthrough
	case operators.Conditional:
		control := a.visit(call.Args()[0], names, hidden)
		// An implicit flow: which branch was taken tells of what chose it.
		t := control
		for _, arg := range call.Args()[1:] {
			t |= a.branch(arg, names, hidden, control)
		}
		return t
	case "or", "orValue":
		if call.IsMemberFunction() && len(call.Args()) == 1 {
			control := a.visit(call.Target(), names, hidden)
			return control | a.branch(call.Args()[0], names, hidden, control)
		}
	}
	if call.IsMemberFunction() {
		return a.each(append([]ast.Expr{call.Target()}, call.Args()...), names, hidden)
	}
	return a.each(call.Args(), names, hidden)
}

// branch visits an argument that is evaluated only if the control says so.
func (a *analysis) branch(arg ast.Expr, names *name, hidden bool, control eval.Taint) eval.Taint {
	t := a.visit(arg, names, hidden || control != 0)
	if control != 0 || hidden || t == 0 {
		return t
	}
	// No secret decides here, so whether the branch was taken may be known. Without
	// that, `vip ? secrets.a : "none"` would be masked for everyone. Beyond 64
	// marks a branch counts as taken, which is the safe side.
	bit, marked := a.marks[arg.ID()]
	if !marked && a.taken == nil && len(a.marks) < 64 {
		if a.marks == nil {
			a.marks = make(map[int64]uint64)
		}
		a.marks[arg.ID()] = 1 << len(a.marks)
		return t
	}
	if marked && a.taken != nil && *a.taken&bit == 0 {
		return 0
	}
	return t
}

func (a *analysis) comprehension(c ast.ComprehensionExpr, names *name, hidden bool) eval.Taint {
	ranged := a.visit(c.IterRange(), names, hidden)
	accu := a.visit(c.AccuInit(), names, hidden)
	bind := isBind(c)
	if bind {
		a.visit(c.LoopCondition(), names, hidden)
		a.visit(c.LoopStep(), names.with(c.AccuVar(), accu, nil), hidden)
	} else {
		// What any part of the loop depends on may end in the accumulator.
		// One look at all of it saves going round until nothing changes.
		accu |= ranged | a.scan(c.LoopCondition(), names) | a.scan(c.LoopStep(), names)
		inner := names.with(c.AccuVar(), accu, nil).with(c.IterVar(), ranged, nil).with(c.IterVar2(), ranged, nil)
		control := ranged | a.visit(c.LoopCondition(), inner, hidden || ranged != 0)
		a.visit(c.LoopStep(), inner, hidden || control != 0 || a.mayStop(accu))
	}
	seen := false
	t := a.visit(c.Result(), names.with(c.AccuVar(), accu, &seen), hidden || !bind && a.mayStop(accu))
	if bind && seen && !hidden {
		// cel.bind evaluates its value at the first use.
		a.hide(c.AccuInit())
	}
	return t
}

// scan returns all that the nodes of e may depend on.
func (a *analysis) scan(e ast.Expr, names *name) eval.Taint {
	var t eval.Taint
	skip := 0
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		if skip > 0 {
			skip--
			return
		}
		if bit := a.marks[n.ID()]; bit != 0 && a.taken != nil && *a.taken&bit == 0 {
			skip = nodeCount(n) - 1
			return
		}
		if index, ok := a.refs[n.ID()]; ok {
			t |= eval.TaintOf(index)
		}
		if n.Kind() == ast.IdentKind {
			if local := names.find(n.AsIdent()); local != nil {
				t |= local.taint
			}
		}
	}))
	return t
}

func nodeCount(e ast.Expr) int {
	n := 0
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(ast.Expr) { n++ }))
	return n
}

// hide marks e and all below it as hidden.
func (a *analysis) hide(e ast.Expr) {
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) { a.hidden[n.ID()] = true }))
}
