package cel

import (
	"sync"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/interpreter"
	"github.com/sotto-render/sotto/macros"
)

// Prepared is a program with what all its evaluations share. It is safe for
// concurrent use.
type Prepared struct {
	program *Program
	given   Given
	// native is the fast path, if the evaluations may take it.
	native native
	// pins :: place in Program.refs -> what the reference yields on the fast
	// path
	pins []pin
	few  [4]pin
}

// Prepare looks the references of the program up once, for any number of
// evaluations.
func (p *Program) Prepare(given Given) *Prepared {
	prepared := new(Prepared)
	prepared.Init(p, given)
	return prepared
}

// Init makes p, which is new or was forgotten, what [Program.Prepare] returns.
func (p *Prepared) Init(program *Program, given Given) {
	p.program, p.given = program, given
	if given.Preview || given.Trace || program.native == nil {
		return
	}
	p.native = program.native
	p.pins = p.few[:0]
	for _, reference := range program.refs {
		p.pins = append(p.pins, pinned(given.Secrets, reference))
	}
}

// Forget drops all that p knows. Nothing else may use p.
func (p *Prepared) Forget() {
	clear(p.pins)
	p.program, p.given, p.native, p.pins = nil, Given{}, nil, nil
}

// Eval evaluates the program with vars. The error is an *Error; the outcome is
// then nothing but the trace.
func (p *Prepared) Eval(vars map[string]any) (Outcome, error) {
	if p.native != nil {
		if v, ok := p.native.eval(p, vars); ok && v.isShort(p.program.limits.Output) {
			if result, ok := v.result(); ok {
				return Outcome{Value: result, Sensitive: v.tainted}, nil
			}
		}
	}
	return p.slow(vars)
}

// Append appends the result as a template literal would: a text as it is, any
// other value as compact JSON. On an error dst comes back as it was.
func (p *Prepared) Append(dst []byte, vars map[string]any) ([]byte, error) {
	if p.native != nil {
		out, _, ok := appendNode(dst, p.native, p, vars)
		if ok && len(out)-len(dst) <= p.program.limits.Output {
			return out, nil
		}
	}
	out, err := p.slow(vars)
	if err != nil {
		return dst, err
	}
	if text, ok := out.Value.(string); ok {
		return append(dst, text...), nil
	}
	return appendNative(dst, out.Value)
}

// evaluations are kept for reuse.
var evaluations = sync.Pool{New: func() any { return new(evaluation) }}

// slow evaluates in cel-go. A panic ends as an error.
func (p *Prepared) slow(vars map[string]any) (out Outcome, err error) {
	r := evaluations.Get().(*evaluation)
	*r = evaluation{
		Given: p.given, vars: vars,
		limits: p.program.limits, program: p.program, adapter: p.program.env.adapter,
	}
	defer func() {
		if recover() != nil {
			out, err = Outcome{}, &Error{Code: Internal, Message: errPanic.kind}
		}
		*r = evaluation{}
		evaluations.Put(r)
	}()
	r.start()
	return p.program.run(r)
}

// run evaluates the program in cel-go. An error comes with the trace so far.
func (p *Program) run(r *evaluation) (Outcome, error) {
	t, plan, preview, err := p.chosen(r.Preview)
	if err != nil {
		return Outcome{}, err
	}
	var record *recorder
	if r.Trace {
		record = newRecorder(r, p, t)
		if plan, err = p.traced(t, preview, record); err != nil {
			return Outcome{}, err
		}
	}
	value, err := p.result(r, t, plan)
	out := Outcome{Value: value}
	if record != nil {
		out.Trace = p.trace(t, record, err != nil)
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

// result runs plan, which was made of t, and converts its value.
func (p *Program) result(r *evaluation, t tree, plan interpreter.InterpretableV2) (any, error) {
	value := r.exec(plan)
	if r.exceeded {
		value = types.WrapErr(errExceeded)
		if r.canceled {
			value = types.WrapErr(errCanceled)
		}
	}
	if err, failed := value.(*types.Err); failed {
		return nil, p.failure(r, t, err)
	}
	c := converter{left: p.limits.Output, memory: r.memory}
	native, err := c.value(value)
	if err != nil {
		return nil, p.failure(r, t, types.WrapErr(err).(*types.Err))
	}
	return native, nil
}
