package cel

import (
	"sync"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// Prepare makes p, which is new or was forgotten, ready for any number of
// evaluations of the program.
func (p *Program) Prepare(in *eval.Prepared, given eval.Given) {
	if p.fast == nil || given.Preview || given.Trace {
		in.Init(given, nil)
		return
	}
	in.Init(given, p.refs)
}

// takesFastPath reports whether evaluations of in need nothing but results: a
// preview and a trace are cel-go's.
func (p *Program) takesFastPath(in *eval.Prepared) bool {
	return p.fast != nil && !in.Preview && !in.Trace
}

// Evaluate evaluates the program with vars. The error is an *eval.Error; the
// outcome is then nothing but the trace.
func (p *Program) Evaluate(in *eval.Prepared, vars map[string]any) (eval.Outcome, error) {
	if p.takesFastPath(in) {
		if v, ok := p.fast.eval(in, vars); ok && v.IsShort(p.limits.Output) && mayLeave(in, v) {
			if result, ok := v.Result(); ok {
				return eval.Outcome{Value: result, Sensitive: v.Tainted}, nil
			}
		}
	}
	return p.slow(in, vars)
}

// mayLeave counts a result of the fast path and reports whether the request has
// room for it. A structure goes the slow way, where its copy is counted while it
// is made.
func mayLeave(in *eval.Prepared, v eval.Value) bool {
	return in.Budget == nil || v.Kind != eval.Tree && len(v.Text) <= in.Budget.Room(len(v.Text)) && in.Budget.Output(len(v.Text)) == ""
}

// Append appends the result as a template literal would: a text as it is, any
// other value as compact JSON. On an error dst comes back as it was.
func (p *Program) Append(dst []byte, in *eval.Prepared, vars map[string]any) ([]byte, error) {
	if p.takesFastPath(in) {
		out, _, ok := appendNode(dst, p.fast, in, vars)
		if ok && len(out)-len(dst) <= p.limits.Output {
			return out, nil
		}
	}
	out, err := p.slow(in, vars)
	if err != nil {
		return dst, err
	}
	return out.Append(dst)
}

// evaluations are kept for reuse.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// slow evaluates in cel-go. A panic ends as an error.
func (p *Program) slow(in *eval.Prepared, vars map[string]any) (out eval.Outcome, err error) {
	r := evaluations.Get().(*evaluation)
	// A panic of a variable's own method, or of cel-go, may hold an operand in its
	// text: nothing of it is looked at.
	*r = evaluation{Given: in.Given, vars: vars, program: p, adapter: p.env.adapter}
	defer func() {
		if recover() != nil {
			out, err = eval.Outcome{}, &eval.Error{Code: eval.Internal, Message: eval.ErrPanic.Kind}
		}
		*r = evaluation{}
		evaluations.Put(r)
	}()
	r.start(&p.limits)
	return p.run(r)
}

// run evaluates the program in cel-go. An error comes with the trace so far.
func (p *Program) run(r *evaluation) (eval.Outcome, error) {
	t, plan, preview, err := p.chosen(r.Preview)
	if err != nil {
		return eval.Outcome{}, err
	}
	var record *recorder
	if r.Trace {
		record = newRecorder(r, p, t)
		if plan, err = p.traced(t, preview, record); err != nil {
			return eval.Outcome{}, err
		}
	}
	value, size, err := p.result(r, t, plan)
	out := eval.Outcome{Value: value}
	if record != nil {
		out.Trace = p.trace(t, record, err != nil)
	}
	if over := r.Close(size + out.Bytes); over != nil {
		out.Value, err = nil, p.failure(r, t, types.WrapErr(over).(*types.Err))
	}
	if err == nil {
		out.Sensitive = p.isSensitive(r, t)
	}
	return out, err
}

// chosen returns the plan of an evaluation, the tree that it was made from, and
// the references of a preview; see [decoration].
func (p *Program) chosen(preview bool) (tree, interpreter.InterpretableV2, []*macros.Reference, error) {
	if !preview {
		plan, err := p.plan()
		return p.tree, plan, nil, err
	}
	shown, err := p.preview()
	if err != nil {
		return tree{}, nil, nil, err
	}
	return shown.tree, shown.plan, shown.refs, nil
}

// result runs plan, which was made of t, and converts its value. It returns the
// length of the result too, or of what was made before there was no more room.
func (p *Program) result(r *evaluation, t tree, plan interpreter.InterpretableV2) (any, int, error) {
	value := r.exec(plan)
	// Loops end early once a budget is used up, so that a value may have been
	// made of half of them: it is none.
	if why := r.Budget.Failure(); why != nil {
		value = types.WrapErr(why)
	}
	if err, failed := value.(*types.Err); failed {
		return nil, 0, p.failure(r, t, err)
	}
	room := r.Given.Budget.Room(p.limits.Output)
	c := converter{eval.Room{Bytes: room, Memory: r.Memory}}
	native, err := c.value(value)
	if err != nil {
		return nil, room - c.Bytes, p.failure(r, t, types.WrapErr(err).(*types.Err))
	}
	return native, room - c.Bytes, nil
}
