package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// budgeted renders or evaluates n parts of one source each with a budget in all.
func budgetedParts(t *testing.T, source string, n int, limits engine.BudgetLimits, vars map[string]any) error {
	parts := make(map[string]*engine.Template, n)
	for i := range n {
		part, err := engine.Compile(source, engine.TemplateOptions{})
		require.NoError(t, err)
		parts[fmt.Sprintf("p%03d", i)] = part
	}
	_, err := engine.NewMessage(parts).Render(t.Context(), &engine.Request{Vars: vars, Budget: engine.NewBudget(limits)})
	return err
}

func budgetedFlow(t *testing.T, source string, n int, limits engine.BudgetLimits, vars map[string]any) error {
	expressions := make(map[string]*engine.Expression, n)
	for i := range n {
		e, err := engine.CompileExpression(source, engine.ExpressionOptions{})
		require.NoError(t, err)
		expressions[fmt.Sprintf("e%03d", i)] = e
	}
	_, err := engine.NewFlow(expressions).Evaluate(t.Context(), &engine.Request{Vars: vars, Budget: engine.NewBudget(limits)})
	return err
}

// TestBudgetIsForTheWholeRequest has parts that are each within their own limits
// and together are not.
func TestBudgetIsForTheWholeRequest(t *testing.T) {
	vars := map[string]any{"long": strings.Repeat("x", 10_000), "list": make([]any, 2000)}
	type run func(*testing.T, string, int, engine.BudgetLimits, map[string]any) error
	for name, c := range map[string]struct {
		run    run
		source string
		limits engine.BudgetLimits
		limit  string
	}{
		"output of plain text":      {budgetedParts, "{{ long }}", engine.BudgetLimits{OutputBytes: 100_000}, "output_bytes of 100000 bytes"},
		"output of a loop":          {budgetedParts, "{% for i in (1..100) %}{{ long | slice: 0, 100 }}{% endfor %}", engine.BudgetLimits{OutputBytes: 100_000}, "output_bytes of 100000 bytes"},
		"work of filters":           {budgetedParts, "{% assign x = long | upcase %}", engine.BudgetLimits{WorkBytes: 100_000}, "work_bytes of 100000 bytes"},
		"work of captures":          {budgetedParts, "{% capture x %}{{ long }}{% endcapture %}", engine.BudgetLimits{WorkBytes: 100_000}, "work_bytes of 100000 bytes"},
		"steps of loops":            {budgetedParts, "{% for i in (1..1000) %}{% endfor %}", engine.BudgetLimits{Steps: 10_000}, "steps of 10000 steps"},
		"processor time":            {budgetedParts, "{% for i in (1..2000) %}{% endfor %}", engine.BudgetLimits{CPU: time.Nanosecond}, "cpu of 1ns"},
		"time until the answer":     {budgetedParts, "{% for i in (1..2000) %}{% endfor %}", engine.BudgetLimits{Until: time.Now()}, "limit time "},
		"results that are text":     {budgetedFlow, "long", engine.BudgetLimits{OutputBytes: 100_000}, "output_bytes of 100000 bytes"},
		"results that are trees":    {budgetedFlow, "list", engine.BudgetLimits{OutputBytes: 100_000}, "output_bytes of 100000 bytes"},
		"results that are made":     {budgetedFlow, "lists.range(1000).map(x, x)", engine.BudgetLimits{OutputBytes: 100_000}, "output_bytes of 100000 bytes"},
		"memory of expressions":     {budgetedFlow, "lists.range(1000).size()", engine.BudgetLimits{WorkBytes: 100_000}, "work_bytes of 100000 bytes"},
		"steps of expressions":      {budgetedFlow, "lists.range(1000).all(x, x >= 0)", engine.BudgetLimits{Steps: 10_000}, "steps of 10000 steps"},
		"time of expressions":       {budgetedFlow, "lists.range(1000).all(x, x >= 0)", engine.BudgetLimits{CPU: time.Nanosecond}, "cpu of 1ns"},
		"time until the evaluation": {budgetedFlow, "lists.range(1000).all(x, x >= 0)", engine.BudgetLimits{Until: time.Now()}, "limit time "},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.run(t, c.source, 1, engine.BudgetLimits{}, vars), "alone and by default it is within the limits")
			err := c.run(t, c.source, 100, c.limits, vars)
			var failed *engine.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, engine.LimitExceeded, failed.Code)
			require.Len(t, failed.Details, 1, "nothing is done any more once the budget is used up")
			require.Contains(t, failed.Error(), "the limit "+strings.TrimPrefix(c.limit, "limit "))
			require.NotEmpty(t, failed.Details[0].Part)
		})
	}
}

// TestBudgetOfPartials: what a partial uses is its caller's.
func TestBudgetOfPartials(t *testing.T) {
	compiled, err := engine.Compile("{% render 'p' %}{% include 'p' %}", engine.TemplateOptions{
		Partials: engine.PartialMap{"p": "{% for i in (1..600) %}{% endfor %}"}})
	require.NoError(t, err)
	_, err = compiled.Render(t.Context(), &engine.Request{Budget: engine.NewBudget(engine.BudgetLimits{Steps: 1500})})
	require.NoError(t, err)
	_, err = compiled.Render(t.Context(), &engine.Request{Budget: engine.NewBudget(engine.BudgetLimits{Steps: 1000})})
	require.ErrorContains(t, err, "the limit steps of 1000 steps")
}

func TestBudgetStartsAnew(t *testing.T) {
	compiled, err := engine.Compile("{{ x }}", engine.TemplateOptions{})
	require.NoError(t, err)
	limits := engine.BudgetLimits{OutputBytes: 10}
	req := &engine.Request{Vars: map[string]any{"x": "12345678"}, Budget: engine.NewBudget(limits)}
	_, err = compiled.Render(t.Context(), req)
	require.NoError(t, err)
	_, err = compiled.Render(t.Context(), req)
	require.ErrorContains(t, err, "output_bytes of 10 bytes")
	req.Budget.Start(limits)
	_, err = compiled.Render(t.Context(), req)
	require.NoError(t, err)
	require.ErrorContains(t, req.Budget.Spend(time.Hour), "the limit cpu of 2s")
}

// TestTraceCountsAsOutput: the steps of a trace leave like a result.
func TestTraceCountsAsOutput(t *testing.T) {
	e, err := engine.CompileExpression("lists.range(500).map(x, x + 1).size()", engine.ExpressionOptions{})
	require.NoError(t, err)
	req := &engine.Request{Trace: true, Budget: engine.NewBudget(engine.BudgetLimits{OutputBytes: 10_000})}
	_, err = e.Evaluate(t.Context(), req)
	require.ErrorContains(t, err, "output_bytes of 10000 bytes")
}

// TestGivingUpEndsAllParts: no part begins once the caller is gone.
func TestGivingUpEndsAllParts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	parts := make(map[string]*engine.Template)
	for i := range 100 {
		part, err := engine.Compile("{% for i in (1..90000) %}{{ i | date: '%c' }}{% endfor %}", engine.TemplateOptions{})
		require.NoError(t, err)
		parts[fmt.Sprint(i)] = part
	}
	start := processorTime()
	_, err := engine.NewMessage(parts).Render(ctx, &engine.Request{})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, processorTime()-start, 200*time.Millisecond)
}

// TestPlainTextTakesNoMemoryBeyondItsLimit: what has no loop and no filter is
// bounded before it is written, not after.
func TestPlainTextTakesNoMemoryBeyondItsLimit(t *testing.T) {
	compiled, err := engine.Compile(strings.Repeat("{{ x }}", 100), engine.TemplateOptions{})
	require.NoError(t, err)
	p, err := compiled.Prepare(t.Context(), &engine.Request{})
	require.NoError(t, err)
	out, err := p.Append(nil, map[string]any{"x": strings.Repeat("x", 1<<20)})
	require.ErrorContains(t, err, "limit output_bytes")
	require.Less(t, cap(out), 20<<20)
}
