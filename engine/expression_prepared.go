package engine

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/redact"
)

// PreparedExpression is an expression with its secrets resolved: every
// evaluation sees the same versions. It is safe for concurrent use, and prints
// nothing of what it holds.
type PreparedExpression struct {
	inside redact.Sensitive[*preparedExpression]
}

type preparedExpression struct {
	expression *Expression
	done       context.Context
	prepared   eval.Prepared
}

// Prepare makes the checks that come before an evaluation and resolves all
// secrets in one call. Of req.Vars it looks at the names only.
func (e *Expression) Prepare(ctx context.Context, req *Request) (*PreparedExpression, error) {
	s, err := resolve(ctx, req, e.units)
	if err != nil {
		return nil, err
	}
	p := &preparedExpression{expression: e, done: ctx}
	e.program.Prepare(&p.prepared, given(ctx, req, s))
	return &PreparedExpression{redact.NewSensitive(p)}, nil
}

// Fork returns p for one more goroutine, as [Prepared.Fork] does.
func (p *PreparedExpression) Fork(yield func() time.Duration, budget *Budget) *PreparedExpression {
	in := p.inside.Reveal()
	forked := &preparedExpression{expression: in.expression, done: in.done, prepared: in.prepared}
	forked.prepared.Yield, forked.prepared.Budget = yield, budget.shared()
	return &PreparedExpression{redact.NewSensitive(forked)}
}

// Evaluate evaluates the expression with vars. A variable called `secrets` is
// out of reach of every expression; [CheckVars] refuses it.
func (p *PreparedExpression) Evaluate(vars map[string]any) (Result, error) {
	in := p.inside.Reveal()
	out, err := in.expression.program.Evaluate(&in.prepared, vars)
	return in.expression.outcome(in.done, &in.expression.units[0], out, err)
}

// EvaluateObject is [PreparedExpression.Evaluate] for variables with an order of
// their own, in place of that of the request.
func (p *PreparedExpression) EvaluateObject(vars *Object) (Result, error) {
	in := p.inside.Reveal()
	own := in.prepared
	own.Order = vars.Keys()
	out, err := in.expression.program.Evaluate(&own, vars.Map())
	return in.expression.outcome(in.done, &in.expression.units[0], out, err)
}

// Append evaluates the expression with vars and appends the result to dst: a
// string as it is, anything else as compact JSON. On an error dst comes back as
// it was.
func (p *PreparedExpression) Append(dst []byte, vars map[string]any) ([]byte, error) {
	in := p.inside.Reveal()
	dst, err := in.expression.program.Append(dst, &in.prepared, vars)
	if err != nil {
		err = evaluationError(in.done, &in.expression.units[0], err)
	}
	return dst, err
}
