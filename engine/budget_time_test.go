package engine_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

// longWork is work of which one filter, comparison or start of a loop takes long
// or is made often, by what it is.
func longWork() (sources map[string]string, vars map[string]any) {
	texts, object := make([]any, 3000), make(map[string]any, 20_000)
	for i := range texts {
		texts[i] = fmt.Sprint(strings.Repeat("a", 2000), 7919*i%3000)
	}
	for i := range 20_000 {
		object[fmt.Sprint("key", i)] = i
	}
	sources = map[string]string{
		"a sort in any case":        "{% assign x = texts | sort_natural %}",
		"a sort":                    "{% assign x = texts | sort %}",
		"a search by a list":        "{% assign x = texts | where: texts %}",
		"a search by a value":       "{% assign x = texts | find: 'a', texts %}",
		"texts told apart":          "{% assign x = texts | uniq %}",
		"a search in a long text":   "{% if big contains 'b' %}{% endif %}",
		"long texts compared":       "{% if big == same %}{% endif %}",
		"long texts in a case":      "{% case big %}{% when same %}{% endcase %}",
		"a long text cut short":     "{% assign x = big | truncate: 5 %}",
		"a long text counted":       "{% assign x = big | size %}",
		"a long text's size":        "{% assign x = big.size %}",
		"the first of an object":    "{% assign x = object.first %}",
		"loops left at their start": "{% for p in object %}{% break %}{% endfor %}",
	}
	return sources, map[string]any{
		"texts": texts, "object": object, "big": strings.Repeat("a", 4<<20), "same": strings.Repeat("a", 4<<20),
	}
}

// soon is the processor time within which an ended render returns. A loaded
// machine slows the wall's clock, so no test here measures that.
const soon = 150 * time.Millisecond

func TestLongWorkSeesTheClock(t *testing.T) {
	sources, vars := longWork()
	limits := engine.Limits{Time: time.Millisecond}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			source = "{% for i in (1..90000) %}" + source + "{% endfor %}"
			start := processorTime()
			_, err := rendered(source, engine.TemplateOptions{Limits: limits}, &engine.Request{Vars: vars})
			took := processorTime() - start
			require.ErrorContains(t, err, "the limit time of 1ms is exceeded")
			if !raceEnabled {
				require.Less(t, took, soon)
			}
		})
	}
}

func TestLongWorkSeesTheCallerLeave(t *testing.T) {
	sources, vars := longWork()
	limits := engine.Limits{Time: 10 * time.Second, WorkBytes: math.MaxInt32}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			source = "{% for i in (1..90000) %}" + source + "{% endfor %}"
			template, err := engine.Compile(source, engine.TemplateOptions{Limits: limits})
			require.NoError(t, err)
			ctx, leave := context.WithCancel(context.Background())
			defer leave()
			var left atomic.Int64
			time.AfterFunc(5*time.Millisecond, func() {
				left.Store(int64(processorTime()))
				leave()
			})
			_, err = template.Render(ctx, &engine.Request{Vars: vars})
			took := processorTime() - time.Duration(left.Load())
			require.ErrorContains(t, err, "the caller gave up")
			require.ErrorIs(t, err, context.Canceled)
			if !raceEnabled {
				require.Less(t, took, soon)
			}
		})
	}
}

func TestLintEndsBetweenSources(t *testing.T) {
	ctx, leave := context.WithCancel(context.Background())
	leave()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		o     engine.LintOptions
		limit string
	}{
		{"the caller left", ctx, engine.LintOptions{}, "the caller gave up"},
		{"the budget is used up", context.Background(), engine.LintOptions{Budget: engine.NewBudget(engine.BudgetLimits{CPU: time.Nanosecond})}, "the limit cpu of 1ns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := engine.Lint(c.ctx, []engine.Source{{Text: "a"}, {Text: "b"}}, c.o)
			require.ErrorContains(t, err, c.limit)
		})
	}
}
