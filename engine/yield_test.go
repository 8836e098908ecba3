package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// TestYieldLetsOthersRun has long work wait for longer than it may run: it is
// asked again and again, and the waiting does not count.
func TestYieldLetsOthersRun(t *testing.T) {
	const template = "{% for i in (1..90000) %}{{ i }}{% endfor %}"
	render := func(t *testing.T, req *engine.Request) error {
		_, err := rendered(template, engine.TemplateOptions{}, req)
		return err
	}
	evaluate := func(t *testing.T, req *engine.Request) error {
		e, err := engine.CompileExpression("lists.range(50000).all(x, x >= 0)", engine.ExpressionOptions{})
		require.NoError(t, err)
		_, err = e.Evaluate(t.Context(), req)
		return err
	}
	for name, run := range map[string]func(*testing.T, *engine.Request) error{"template": render, "expression": evaluate} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				turns := 0
				yield := func() time.Duration {
					turns++
					time.Sleep(time.Minute)
					return time.Minute
				}
				require.NoError(t, run(t, &engine.Request{Yield: yield}))
				require.Greater(t, turns, 10)
				yield = func() time.Duration {
					time.Sleep(time.Minute)
					return 0
				}
				var failed *engine.Error
				require.ErrorAs(t, run(t, &engine.Request{Yield: yield}), &failed, "time that is not waited counts")
				require.Equal(t, engine.LimitExceeded, failed.Code)
			})
		})
	}
}
