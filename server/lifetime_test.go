package server_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

// lifetimes is a server that can be started again on its store.
type lifetimes struct {
	t     *testing.T
	dir   string
	grace time.Duration
	kept  *store.Store
	*api
}

func (l *lifetimes) restart() {
	if l.kept != nil {
		require.NoError(l.t, l.kept.Close())
	}
	backend, err := sqlite.Open(filepath.Join(l.dir, "sotto.db"))
	require.NoError(l.t, err)
	l.kept, err = store.Open(l.t.Context(), store.Options{
		Backend: backend, Key: store.KeyFile(filepath.Join(l.dir, "master.key")), Grace: l.grace, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(l.t, err)
	kept := l.kept
	l.t.Cleanup(func() { _ = kept.Close() })
	l.api = start(l.t, func(o *server.Options) { o.Store = kept })
}

func (l *lifetimes) secret(alias, value string) {
	l.t.Helper()
	got := l.call("POST", "/v1/secrets", map[string]any{"alias": alias, "type": "token", "value": value})
	require.Equal(l.t, 201, got.status, got.text)
}

func (l *lifetimes) do200(method, path string, body any) {
	l.t.Helper()
	got := l.call(method, path, body)
	require.Contains(l.t, []int{200, 204}, got.status, got.text)
}

func (l *lifetimes) redacted(text string) string {
	l.t.Helper()
	got := l.call("POST", "/v1/redact", map[string]any{"text": text})
	require.Equal(l.t, 200, got.status, got.text)
	return got.json["text"].(string)
}

func TestWhatWasReplacedStaysMasked(t *testing.T) {
	l := &lifetimes{t: t, dir: t.TempDir(), grace: time.Hour}
	l.restart()
	// No value is ever used.
	l.secret("edited", "edited-value-one")
	l.do200("PATCH", "/v1/secrets/edited", `{"value":"edited-value-two"}`)
	l.do200("PATCH", "/v1/secrets/edited", `{"value":"edited-value-three"}`)
	l.secret("archived", "archived-value")
	l.do200("POST", "/v1/secrets/archived/archive", nil)
	l.secret("deleted", "deleted-value")
	l.do200("DELETE", "/v1/secrets/deleted?confirm=deleted", nil)
	l.secret("purged", "purged-value-one")
	require.Equal(t, "[REDACTED]", l.redacted("purged-value-one"))
	l.do200("PATCH", "/v1/secrets/purged", `{"value":"purged-value-two"}`)
	l.do200("POST", "/v1/render", `{"template":"{{ secrets.purged }}"}`)
	l.do200("DELETE", "/v1/secrets/purged?confirm=purged&purge=true", nil)

	const text = "edited-value-one edited-value-two edited-value-three archived-value deleted-value purged-value-one purged-value-two"
	const masked = "[REDACTED] [REDACTED] [REDACTED] [REDACTED] [REDACTED] purged-value-one purged-value-two"
	require.Eventually(t, func() bool { return l.redacted(text) == masked }, 5*time.Second, 10*time.Millisecond, l.redacted(text))
	l.restart()
	require.Equal(t, masked, l.redacted(text))

	requireProblem(t, l.call("POST", "/v1/secrets/deleted/restore", nil), 404, "not_found")
	requireProblem(t, l.call("POST", "/v1/render", `{"template":"{{ secrets.deleted }}"}`), 422, "secret_missing")
	renderer := l.as(l.tokenFor("render", "default"))
	requireProblem(t, renderer.call("DELETE", "/v1/secrets/edited?confirm=edited&purge=true", nil), 403, "forbidden")
	l.do200("DELETE", "/v1/secrets/deleted?confirm=deleted&purge=true", nil)
	require.Equal(t, "deleted-value", l.redacted("deleted-value"))
}

func TestWhatWasReplacedIsForgottenAfterItsGrace(t *testing.T) {
	l := &lifetimes{t: t, dir: t.TempDir(), grace: time.Second}
	l.restart()
	l.secret("k", "value-of-before")
	l.do200("PATCH", "/v1/secrets/k", `{"value":"value-of-now"}`)
	l.restart()
	require.Equal(t, "[REDACTED] [REDACTED]", l.redacted("value-of-before value-of-now"))
	require.Eventually(t, func() bool { return l.redacted("value-of-before value-of-now") == "value-of-before [REDACTED]" },
		10*time.Second, 50*time.Millisecond)
	rows, err := l.kept.Secrets(t.Context(), "default", store.Paging{})
	require.NoError(t, err)
	require.Len(t, rows.Items, 1)
}
