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

// two runs a test with a fake clock over a resolver of two providers.
func two(t *testing.T, run func(t *testing.T, r *resolver.Resolver, first, second *resolvertest.Fake)) {
	t.Helper()
	first, second := resolvertest.NewFake("first"), resolvertest.NewFake("second")
	bubble(t, resolver.Options{Providers: []resolver.Binding{{Provider: first}, {Provider: second}}},
		func(t *testing.T, r *resolver.Resolver, _ *resolvertest.Fake) { run(t, r, first, second) })
}

// The order of the providers comes before the nearness of the scope: each
// provider walks from the scope up to its parents before the next is asked.
func TestTheOrderOfProvidersComesBeforeTheScope(t *testing.T) {
	two(t, func(t *testing.T, r *resolver.Resolver, first, second *resolvertest.Fake) {
		first.Put("acme", "a", redact.NewSecret("first, of a parent"))
		second.Put("acme/shop/prod", "a", redact.NewSecret("second, of the scope itself"))
		requireValue(t, "first, of a parent", r, "acme/shop/prod", "a")
		first.Archive("acme", "a")
		requireValue(t, "(archived)", r, "acme/shop/prod", "a")
		first.Delete("acme", "a")
		requireValue(t, "second, of the scope itself", r, "acme/shop/prod", "a")
		requireValue(t, "(missing)", r, "acme/shop", "a")
	})
}

// A provider that is bound to a scope is one of the order like all others:
// being bound makes it serve fewer scopes, not come before.
func TestABoundProviderKeepsItsPlaceInTheOrder(t *testing.T) {
	first, second := resolvertest.NewFake("first"), resolvertest.NewFake("second")
	for _, bound := range []int{0, 1} {
		bindings := []resolver.Binding{{Provider: first}, {Provider: second}}
		bindings[bound].Scope = "acme/shop"
		bubble(t, resolver.Options{Providers: bindings}, func(t *testing.T, r *resolver.Resolver, _ *resolvertest.Fake) {
			first.Put("acme", "a", redact.NewSecret("first"))
			second.Put("acme", "a", redact.NewSecret("second"))
			requireValue(t, "first", r, "acme/shop", "a")
			requireValue(t, "first", r, "acme/shop/prod", "a")
			requireValue(t, []string{"second", "first"}[bound], r, "acme", "a")
			requireValue(t, []string{"second", "first"}[bound], r, "acme/shopping", "a")
		})
	}
}

// What a provider answers is renewed although another one fails in the same
// refresh.
func TestARefreshTakesWhatItCanGet(t *testing.T) {
	two(t, func(t *testing.T, r *resolver.Resolver, first, second *resolvertest.Fake) {
		first.Put("acme", "a", redact.NewSecret("value-a-1"))
		second.Put("acme", "b", redact.NewSecret("value-b"))
		both := func() []string {
			status, values := make([]macros.Status, 2), make([]redact.Secret, 2)
			require.NoError(t, r.Scoped("acme").Resolve(t.Context(), []string{"a", "b"}, status, values))
			return []string{values[0].Reveal(), values[1].Reveal()}
		}
		require.Equal(t, []string{"value-a-1", "value-b"}, both())
		first.PutUnheard("acme", "a", redact.NewSecret("value-a-2"))
		second.Break(errors.New("down"))
		time.Sleep(resolver.DefaultCacheTTL + time.Second)
		require.Equal(t, []string{"value-a-1", "value-b"}, both(), "stale, while a refresh runs")
		synctest.Wait()
		require.Equal(t, []string{"value-a-2", "value-b"}, both())

		for start := time.Now(); time.Since(start) < resolver.DefaultStaleTTL-resolver.DefaultCacheTTL-3*time.Second; {
			require.Equal(t, []string{"value-a-2", "value-b"}, both())
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Second)
		_, err := value(t.Context(), r, "acme", "b")
		require.ErrorContains(t, err, "provider second: down", "its hour is over")
		requireValue(t, "value-a-2", r, "acme", "a")
	})
}

// A provider that leaves calls without an answer makes the next callers fail at
// once, and is tried again by one of them at a time.
func TestASilentProviderIsNotWaitedFor(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-a"))
		requireValue(t, "value-a", r, "acme", "a")
		took := func() time.Duration {
			start := time.Now()
			_, err := value(t.Context(), r, "acme", "other")
			var failed *resolver.ProviderError
			require.ErrorAs(t, err, &failed)
			return time.Since(start)
		}
		release := fake.Hold()
		for range 3 {
			require.Equal(t, resolver.DefaultLoadTimeout, took())
		}
		for range 20 {
			calls := len(fake.Calls())
			require.Zero(t, took())
			require.Len(t, fake.Calls(), calls)
			requireValue(t, "value-a", r, "acme", "a")
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		require.Equal(t, resolver.DefaultLoadTimeout, took(), "one tries")
		require.Zero(t, took())
		release()
		time.Sleep(5 * time.Second)
		requireValue(t, "(missing)", r, "acme", "other")
	})
}

// A provider that answers with errors makes nobody wait, and goes on being
// asked: the next alias may be well.
func TestAnErrorIsAnAnswer(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Break(errors.New("one secret is damaged"))
		for range 100 {
			_, err := value(t.Context(), r, "acme", "a")
			require.ErrorContains(t, err, "damaged")
		}
		fake.Break(nil)
		requireValue(t, "(missing)", r, "acme", "a")
	})
}

func TestOneAliasInSeveralSpellings(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-a"))
		status, values := make([]macros.Status, 4), make([]redact.Secret, 4)
		for range 2 {
			require.NoError(t, r.Scoped("acme").Resolve(t.Context(), []string{"a", "A", "a", "\u212a"}, status, values))
			require.Equal(t, []macros.Status{macros.Known, macros.Known, macros.Known, macros.Missing}, status)
			require.Equal(t, "value-a", values[1].Reveal())
		}
		require.Equal(t, [][]string{{"a"}}, [][]string{fake.Calls()[0].Aliases})
		require.Len(t, fake.Calls(), 1)
	})
}
