package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/server"
)

// TestVariablesAreReadAsByTheAPI gives the same variables to the command and to
// the API: what one refuses, the other refuses.
func TestVariablesAreReadAsByTheAPI(t *testing.T) {
	found, err := resolver.New(resolver.Options{})
	require.NoError(t, err)
	t.Cleanup(found.Close)
	const token = "a-token-of-the-test"
	api, err := server.New(server.Options{Resolver: found, AdminToken: redact.NewSecret(token)})
	require.NoError(t, err)
	accepts := func(vars string) bool {
		request := httptest.NewRequest("POST", "/v1/render", strings.NewReader(`{"template": "x", "vars": `+vars+`}`))
		request.Header.Set("Authorization", "Bearer "+token)
		answer := httptest.NewRecorder()
		api.Handler().ServeHTTP(answer, request)
		return answer.Code == http.StatusOK
	}
	file := filepath.Join(t.TempDir(), "vars.json")
	for _, test := range []struct {
		name, vars string
		want       bool
	}{
		{"empty", `{}`, true},
		{"nested", `{"a": [1, 2.5e3, null, {}]}`, true},
		{"a pair of surrogates", `{"a": "\ud83d\ude00"}`, true},
		{"names that differ in case", `{"a": 1, "A": 2}`, true},
		{"a name twice", `{"a": 1, "a": 1}`, false},
		{"a name twice, once by an escape", `{"a": {"b": 1, "\u0062": 2}}`, false},
		{"half of a pair", `{"a": "\ud83d"}`, false},
		{"two first halves", `{"a": "\ud83d\ud83d"}`, false},
		{"half of a pair in a name", `{"\udc00": 1}`, false},
		{"not UTF-8", "{\"a\": \"\xff\"}", false},
		{"a control character", "{\"a\": \"\x01\"}", false},
		{"a leading zero", `{"a": 01}`, false},
		{"not a number", `{"a": NaN}`, false},
		{"a comma at the end", `{"a": 1,}`, false},
		{"a list", `[]`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(test.vars), 0o600))
			a, _, stderr := testApp()
			code := a.run(t.Context(), []string{"sotto", "render", "--vars", file, "x"})
			require.Equal(t, test.want, code == exitDone, stderr)
			require.Equal(t, test.want, accepts(test.vars))
		})
	}
}

// TestStdinIsReadOnce names stdin in two places at a time.
func TestStdinIsReadOnce(t *testing.T) {
	for _, args := range [][]string{
		{"render", "-f", "-", "--vars", "-"},
		{"eval", "-f", "-", "--vars", "-"},
		{"lint", "-", "-"},
		{"lint", "--canary", "--vars", "-", "-"},
		{"redact", "--server", "http://127.0.0.1:1", "--token-file", "-"},
		{"render", "-f", "-", "--server", "http://127.0.0.1:1", "--token-file", "-"},
		{"secrets", "create", "x", "--token-file", "-", "--value-file", "-"},
		{"secrets", "create", "x", "--token-file", "-"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			a, stdout, stderr := testApp()
			a.stdin = strings.NewReader(`{"x": 1}`)
			require.Equal(t, exitUsage, a.run(t.Context(), append([]string{"sotto"}, args...)), "%v: %s", args, stderr)
			require.Contains(t, stderr.String(), "stdin can be read once", args)
			require.Contains(t, stderr.String(), "Run `sotto "+args[0], args)
			require.Empty(t, stdout.String())
		})
	}
}
