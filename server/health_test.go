package server_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/server"
)

func TestProbesThatFailAreALineAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake, log := resolvertest.NewFake("fake"), new(logBuffer)
		known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}})
		require.NoError(t, err)
		defer known.Close()
		s, err := server.New(server.Options{Resolver: known, Logger: slog.New(slog.NewTextHandler(log, nil))})
		require.NoError(t, err)
		// lines probes every second for a time, and returns how many lines tell why.
		lines := func(times int) int {
			log.take()
			for range times {
				answer := httptest.NewRecorder()
				s.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/readyz", nil))
				require.Equal(t, http.StatusServiceUnavailable, answer.Code)
				time.Sleep(time.Second)
			}
			return strings.Count(log.take(), `"not ready"`)
		}
		fake.Break(errors.New("down"))
		require.Equal(t, 3, lines(150))
		require.Equal(t, 0, lines(20))
		fake.Break(&resolver.Condition{Reason: "store_lost", Err: errors.New("another store")})
		require.Equal(t, 1, lines(20), "another reason is news")
	})
}
