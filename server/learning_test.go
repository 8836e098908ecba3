package server_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

// slowStore is a store whose values take long to learn: as long as its gate is held.
type slowStore struct {
	*store.Store
	gate sync.Mutex
}

func (s *slowStore) DiscloseOwn(ctx context.Context, scope resolver.Scope, aliases []string, tell func(resolver.Disclosure)) error {
	s.gate.Lock()
	defer s.gate.Unlock()
	return s.Store.DiscloseOwn(ctx, scope, aliases, tell)
}

// As long as the log does not know all values, it shows nothing of what callers send.
func TestTheLogShowsNothingOfCallersWhileItLearns(t *testing.T) {
	const (
		stored, created, innocent = "stored-4f9a8b2c7d", "created-5e6f7a8b9c", "checkout-1234"
		trace                     = "4bf92f3577b34da6a3ce929d0e0e4736"
		masked                    = `"request_id":"[REDACTED]"`
	)
	dir := t.TempDir()
	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	require.NoError(t, err)
	kept, err := store.Open(t.Context(), store.Options{Backend: backend, Key: store.KeyFile(filepath.Join(dir, "master.key"))})
	require.NoError(t, err)
	defer func() { require.NoError(t, kept.Close()) }()
	create := func(alias, value string) {
		t.Helper()
		_, err := kept.Create(t.Context(), store.Actor{Who: "test"}, resolver.DefaultScope, store.Draft{
			Alias: alias, Type: store.Token, Value: store.Raw([]byte(`"` + value + `"`)),
		})
		require.NoError(t, err)
	}
	create("stored", stored)

	slow, redactor := &slowStore{Store: kept}, redact.New()
	slow.gate.Lock()
	known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: slow}}, Redactor: redactor, KnowUnused: true})
	require.NoError(t, err)
	defer known.Close()
	a := &api{t: t, token: adminToken, log: new(logBuffer)}
	a.server, err = server.New(server.Options{
		Resolver: known, Store: kept, Redactor: redactor, Logger: slog.New(slog.NewJSONHandler(a.log, nil)), AdminToken: redact.NewSecret(adminToken),
	})
	require.NoError(t, err)
	listener := httptest.NewServer(a.server.Handler())
	defer listener.Close()
	a.url, a.client = listener.URL, listener.Client()

	learning := func() {
		t.Helper()
		for _, id := range []string{stored, created, innocent} {
			said := a.logged(id, trace)
			require.Contains(t, said, masked)
			require.Contains(t, said, `"trace_id":"[REDACTED]"`)
			require.Contains(t, said, `"route":"/healthz"`, "what is the server's own stays")
			require.NotContains(t, said, id)
			require.NotContains(t, said, trace)
		}
		a.log.take()
		require.Equal(t, 200, a.call("GET", "/healthz", nil).status)
		require.Eventually(t, func() bool { return strings.Contains(a.log.String(), `"request_id"`) }, 5*time.Second, time.Millisecond)
		require.NotContains(t, a.log.take(), masked, "an id of the server's own stays")
	}
	learnt := func(values ...string) {
		t.Helper()
		slow.gate.Unlock()
		known.AwaitKnown(t.Context())
		require.Contains(t, a.logged(innocent, trace), innocent)
		require.Contains(t, a.logged(innocent, trace), trace)
		for _, value := range values {
			require.Contains(t, a.logged("id-"+value, ""), `"request_id":"id-[REDACTED]"`)
		}
	}
	learning()
	learnt(stored)
	slow.gate.Lock()
	create("created", created)
	learning()
	learnt(stored, created)
}

// Aliases and scopes are folded to lower case: a value that somebody pasted in their place is
// to be known all the same.
func TestTheLogShowsNoValueInAnotherCase(t *testing.T) {
	const value = "SkLive-AbCd1234EfGhIj"
	a := startWithStore(t)
	got := a.call("POST", "/v1/secrets", map[string]any{"alias": "k", "type": "token", "value": value})
	require.Equal(t, 201, got.status, got.text)
	a.log.take()
	for _, body := range []map[string]any{
		{"template": "x", "required_secrets": []string{value}},
		{"template": "x", "required_secrets": []string{strings.ToLower(value), value}},
		{"template": "x", "scope": "shop/" + value, "required_secrets": []string{"Nope"}},
		{"template": "x", "scope": "shop", "required_secrets": []string{"Nope"}},
	} {
		require.Equal(t, 422, a.call("POST", "/v1/render", body).status)
	}
	said := a.log.take()
	require.NotContains(t, strings.ToLower(said), strings.ToLower(value))
	require.Equal(t, 4, strings.Count(said, "a required secret cannot be used"), said)
	require.Contains(t, said, `"alias":"nope","scope":"[REDACTED]"`)
	require.Contains(t, said, `"alias":"nope","scope":"shop"`)
}
