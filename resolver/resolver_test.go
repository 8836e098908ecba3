package resolver_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

var _ engine.Resolver = (*resolver.Scoped)(nil)

// bubble runs a test with a fake clock over a resolver of one fake provider.
func bubble(t *testing.T, options resolver.Options, run func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fake := resolvertest.NewFake("fake")
		if options.Providers == nil {
			options.Providers = []resolver.Binding{{Provider: fake}}
		}
		r, err := resolver.New(options)
		require.NoError(t, err)
		defer r.Close()
		run(t, r, fake)
	})
}

// value looks one secret up; a secret that is not known is its status in
// brackets.
func value(ctx context.Context, r *resolver.Resolver, scope resolver.Scope, alias string) (string, error) {
	status := make([]macros.Status, 1)
	values := make([]redact.Secret, 1)
	if err := r.Scoped(scope).Resolve(ctx, []string{alias}, status, values); err != nil {
		return "", err
	}
	if status[0] != macros.Known {
		return "(" + status[0].String() + ")", nil
	}
	return values[0].Reveal(), nil
}

func requireValue(t *testing.T, want string, r *resolver.Resolver, scope resolver.Scope, alias string) {
	t.Helper()
	got, err := value(t.Context(), r, scope, alias)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestOneCallForAllMissesOfATemplate(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-a"))
		fake.Put("acme", "b", redact.NewSecret("value-b"))
		requireValue(t, "value-a", r, "acme", "a")
		require.Len(t, fake.Calls(), 1)

		status := make([]macros.Status, 4)
		values := make([]redact.Secret, 4)
		aliases := []string{"b", "a", "gone", "../etc"}
		require.NoError(t, r.Scoped("acme").Resolve(t.Context(), aliases, status, values))
		require.Equal(t, []macros.Status{macros.Known, macros.Known, macros.Missing, macros.Missing}, status)
		require.Equal(t, "value-b", values[0].Reveal())
		require.Len(t, fake.Calls(), 2)
		require.ElementsMatch(t, []string{"b", "gone"}, fake.Calls()[1].Aliases)

		require.NoError(t, r.Scoped("acme").Resolve(t.Context(), aliases, status, values))
		require.Len(t, fake.Calls(), 2, "all is in memory now")
	})
}

func TestFirstProviderThatHasItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, bound, last := resolvertest.NewFake("store"), resolvertest.NewFake("bound"), resolvertest.NewFake("last")
		r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{
			{Provider: store}, {Scope: "acme/shop", Provider: bound}, {Provider: last},
		}})
		require.NoError(t, err)
		defer r.Close()
		for _, alias := range []string{"all", "archived", "two", "one"} {
			last.Put("acme", alias, redact.NewSecret("last"))
			if alias == "one" {
				continue
			}
			bound.Put("acme", alias, redact.NewSecret("bound"))
			if alias == "two" {
				continue
			}
			store.Put("acme", alias, redact.NewSecret("store"))
		}
		store.Archive("acme", "archived")
		last.Put("acme", "later", redact.NewSecret("last"))

		requireValue(t, "store", r, "acme/shop/prod", "all")
		requireValue(t, "bound", r, "acme/shop/prod", "two")
		requireValue(t, "last", r, "acme/shop/prod", "one")
		requireValue(t, "(archived)", r, "acme/shop/prod", "archived")
		requireValue(t, "last", r, "acme", "two")
		requireValue(t, "(missing)", r, "other", "all")

		bound.Break(errors.New("down"))
		_, err = value(t.Context(), r, "acme/shop", "later")
		var failed *resolver.ProviderError
		require.ErrorAs(t, err, &failed)
		require.Equal(t, "bound", failed.Provider)
		requireValue(t, "last", r, "acme/web", "later")
	})
}

func TestFreshThenStaleThenError(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.PutUnheard("acme", "a", redact.NewSecret("first"))
		requireValue(t, "first", r, "acme", "a")
		fake.PutUnheard("acme", "a", redact.NewSecret("second"))

		time.Sleep(resolver.DefaultCacheTTL - time.Second)
		requireValue(t, "first", r, "acme", "a")
		require.Len(t, fake.Calls(), 1, "fresh")

		time.Sleep(2 * time.Second)
		release := fake.Hold()
		for range 10 {
			requireValue(t, "first", r, "acme", "a")
		}
		synctest.Wait()
		require.Len(t, fake.Calls(), 2, "one refresh runs")
		release()
		synctest.Wait()
		requireValue(t, "second", r, "acme", "a")

		fake.Break(errors.New("down"))
		for passed := time.Duration(0); passed < resolver.DefaultStaleTTL-time.Minute; passed += time.Minute {
			requireValue(t, "second", r, "acme", "a")
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		require.Less(t, len(fake.Calls()), 62, "a provider that fails is not stormed")
		require.NotZero(t, r.Stats().Stale)
		time.Sleep(2 * time.Minute)
		_, err := value(t.Context(), r, "acme", "a")
		require.ErrorContains(t, err, "fake")

		fake.Break(nil)
		requireValue(t, "second", r, "acme", "a")
	})
}

func TestAFailingProviderIsAskedAgainAfterAPause(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value"))
		requireValue(t, "value", r, "acme", "a")
		fake.Break(errors.New("down"))
		time.Sleep(resolver.DefaultCacheTTL + time.Second)
		before := len(fake.Calls())
		for range 200 {
			requireValue(t, "value", r, "acme", "a")
			time.Sleep(100 * time.Millisecond)
		}
		require.InDelta(t, 4, len(fake.Calls())-before, 1, "20 seconds, one try in five")
	})
}

func TestAbsenceIsRememberedShortlyAndFailureNever(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		requireValue(t, "(missing)", r, "acme", "a")
		fake.PutUnheard("acme", "a", redact.NewSecret("value"))
		time.Sleep(4 * time.Second)
		requireValue(t, "(missing)", r, "acme", "a")
		require.Len(t, fake.Calls(), 1)
		time.Sleep(1100 * time.Millisecond)
		requireValue(t, "value", r, "acme", "a")

		fake.Break(errors.New("down"))
		_, err := value(t.Context(), r, "acme", "b")
		require.Error(t, err)
		fake.Break(nil)
		requireValue(t, "(missing)", r, "acme", "b")
	})
}

func TestExistenceOpensNothing(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-of-a"))
		status := make([]macros.Status, 2)
		for range 2 {
			require.NoError(t, r.Scoped("acme").Resolve(t.Context(), []string{"a", "b"}, status, nil))
			require.Equal(t, []macros.Status{macros.Known, macros.Missing}, status)
		}
		require.Len(t, fake.Calls(), 1)
		require.Zero(t, fake.Opened())
		requireValue(t, "value-of-a", r, "acme", "a")
		fake.Archive("acme", "a")
		require.NoError(t, r.Scoped("acme").Resolve(t.Context(), []string{"a", "b"}, status, nil))
		require.Equal(t, macros.Archived, status[0])
	})
}

func TestTenantsKnowTheirOwnValuesOnly(t *testing.T) {
	process := redact.New()
	bubble(t, resolver.Options{Redactor: process}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-of-acme"))
		fake.Put("acme/shop", "b", redact.NewSecret("value-of-shop"))
		fake.Put("other", "c", redact.NewSecret("value-of-other"))
		for _, scope := range []resolver.Scope{"acme", "acme/shop", "other"} {
			require.NoError(t, r.LoadAll(t.Context(), scope))
		}
		text := "value-of-acme value-of-shop value-of-other"
		require.Equal(t, "[REDACTED] value-of-shop value-of-other", r.Redactor("acme").String(text))
		require.Equal(t, "[REDACTED] [REDACTED] value-of-other", r.Redactor("acme/shop").String(text))
		require.Equal(t, "value-of-acme value-of-shop [REDACTED]", r.Redactor("other").String(text))
		require.Equal(t, text, process.String(text), "nobody was given a value yet")
		for scope, alias := range map[resolver.Scope]string{"acme": "a", "acme/shop": "b", "other": "c"} {
			_, err := value(t.Context(), r, scope, alias)
			require.NoError(t, err)
		}
		require.Equal(t, "[REDACTED] [REDACTED] [REDACTED]", process.String(text))

		calls := len(fake.Calls())
		require.NoError(t, r.LoadAll(t.Context(), "acme/shop"))
		require.Len(t, fake.Calls(), calls)
		fake.Put("acme", "new", redact.NewSecret("value-brand-new"))
		require.NoError(t, r.LoadAll(t.Context(), "acme/shop"))
		require.Equal(t, redact.Mask, r.Redactor("acme/shop").String("value-brand-new"))
	})
}

func TestARotatedOutValueIsForgottenAfterItsGrace(t *testing.T) {
	process := redact.New()
	bubble(t, resolver.Options{Redactor: process}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("first-value"))
		fake.Put("acme", "twin", redact.NewSecret("shared-value"))
		fake.Put("acme", "b", redact.NewSecret("shared-value"))
		for _, alias := range []string{"a", "b", "twin"} {
			_, err := value(t.Context(), r, "acme", alias)
			require.NoError(t, err)
			_, err = value(t.Context(), r, "acme/shop", alias)
			require.NoError(t, err)
		}
		fake.Put("acme", "a", redact.NewSecret("second-value"))
		fake.Delete("acme", "b")
		for _, scope := range []resolver.Scope{"acme", "acme/shop"} {
			requireValue(t, "second-value", r, scope, "a")
			requireValue(t, "(missing)", r, scope, "b")
		}
		text := "first-value second-value shared-value"
		require.Equal(t, strings.TrimSpace(strings.Repeat(redact.Mask+" ", 3)), process.String(text), "grace time")
		time.Sleep(25 * time.Hour)
		for _, redactor := range []*redact.Redactor{process, r.Redactor("acme"), r.Redactor("acme/shop")} {
			require.Equal(t, "first-value [REDACTED] [REDACTED]", redactor.String(text), "twin still holds the shared value")
		}
	})
}

func TestARefreshThatFindsTheSameValueKeepsTheSecret(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		get := func() redact.Secret {
			values := make([]redact.Secret, 1)
			require.NoError(t, r.Scoped("acme").Resolve(t.Context(), []string{"a"}, make([]macros.Status, 1), values))
			return values[0]
		}
		fake.Put("acme", "a", redact.NewCredentials("user", "pass"))
		first := get()
		fake.Put("acme", "a", redact.NewCredentials("user", "pass"))
		require.True(t, first == get(), "so what was derived from it stays known")
		fake.Put("acme", "a", redact.NewCredentials("userp", "ass"))
		require.False(t, first == get())
	})
}

func TestCloseEndsWaiting(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		defer fake.Hold()()
		failed := make(chan error, 1)
		go func() {
			_, err := value(t.Context(), r, "acme", "a")
			failed <- err
		}()
		synctest.Wait()
		r.Close()
		require.ErrorIs(t, <-failed, resolver.ErrClosed)
		_, err := value(t.Context(), r, "acme", "b")
		require.ErrorIs(t, err, resolver.ErrClosed)
		r.Close()
	})
}

type panicking struct{ resolver.Provider }

func (panicking) Fetch(context.Context, resolver.Scope, []string, bool, []resolver.Entry) error {
	panic("canary-value")
}

func TestAPanicOfAProviderIsItsFailure(t *testing.T) {
	fake := resolvertest.NewFake("fake")
	bubble(t, resolver.Options{Providers: []resolver.Binding{{Provider: panicking{fake}}}},
		func(t *testing.T, r *resolver.Resolver, _ *resolvertest.Fake) {
			_, err := value(t.Context(), r, "acme", "a")
			require.ErrorContains(t, err, "fake")
			require.NotContains(t, err.Error(), "canary")
		})
}

func TestOptionsAreChecked(t *testing.T) {
	for name, options := range map[string]resolver.Options{
		"a negative time": {CacheTTL: -1}, "stale before it is fresh no more": {CacheTTL: time.Hour, StaleTTL: time.Minute},
		"no provider in a binding": {Providers: []resolver.Binding{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := resolver.New(options)
			require.Error(t, err)
		})
	}
}

func TestReadyNamesWhoIsDown(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		require.NoError(t, r.Ready(t.Context()))
		fake.Break(errors.New("no route"))
		require.EqualError(t, r.Ready(t.Context()), "provider fake: no route")
	})
}
