package engine_test

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
)

func TestExpressionCacheKeepsByContent(t *testing.T) {
	var cache engine.ExpressionCache
	first, err := cache.Compile("n + 1", engine.CEL)
	require.NoError(t, err)
	same, err := cache.Compile("n + 1", engine.CEL)
	require.NoError(t, err)
	require.Same(t, first, same)
	other, err := cache.Compile("n + 2", engine.CEL)
	require.NoError(t, err)
	require.NotSame(t, first, other)
	foreign, err := cache.Compile("n + 1", engine.JavaScript)
	require.NoError(t, err)
	require.NotSame(t, first, foreign, "the language is part of what an expression is")
	_, err = cache.Compile("n +", engine.CEL)
	require.Error(t, err)
}

func TestExpressionCacheIsBounded(t *testing.T) {
	cache := engine.ExpressionCache{Bytes: 100_000}
	const all = 60
	var first [all]*engine.Expression
	compile := func(i int) *engine.Expression {
		e, err := cache.Compile(strconv.Itoa(i), engine.CEL)
		require.NoError(t, err)
		return e
	}
	for i := range all {
		first[i] = compile(i)
		require.Same(t, first[0], compile(0), "what is asked for all the time stays")
	}
	kept := 0
	for i := range all {
		if compile(i) == first[i] {
			kept++
		}
	}
	require.LessOrEqual(t, kept, cache.Bytes/first[0].Size())
}

// TestExpressionsRunConcurrently evaluates one program from many goroutines, on
// both paths, with errors, previews and traces among them.
func TestExpressionsRunConcurrently(t *testing.T) {
	var cache engine.ExpressionCache
	sources := []string{
		"`${n} ${secrets.token}`", "[n, 2].map(x, x + n)", "n + secrets.token", "timestamp(9223372036854775807)",
		"n > 2 ? secrets.token : user.name", "[1, 2].exists(x, x == n) || secrets.cfg.number > 1",
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 60 {
				e, err := cache.Compile(sources[(i+j)%len(sources)], engine.CEL)
				if err != nil {
					t.Error(err)
					return
				}
				r, err := e.Evaluate(context.Background(), &engine.Request{
					Vars: leakVars, Secrets: canary.secrets(), Preview: j%3 == 0, Trace: j%2 == 0,
				})
				requireClean(t, "a concurrent run", sources[(i+j)%len(sources)], shownOf(t, r, err))
			}
		})
	}
	group.Wait()
}
