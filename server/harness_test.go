package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

const (
	adminToken = "admin-token-of-the-tests-0123456789"
	canary     = "tok-4f9a8b2c7d"
)

// api is a server under test.
type api struct {
	t      testing.TB
	url    string
	token  string
	fake   *resolvertest.Fake
	store  *store.Store
	client *http.Client
	server *server.Server
	log    *logBuffer
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// take returns what was written since it was last called.
func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.text.Reset()
	return b.text.String()
}

// start runs a server over a provider that the test fills; change may change
// its options.
func start(t testing.TB, change ...func(*server.Options)) *api {
	t.Helper()
	a := &api{t: t, token: adminToken, fake: resolvertest.NewFake("fake"), log: new(logBuffer)}
	redactor := redact.New()
	o := server.Options{
		Redactor:   redactor,
		Logger:     slog.New(slog.NewJSONHandler(a.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		AdminToken: redact.NewSecret(adminToken),
	}
	for _, f := range change {
		f(&o)
	}
	providers := []resolver.Binding{{Provider: a.fake}}
	if a.store = o.Store; o.Store != nil {
		providers = []resolver.Binding{{Provider: o.Store}, {Provider: a.fake}}
	}
	known, err := resolver.New(resolver.Options{Providers: providers, Redactor: redactor, KnowUnused: true})
	require.NoError(t, err)
	t.Cleanup(known.Close)
	within, stop := context.WithTimeout(t.Context(), 5*time.Second) // a test may hold the providers
	known.AwaitKnown(within)
	stop()
	o.Resolver = known
	s, err := server.New(o)
	require.NoError(t, err)
	listener := httptest.NewServer(s.Handler())
	t.Cleanup(listener.Close)
	a.url, a.client, a.server = listener.URL, listener.Client(), s
	return a
}

// startWithStore is [start] with an empty store in a directory of the test's.
func startWithStore(t testing.TB, change ...func(*server.Options)) *api {
	t.Helper()
	dir := t.TempDir()
	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	require.NoError(t, err)
	kept, err := store.Open(t.Context(), store.Options{
		Backend: backend, Key: store.KeyFile(filepath.Join(dir, "master.key")), FlushInterval: time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = kept.Close() })
	return start(t, append(change, func(o *server.Options) { o.Store = kept })...)
}

// as returns the same server for another caller.
func (a *api) as(token string) *api {
	other := *a
	other.token = token
	return &other
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// call sends body, which is JSON text, or any value to encode, or nil.
func (a *api) call(method, path string, body any) answer {
	a.t.Helper()
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		require.NoError(a.t, err)
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, a.url+path, sent)
	require.NoError(a.t, err)
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	return a.do(r)
}

func (a *api) do(r *http.Request) answer {
	a.t.Helper()
	response, err := a.client.Do(r)
	require.NoError(a.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(a.t, err)
	got := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	if kind := response.Header.Get("Content-Type"); strings.Contains(kind, "json") && kind != "application/x-ndjson" && r.Method != http.MethodHead {
		require.NoError(a.t, json.Unmarshal(text, &got.json), got.text)
	}
	if got.status == http.StatusServiceUnavailable {
		seconds, err := strconv.Atoi(got.header.Get("Retry-After"))
		require.NoError(a.t, err, "a 503 says when to come again")
		require.Positive(a.t, seconds)
	}
	requireContract(a.t, r, got)
	return got
}

// requireProblem checks that got is a whole problem of this kind.
func requireProblem(t testing.TB, got answer, status int, code string) {
	t.Helper()
	require.Equal(t, status, got.status, got.text)
	require.Equal(t, "application/problem+json", got.header.Get("Content-Type"))
	require.Equal(t, code, got.json["code"], got.text)
	require.EqualValues(t, status, got.json["status"])
	require.NotEmpty(t, got.json["title"])
	require.NotEmpty(t, got.json["detail"])
	require.Equal(t, got.header.Get("X-Request-Id"), got.json["request_id"])
	require.Contains(t, got.json["type"], code)
}
