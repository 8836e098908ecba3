package cel

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// recorder notes the values of the nodes that a trace may show, in the order in
// which they are made. It implements interpreter.EvalState.
type recorder struct {
	run     *evaluation
	visible perNode[bool]
	// met are the visible nodes that were noted.
	met    perNode[bool]
	events []event
	// last is the node that reported last.
	last int64
}

type event struct {
	node  int64
	value ref.Val
}

func newRecorder(r *evaluation, p *Program, t tree) *recorder {
	visible := make(perNode[bool], t.last+1)
	for node := range p.view(t) {
		visible[node] = !t.flow.hidden.of(node)
	}
	return &recorder{run: r, visible: visible, met: make(perNode[bool], t.last+1)}
}

// IDs implements interpreter.EvalState.
func (r *recorder) IDs() []int64 { return nil }

// Value implements interpreter.EvalState.
func (r *recorder) Value(int64) (ref.Val, bool) { return nil, false }

// Reset implements interpreter.EvalState.
func (r *recorder) Reset() { r.events = r.events[:0] }

// SetValue implements interpreter.EvalState. The first value of each node is
// noted however many others were: whether the nodes around a loop are shown
// must not depend on how often it went round. Once a budget is used up loops end
// early, and what is made of them is wrong.
func (r *recorder) SetValue(node int64, value ref.Val) {
	again := node == r.last
	r.last = node
	n := len(r.events)
	switch {
	case !r.visible.of(node) || r.run.Exceeded:
	case again && n > 0 && r.events[n-1].node == node:
		// A node that is an attribute reports twice.
		r.events[n-1].value = value
	case n <= eval.MaxSteps || !r.met[node]:
		r.met[node] = true
		r.events = append(r.events, event{node, value})
	}
}

// traced returns a plan of t that reports to r. preview is as in [decoration].
func (p *Program) traced(t tree, preview []*macros.Reference, r *recorder) (interpreter.InterpretableV2, error) {
	observer := interpreter.EvalStateObserver(interpreter.EvalStateFactory(func() interpreter.EvalState { return r }))
	plan, err := p.newPlan(t, preview, observer)
	if err != nil {
		return nil, eval.SyntaxError(0, "the expression cannot be traced")
	}
	return plan, nil
}

// shown is a node that a trace shows.
type shown struct {
	pos, end int
	// hidden are the nodes below that must show alike whether they were
	// evaluated or not, in the order of the source.
	hidden []int64
}

// trace makes a trace of what r recorded. What it says of a tainted or hidden
// node is the same whatever the secrets are.
func (p *Program) trace(t tree, r *recorder, failed bool) eval.Trace {
	// Whose value depends on a secret is asked for the branches that were taken;
	// what must not show is asked for all of them where the evaluation failed,
	// because that it ended here may itself be what a secret decided.
	var hidden []eval.Hidden
	if !r.run.Preview { // which compares nothing with a secret
		hidden = p.guesses(t)
	}
	taken := r.run.taken
	taints := t.analyse(&taken, false).nodes
	if failed {
		every := ^uint64(0)
		t.flow = t.analyse(&every, true)
	}
	shown := p.view(t)
	trace := eval.Trace{Steps: make([]eval.Step, 0, min(len(r.events), eval.MaxSteps)), Hidden: hidden}
	emitted := make(map[int64]bool)
	for _, e := range r.events {
		node, ok := shown[e.node]
		if !ok || t.flow.hidden.of(e.node) {
			continue
		}
		if !emitted[e.node] {
			emitted[e.node] = true
			// All of them, evaluated or not, and in the order of the source:
			// that one is there would tell what the secret chose.
			for _, hidden := range node.hidden {
				if h, ok := shown[hidden]; ok {
					trace.Add(eval.Step{Pos: h.pos, End: h.end, Tainted: true})
				}
			}
		}
		step := eval.Step{Pos: node.pos, End: node.end, Tainted: taints.of(e.node) != 0}
		if !step.Tainted {
			var size int
			step.Value, size = stepValue(e.value)
			trace.Bytes += size
		}
		if !trace.Add(step) {
			break
		}
	}
	return trace
}

// stepValue returns what a trace shows of a value that no secret is in, and how
// long it is.
func stepValue(v ref.Val) (any, int) {
	if err, failed := v.(*types.Err); failed {
		return "error: " + kindOf(err), 0
	}
	if t, ok := v.(*types.Type); ok {
		return t.TypeName(), 0
	}
	c := converter{eval.Room{Bytes: eval.MaxStepSize, Memory: 64 * eval.MaxStepSize}}
	value, err := c.value(v)
	if err != nil {
		return "(" + kindOf(err) + ")", 0
	}
	return value, eval.MaxStepSize - c.Bytes
}

// view returns the nodes of t that a trace shows.
func (p *Program) view(t tree) map[int64]*shown {
	v := viewer{program: p, tree: t, shown: map[int64]*shown{}}
	v.visit(t.ast.Expr(), nil, nil)
	return v.shown
}

// viewer finds the nodes that an author wrote and would want to see: no
// literals, no steps on the way of a path, nothing that macros made.
type viewer struct {
	program *Program
	tree    tree
	shown   map[int64]*shown
}

// visit notes e and what is below it. above is the nearest node above that is
// shown and not hidden; offsets are where the nodes above stand.
func (v *viewer) visit(e ast.Expr, above *shown, offsets map[int]bool) (constant bool) {
	id := e.ID()
	pos := v.offset(id)
	made := offsets[pos]
	if !made {
		outer := offsets
		offsets = make(map[int]bool, len(outer)+1)
		for o := range outer {
			offsets[o] = true
		}
		offsets[pos] = true
	}
	hidden := v.tree.flow.hidden.of(id)
	node := above
	if !made && !hidden {
		node = &shown{}
	}
	constant = v.children(e, node, offsets)
	if e.Kind() == ast.IdentKind {
		constant = false
	}
	if made || constant {
		return constant
	}
	from, to := v.program.span(v.tree, e)
	if hidden {
		v.shown[id] = &shown{pos: from, end: to}
		if above != nil {
			above.hidden = append(above.hidden, id)
		}
		return false
	}
	node.pos, node.end = from, to
	v.shown[id] = node
	return false
}

// children visits what is below e and reports whether all of it is constant.
func (v *viewer) children(e ast.Expr, node *shown, offsets map[int]bool) bool {
	constant := true
	each := func(children ...ast.Expr) {
		for _, child := range children {
			constant = v.visit(child, node, offsets) && constant
		}
	}
	switch e.Kind() {
	case ast.IdentKind:
		return false
	case ast.SelectKind:
		each(e.AsSelect().Operand())
		v.onTheWay(e.AsSelect().Operand())
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			each(call.Target())
		}
		each(call.Args()...)
		if isIndex(call.FunctionName()) {
			v.onTheWay(call.Args()[0])
		}
		return constant && call.FunctionName() != placeholderName
	case ast.ListKind:
		each(e.AsList().Elements()...)
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			each(entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
	case ast.StructKind:
		for _, field := range e.AsStruct().Fields() {
			each(field.AsStructField().Value())
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		each(c.IterRange(), c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result())
		return false
	}
	return constant
}

// onTheWay takes a node that a path goes through out of the view.
func (v *viewer) onTheWay(e ast.Expr) {
	switch {
	case e.Kind() == ast.IdentKind, e.Kind() == ast.SelectKind,
		e.Kind() == ast.CallKind && isIndex(e.AsCall().FunctionName()):
		delete(v.shown, e.ID())
	}
}

func (v *viewer) offset(node int64) int {
	r, ok := v.tree.info.GetOffsetRange(node)
	if !ok {
		return -1
	}
	return v.tree.rewritten.offset(int(r.Start))
}
