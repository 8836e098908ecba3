package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestClientRefusesAnAnswerWithoutContent has something that answers 200 to
// everything, as a misrouted proxy may.
func TestClientRefusesAnAnswerWithoutContent(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(proxy.Close)
	t.Setenv("SOTTO_TOKEN", "a-token-for-the-proxy")
	file := filepath.Join(t.TempDir(), "out")
	value := filepath.Join(t.TempDir(), "value")
	require.NoError(t, os.WriteFile(value, []byte("a value of a secret"), 0o600))
	for _, args := range [][]string{
		{"render", "-o", file, "Dear Ada"}, {"redact"}, {"eval", "null"}, {"lint", value}, {"secrets", "list"},
		{"secrets", "create", "x", "--value-file", value}, {"secrets", "update", "x", "--value-file", value}, {"secrets", "archive", "x"},
		{"secrets", "restore", "x"}, {"secrets", "delete", "x", "--confirm", "x"}, {"secrets", "usage", "x"},
		{"tokens", "list"}, {"tokens", "create", "-o", file}, {"tokens", "revoke", "x"}, {"audit"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			a, stdout, stderr := testApp()
			a.stdin = strings.NewReader("a log line")
			require.Equal(t, 1, a.run(t.Context(), append([]string{"sotto"}, append(args, "--server", proxy.URL)...)), args)
			require.Empty(t, stdout)
			require.Contains(t, stderr.String(), "is it a sotto server?")
			require.NoFileExists(t, file)
		})
	}
}
