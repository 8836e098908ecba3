package engine

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/redact"
)

// PreparedFlow is a flow with its secrets resolved: every evaluation sees the same
// versions. It is safe for concurrent use, and prints nothing of what it holds.
type PreparedFlow struct {
	flow   *Flow
	done   context.Context
	budget *Budget
	trace  bool
	// expressions are in the order of flow.names.
	expressions redact.Sensitive[[]eval.Prepared]
}

// Prepare makes the checks that come before an evaluation and resolves the
// secrets of all expressions in one call. Of req.Vars it looks at the names only.
func (f *Flow) Prepare(ctx context.Context, req *Request) (*PreparedFlow, error) {
	s, err := resolve(ctx, req, f.units)
	if err != nil {
		return nil, err
	}
	expressions := make([]eval.Prepared, len(f.names))
	for i, name := range f.names {
		f.expressions[name].program.Prepare(&expressions[i], given(ctx, req, s))
	}
	return &PreparedFlow{
		flow: f, done: ctx, budget: req.Budget, trace: req.Trace, expressions: redact.NewSensitive(expressions),
	}, nil
}

// Names returns the names of the expressions, sorted.
func (p *PreparedFlow) Names() []string { return p.flow.names }

// Fork returns p for one more goroutine, as [Prepared.Fork] does.
func (p *PreparedFlow) Fork(yield func() time.Duration, budget *Budget) *PreparedFlow {
	forked := append([]eval.Prepared(nil), p.expressions.Reveal()...)
	for i := range forked {
		forked[i].Yield, forked[i].Budget = yield, budget.shared()
	}
	return &PreparedFlow{
		flow: p.flow, done: p.done, budget: budget, trace: p.trace, expressions: redact.NewSensitive(forked),
	}
}

// Evaluate evaluates all expressions with vars, and fails as [Flow.Evaluate] does.
// A variable called `secrets` is out of reach of every expression; [CheckVars]
// refuses it.
func (p *PreparedFlow) Evaluate(vars map[string]any) (map[string]Result, error) {
	return p.evaluate(vars, nil)
}

// EvaluateObject is [PreparedFlow.Evaluate] for variables with an order of their
// own, in place of that of the request.
func (p *PreparedFlow) EvaluateObject(vars *Object) (map[string]Result, error) {
	return p.evaluate(vars.Map(), vars)
}

func (p *PreparedFlow) evaluate(vars map[string]any, ordered *Object) (map[string]Result, error) {
	prepared := p.expressions.Reveal()
	return p.flow.results(p.done, p.budget, p.trace, func(i int, e *Expression) (Result, error) {
		in := &prepared[i]
		if ordered != nil {
			own := *in
			own.Order = ordered.Keys()
			in = &own
		}
		out, err := e.program.Evaluate(in, vars)
		return e.outcome(p.done, &p.flow.units[i], out, err)
	})
}
