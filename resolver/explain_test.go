package resolver_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

// explained is the answers in a line each.
func explained(t *testing.T, r *resolver.Resolver, scope resolver.Scope) []string {
	t.Helper()
	found, err := r.Explain(t.Context(), scope, "a")
	require.NoError(t, err)
	var lines []string
	for _, a := range found.Answers {
		require.Equal(t, redact.Secret{}, a.Entry.Secret)
		lines = append(lines, a.Provider+" "+string(a.Entry.Scope)+" "+a.Entry.Status.String()+" "+string(a.Outcome))
	}
	return lines
}

func TestExplainTellsWhatShadowsWhat(t *testing.T) {
	two(t, func(t *testing.T, r *resolver.Resolver, first, second *resolvertest.Fake) {
		const scope = "acme/shop/prod"
		require.Equal(t, []string{"first  missing lacks", "second  missing lacks"}, explained(t, r, scope))

		second.Put("acme/shop", "a", redact.NewSecret("value-of-second"))
		require.Equal(t, []string{"first  missing lacks", "second acme/shop known answers"}, explained(t, r, scope))

		first.Put("acme", "a", redact.NewSecret("value-of-first"))
		first.Put(scope, "a", redact.NewSecret("value-of-prod"))
		require.Equal(t, []string{"first acme/shop/prod known answers", "first acme known shadowed", "second acme/shop known shadowed"}, explained(t, r, scope))

		first.Archive(scope, "a")
		require.Equal(t, []string{"first acme/shop/prod archived answers", "first acme known shadowed", "second acme/shop known shadowed"}, explained(t, r, scope))
		require.Equal(t, []string{"first acme known answers", "second acme/shop known shadowed"}, explained(t, r, "acme/shop"))

		first.Break(errors.New("broken"))
		require.Equal(t, []string{"first  missing unavailable", "second acme/shop known unreached"}, explained(t, r, scope))
		first.Break(nil)
		second.Break(errors.New("broken"))
		require.Equal(t, []string{"first acme/shop/prod archived answers", "first acme known shadowed", "second  missing unavailable"}, explained(t, r, scope))
		require.Zero(t, first.Opened()+second.Opened(), "no value is opened")
	})
}

func TestExplainTellsWhatIsHeld(t *testing.T) {
	two(t, func(t *testing.T, r *resolver.Resolver, first, second *resolvertest.Fake) {
		held := func() *resolver.HeldAnswer {
			found, err := r.Explain(t.Context(), "acme/shop", "a")
			require.NoError(t, err)
			return found.Held
		}
		require.Nil(t, held())
		second.Put("acme", "a", redact.NewSecret("value-one"))
		second.Put("acme", "a", redact.NewSecret("value-two"))
		requireValue(t, "value-two", r, "acme/shop", "a")
		time.Sleep(time.Minute)
		is := held()
		require.InDelta(t, time.Minute, is.Age, float64(time.Second))
		is.Age = 0
		require.Equal(t, &resolver.HeldAnswer{Provider: "second", Scope: "acme", Status: macros.Known, Version: 2, Fresh: true}, is)

		second.Break(errors.New("down"))
		time.Sleep(resolver.DefaultCacheTTL)
		requireValue(t, "value-two", r, "acme/shop", "a")
		synctest.Wait()
		is = held()
		require.False(t, is.Fresh)
		require.InDelta(t, time.Minute+resolver.DefaultCacheTTL, is.Age, float64(time.Second), "of the last answer, not of the last try")

		time.Sleep(resolver.DefaultStaleTTL)
		require.Nil(t, held(), "it is given to nobody any more")
		second.Break(nil)
		second.Delete("acme", "a")
		requireValue(t, "(missing)", r, "acme/shop", "a")
		// The cache drops the old answer, whose time is over, when it likes, and the one
		// that replaces it may go with it.
		for range 100 {
			if held() != nil {
				break
			}
			time.Sleep(time.Millisecond)
			requireValue(t, "(missing)", r, "acme/shop", "a")
		}
		require.NotNil(t, held())
		require.Equal(t, macros.Missing, held().Status)
		require.Empty(t, held().Provider)
	})
}
