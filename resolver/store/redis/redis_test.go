package redis_test

import (
	"fmt"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store/redis"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var places atomic.Int64

// place returns an empty place on the server at text: a prefix of its own.
func place(t testing.TB, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	require.NoError(t, err)
	q := u.Query()
	q.Set("prefix", fmt.Sprintf("sotto-%d", places.Add(1)))
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t testing.TB, url string) *redis.Backend {
	t.Helper()
	b, err := redis.Open(t.Context(), url)
	require.NoError(t, err)
	return b
}

// lookup returns a value as a send would see it, or "" where there is none.
func lookup(t testing.TB, r *resolver.Resolver, scope resolver.Scope, alias string) string {
	t.Helper()
	values := make([]redact.Secret, 1)
	require.NoError(t, r.Scoped(scope).Resolve(t.Context(), []string{alias}, make([]macros.Status, 1), values))
	return values[0].Reveal()
}
