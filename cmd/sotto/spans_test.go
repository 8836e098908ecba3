package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSpansReachACollectorAndHoldNoValue runs a server beside a receiver of OTLP; the
// spans wait for more of them until the server is stopped.
func TestSpansReachACollectorAndHoldNoValue(t *testing.T) {
	t.Parallel()
	const secret, variable, key = "canary-secret-4f9a8b2c7d", "canary-variable-81c0", "canary-key-7be2f4"
	got := make(chan []byte, 100)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Api-Key") != key {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got <- body
	}))
	defer collector.Close()
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "log"))
	require.NoError(t, err)
	s, err := serve(dir, append(os.Environ(),
		"INTEGRATION_TOK="+secret, "SOTTO_ADMIN_TOKEN=an-admin-token-of-a-test", "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL,
		"OTEL_EXPORTER_OTLP_HEADERS=api-key="+key, "OTEL_RESOURCE_ATTRIBUTES=env="+key, "OTEL_TRACES_SAMPLER="+variable,
	), log)
	require.NoError(t, err)
	for path, body := range map[string]string{
		"/v1/render":   `{"template": "<<Secrets.tok>> {{ v }}", "vars": {"v": "` + variable + `"}}`,
		"/v1/evaluate": `{"expression": "secrets.tok + v", "vars": {"v": "` + variable + `"}}`,
	} {
		r, err := http.NewRequest("POST", "http://"+s.address+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer an-admin-token-of-a-test")
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Contains(t, string(text), secret)
	}
	require.NoError(t, s.stop())
	close(got)
	var spans strings.Builder
	for body := range got {
		spans.Write(body)
	}
	for _, name := range []string{"POST /v1/render", "POST /v1/evaluate", "resolve", "evaluate", "service.name"} {
		require.Contains(t, spans.String(), name)
	}
	text, err := os.ReadFile(log.Name())
	require.NoError(t, err)
	require.Contains(t, string(text), "OTEL_TRACES_SAMPLER names no sampler")
	for _, value := range []string{secret, variable, key} {
		require.NotContains(t, spans.String(), value)
		require.NotContains(t, string(text), value)
	}
}
