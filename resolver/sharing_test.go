package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

// shared is a resolver over a fake.
func shared(t testing.TB) (*resolver.Resolver, *resolvertest.Fake) {
	fake := resolvertest.NewFake("fake")
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}})
	require.NoError(t, err)
	t.Cleanup(r.Close)
	return r, fake
}

// ask returns what alias is from scope.
func ask(t testing.TB, r *resolver.Resolver, scope resolver.Scope, alias string) redact.Secret {
	t.Helper()
	status, values := make([]macros.Status, 1), make([]redact.Secret, 1)
	require.NoError(t, r.Scoped(scope).Resolve(t.Context(), []string{alias}, status, values))
	require.Equal(t, macros.Known, status[0])
	return values[0]
}

func TestScopesWithoutRecordsCostNothingThatLasts(t *testing.T) {
	r, fake := shared(t)
	for i := range 300 {
		fake.PutUnheard("acme", fmt.Sprintf("s%d", i), redact.NewSecret(fmt.Sprintf("value-%d-0123456789abcdef0123", i)))
	}
	use := func(scope resolver.Scope) {
		require.NoError(t, r.LoadAll(t.Context(), scope))
		require.Equal(t, redact.Mask, r.Redactor(scope).String("value-7-0123456789abcdef0123"))
		ask(t, r, scope, "s1")
	}
	use("acme/first")
	before := inUse()
	for i := range 10_000 {
		use(resolver.Scope(fmt.Sprintf("acme/x%d", i)))
	}
	require.Less(t, inUse()-before, int64(10<<20))
	runtime.KeepAlive(r)
}

func inUse() int64 {
	runtime.GC()
	runtime.GC() // what the first one only freed of pools and weak pointers
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestSharingLetsNothingIn(t *testing.T) {
	r, fake := shared(t)
	fake.Put("acme", "key", redact.NewSecret("key-of-the-parent"))
	one, other := resolver.Scope("acme/one"), resolver.Scope("acme/other")
	_ = ask(t, r, other, "key")
	ask(t, r, one, "key").Derive("made-by-one")
	ask(t, r, "acme", "key").Derive("made-by-the-parent")
	fake.Put(other, "own", redact.NewSecret("own-of-the-other"))
	ask(t, r, other, "own")
	all := "key-of-the-parent, made-by-one, made-by-the-parent, own-of-the-other"
	for scope, want := range map[resolver.Scope]string{
		one:          "[REDACTED], [REDACTED], made-by-the-parent, own-of-the-other",
		other:        "[REDACTED], made-by-one, made-by-the-parent, [REDACTED]",
		"acme":       "[REDACTED], made-by-one, [REDACTED], own-of-the-other",
		"acme/third": "[REDACTED], made-by-one, made-by-the-parent, own-of-the-other",
		"bank":       all,
	} {
		t.Run(string(scope), func(t *testing.T) {
			require.NoError(t, r.LoadAll(t.Context(), scope))
			require.Equal(t, want, r.Redactor(scope).String(all))
		})
	}
}

func TestFirstRecordOfASharingScope(t *testing.T) {
	r, fake := shared(t)
	fake.Put("acme", "key", redact.NewSecret("key-of-the-parent"))
	const scope = "acme/shop"
	held := r.Scoped(scope)
	require.Equal(t, "key-of-the-parent", ask(t, r, scope, "key").Reveal())
	t.Run("is seen at once, also below", func(t *testing.T) {
		require.Equal(t, "key-of-the-parent", ask(t, r, "acme/shop/prod", "key").Reveal())
		fake.Put(scope, "key", redact.NewSecret("key-of-the-shop"))
		require.Equal(t, "key-of-the-shop", ask(t, r, scope, "key").Reveal())
		require.Equal(t, "key-of-the-shop", ask(t, r, "acme/shop/prod", "key").Reveal())
		values := make([]redact.Secret, 1)
		require.NoError(t, held.Resolve(t.Context(), []string{"key"}, make([]macros.Status, 1), values))
		require.Equal(t, "key-of-the-shop", values[0].Reveal())
	})
	t.Run("what was had of the parent stays known, what it gets is not", func(t *testing.T) {
		fake.Put("acme", "key", redact.NewSecret("later-of-the-parent"))
		ask(t, r, "acme", "key")
		require.Equal(t, "[REDACTED] [REDACTED] later-of-the-parent",
			r.Redactor(scope).String("key-of-the-parent key-of-the-shop later-of-the-parent"))
	})
	t.Run("after an outage too", func(t *testing.T) {
		require.Equal(t, "key-of-the-shop", ask(t, r, scope, "key").Reveal())
		fake.Break(errors.New("down"))
		fake.Tell(resolver.Change{})
		require.Equal(t, "key-of-the-shop", ask(t, r, scope, "key").Reveal())
		fake.Break(nil)
		require.Equal(t, "key-of-the-shop", ask(t, r, scope, "key").Reveal())
	})
}

func TestFirstRecordWhileOthersLookUp(t *testing.T) {
	r, fake := shared(t)
	fake.Put("acme", "key", redact.NewSecret("key-of-the-parent"))
	for i := range 200 {
		scope := resolver.Scope(fmt.Sprintf("acme/x%d", i))
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for range 5 {
					ask(t, r, scope, "key")
				}
			})
		}
		fake.Put(scope, "key", redact.NewSecret("key-of-its-own"))
		require.Equal(t, "key-of-its-own", ask(t, r, scope, "key").Reveal())
		readers.Wait()
		require.Equal(t, "key-of-its-own", ask(t, r, scope, "key").Reveal())
		require.Equal(t, redact.Mask, r.Redactor(scope).String("key-of-its-own"))
	}
}

func TestAProviderThatCannotTellIsAskedForEachScope(t *testing.T) {
	fake := resolvertest.NewFake("fake")
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: struct{ resolver.Provider }{fake}}}})
	require.NoError(t, err)
	t.Cleanup(r.Close)
	fake.Put("acme", "key", redact.NewSecret("key-of-the-parent"))
	ask(t, r, "acme", "key")
	ask(t, r, "acme/shop", "key")
	require.Len(t, fake.Calls(), 2)
}

// A value that the parent rotated out before a scope has a record of its own is
// known there for its grace time, as it would be without that record.
func TestFirstRecordForgetsNoValueThatWasRotatedOut(t *testing.T) {
	r, fake := shared(t)
	const scope = resolver.Scope("acme/shop")
	fake.Put("acme", "key", redact.NewSecret("first-of-the-parent"))
	ask(t, r, scope, "key")
	fake.Put("acme", "key", redact.NewSecret("second-of-the-parent"))
	ask(t, r, scope, "key")
	fake.Put(scope, "own", redact.NewSecret("own-of-the-shop"))
	ask(t, r, scope, "own")
	require.Equal(t, "[REDACTED], [REDACTED], [REDACTED]",
		r.Redactor(scope).String("first-of-the-parent, second-of-the-parent, own-of-the-shop"))
}

// storeLike has nothing above the scopes and is not asked for that, as the store.
type storeLike struct{ *resolvertest.Fake }

func (p storeLike) Fetch(ctx context.Context, scope resolver.Scope, aliases []string, values bool, entries []resolver.Entry) error {
	if scope == "" {
		return nil
	}
	return p.Fake.Fetch(ctx, scope, aliases, values, entries)
}

// What a scope without records was last seen to share is true for the time of a stale
// value, and then no answer any more: nobody knows whether it lacks a secret.
func TestAScopeWithoutRecordsIsNotMissingForEver(t *testing.T) {
	for _, scope := range []resolver.Scope{"acme", "acme/shop"} {
		t.Run(string(scope), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fake := storeLike{resolvertest.NewFake("fake")}
				r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}})
				require.NoError(t, err)
				defer r.Close()
				requireValue(t, "(missing)", r, scope, "a")
				fake.Break(errors.New("down"))
				for passed := time.Duration(0); passed < resolver.DefaultStaleTTL-2*time.Minute; passed += time.Minute {
					requireValue(t, "(missing)", r, scope, "a")
					time.Sleep(time.Minute)
					synctest.Wait()
				}
				time.Sleep(3 * time.Minute)
				for range 3 {
					_, err = value(t.Context(), r, scope, "a")
					var failed *resolver.ProviderError
					require.ErrorAs(t, err, &failed)
					time.Sleep(time.Minute)
				}
				fake.Break(nil)
				requireValue(t, "(missing)", r, scope, "a")
				fake.Put(scope, "a", redact.NewSecret("first"))
				requireValue(t, "first", r, scope, "a")
			})
		})
	}
}
