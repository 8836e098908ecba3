package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

func TestOneLoadHoweverManyWait(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value"))
		release := fake.Hold()
		leader, cancel := context.WithCancel(t.Context())
		results := make(chan string, 100)
		failed := make(chan error, 1)
		go func() {
			_, err := value(leader, r, "acme", "a")
			failed <- err
		}()
		synctest.Wait()
		for range 100 {
			go func() {
				got, err := value(t.Context(), r, "acme", "a")
				results <- fmt.Sprint(got, err)
			}()
		}
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-failed, context.Canceled)
		release()
		for range 100 {
			require.Equal(t, "value<nil>", <-results, "a cancelled leader harms no follower")
		}
		require.Len(t, fake.Calls(), 1)
	})
}

func TestAWaiterHasItsOwnDeadline(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value"))
		release := fake.Hold()
		go func() { _, _ = value(t.Context(), r, "acme", "a") }()
		synctest.Wait()
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := value(ctx, r, "acme", "a")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 300*time.Millisecond, time.Since(start))
		release()
		synctest.Wait()
	})
}

func TestALoadThatTakesTooLongIsTheProvidersFailure(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		defer fake.Hold()()
		_, err := value(t.Context(), r, "acme", "a")
		var failed *resolver.ProviderError
		require.ErrorAs(t, err, &failed)
		require.NotErrorIs(t, err, context.DeadlineExceeded, "nobody's own deadline has passed")
		require.Equal(t, uint64(1), r.Stats().Providers[0].Failures)
	})
}

func TestAnEditIsSeenAtOnceHereAndBelow(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		scopes := []resolver.Scope{"acme", "acme/shop", "acme/shop/prod"}
		fake.Put("acme", "a", redact.NewSecret("first"))
		for _, scope := range scopes {
			requireValue(t, "first", r, scope, "a")
		}
		fake.Put("acme", "a", redact.NewSecret("second"))
		for _, scope := range scopes {
			requireValue(t, "second", r, scope, "a")
		}
		fake.Put("acme/shop", "a", redact.NewSecret("nearer"))
		requireValue(t, "second", r, "acme", "a")
		requireValue(t, "nearer", r, "acme/shop", "a")
		requireValue(t, "nearer", r, "acme/shop/prod", "a")
		fake.Archive("acme/shop", "a")
		requireValue(t, "(archived)", r, "acme/shop/prod", "a")
		fake.Delete("acme/shop", "a")
		requireValue(t, "second", r, "acme/shop/prod", "a")
		fake.Delete("acme", "a")
		for _, scope := range scopes {
			requireValue(t, "(missing)", r, scope, "a")
		}
		fake.Put("acme", "a", redact.NewSecret("third"))
		for _, scope := range scopes {
			requireValue(t, "third", r, scope, "a")
		}
	})
}

func TestALoadInFlightDoesNotBringTheOldValueBack(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("first-value"))
		release := fake.Hold()
		early := make(chan string, 1)
		go func() {
			got, _ := value(t.Context(), r, "acme/shop", "a")
			early <- got
		}()
		synctest.Wait()
		fake.Put("acme", "a", redact.NewSecret("second-value"))
		release()
		requireValue(t, "second-value", r, "acme/shop", "a")
		require.Equal(t, "second-value", <-early, "it was still waiting when the edit was made")
		requireValue(t, "second-value", r, "acme/shop", "a")
		require.Equal(t, redact.Mask, r.Redactor("acme/shop").String("second-value"))
		time.Sleep(25 * time.Hour)
		require.Equal(t, redact.Mask, r.Redactor("acme/shop").String("second-value"), "only the old value was retired")
		require.Equal(t, "first-value", r.Redactor("acme/shop").String("first-value"))
	})
}

func TestARefreshInFlightDoesNotBringTheOldValueBack(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("first"))
		requireValue(t, "first", r, "acme", "a")
		time.Sleep(resolver.DefaultCacheTTL + time.Second)
		release := fake.Hold()
		requireValue(t, "first", r, "acme", "a")
		synctest.Wait()
		fake.Delete("acme", "a")
		release()
		synctest.Wait()
		requireValue(t, "(missing)", r, "acme", "a")
	})
}

func TestAfterInvalidationsWereMissedAllIsAskedAgain(t *testing.T) {
	bubble(t, resolver.Options{}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("first"))
		fake.Put("acme", "b", redact.NewSecret("same"))
		requireValue(t, "first", r, "acme", "a")
		requireValue(t, "same", r, "acme", "b")
		fake.PutUnheard("acme", "a", redact.NewSecret("second"))

		fake.Break(errors.New("down"))
		fake.Tell(resolver.Change{})
		requireValue(t, "first", r, "acme", "a")
		fake.Break(nil)
		fake.Tell(resolver.Change{})
		requireValue(t, "second", r, "acme", "a")
		requireValue(t, "same", r, "acme", "b")
		calls := len(fake.Calls())
		requireValue(t, "second", r, "acme", "a")
		requireValue(t, "same", r, "acme", "b")
		require.Len(t, fake.Calls(), calls)
	})
}
