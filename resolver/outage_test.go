package resolver_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

// An outage has a line a minute for each thing that is wrong, with the number of
// times, and not one for each lookup.
func TestAnOutageHasALineAMinute(t *testing.T) {
	var log bytes.Buffer
	bubble(t, resolver.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Put("acme", "a", redact.NewSecret("value-a"))
		fake.Put("acme/shop/prod", "b", redact.NewSecret("value-b"))
		requireValue(t, "value-a", r, "acme", "a")
		requireValue(t, "value-a", r, "acme/shop", "a")
		time.Sleep(resolver.DefaultCacheTTL + time.Second)
		requireValue(t, "value-a", r, "acme", "a") // given while it is renewed
		synctest.Wait()
		require.Empty(t, log.String(), "a value that is renewed is no outage")

		fake.Break(errors.New("broken"))
		time.Sleep(resolver.DefaultCacheTTL + time.Second)
		for range 10 * 60 {
			requireValue(t, "value-a", r, "acme", "a")
			requireValue(t, "value-a", r, "acme/shop", "a")
			_, err := value(t.Context(), r, "acme", "unknown")
			require.Error(t, err)
			synctest.Wait()
			time.Sleep(time.Second)
		}
		lines := strings.Split(log.String(), "\n")
		count := func(text string) (n int) {
			for _, line := range lines {
				if strings.Contains(line, text) {
					n++
				}
			}
			return n
		}
		require.InDelta(t, 10, count("secrets were given as they were last seen"), 1)
		require.InDelta(t, 10, count("secrets cannot be looked up"), 1)
		require.Positive(t, count("uses=1"), "the first use is told at once")
		require.NotContains(t, log.String(), "value-")
	})
}

// A secret that is called like our own words blanks none of them, and what a provider says
// is redacted.
func TestAnOutageNamesItsProvider(t *testing.T) {
	var log bytes.Buffer
	known := redact.New(redact.NewSecret("provider"), redact.NewSecret("fake"), redact.NewSecret("value-a"))
	logger := slog.New(known.Handler(slog.NewTextHandler(&log, nil)))
	bubble(t, resolver.Options{Logger: logger, Redactor: known}, func(t *testing.T, r *resolver.Resolver, fake *resolvertest.Fake) {
		fake.Break(errors.New("broken by value-a"))
		_, err := value(t.Context(), r, "", "a")
		require.Error(t, err)
		require.Contains(t, log.String(), `secrets=1 times=1 scope=/ provider=fake error="broken by [REDACTED]"`)
	})
}
