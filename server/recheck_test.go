package server_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestARevokedTokenEndsItsBatch: what is open gets nothing more for a token that was
// revoked, and the answer does not look whole.
func TestARevokedTokenEndsItsBatch(t *testing.T) {
	a := startWithStore(t)
	var made struct{ ID, Token string }
	require.NoError(t, json.Unmarshal([]byte(a.call("POST", "/v1/tokens", `{"role":"render","scope":"default"}`).text), &made))
	body, lines := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, a.url+"/v1/render/batch", body)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+made.Token)
	request.Header.Set("Content-Type", "application/x-ndjson")
	go func() { _, _ = io.WriteString(lines, "{\"template\":\"hi {{ n }}\"}\n{\"id\":1,\"vars\":{\"n\":1}}\n") }()
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	answers := bufio.NewScanner(response.Body)
	require.True(t, answers.Scan())
	require.Contains(t, answers.Text(), `"output":"hi 1"`)
	a.call("DELETE", "/v1/tokens/"+made.ID, nil)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		_, err := io.WriteString(lines, "{\"id\":2,\"vars\":{\"n\":2}}\n")
		require.NoError(t, err)
		if !answers.Scan() || strings.Contains(answers.Text(), `"error"`) {
			break
		}
	}
	require.Contains(t, answers.Text(), `"unauthorized"`)
	_ = lines.Close()
}

// TestScopeOfTheQuery: a scope behind the path counts in each call that has one in its
// body, and nothing else may stand there.
func TestScopeOfTheQuery(t *testing.T) {
	a := startWithStore(t)
	a.call("POST", "/v1/secrets", `{"alias":"k","value":"value-of-acme-1","scope":"acme"}`)
	a.call("POST", "/v1/secrets", `{"alias":"k","value":"value-of-shop-1","scope":"acme/shop"}`)
	require.Contains(t, a.call("POST", "/v1/render?scope=acme/shop", `{"template":"<<secrets.k>>"}`).text, "value-of-shop-1")
	require.Contains(t, a.call("POST", "/v1/evaluate?scope=acme", `{"expression":"secrets.k"}`).text, "value-of-acme-1")
	for _, path := range []string{"/v1/render", "/v1/evaluate", "/v1/lint", "/v1/render/batch", "/v1/evaluate/batch", "/v1/tokens"} {
		t.Run(path, func(t *testing.T) {
			body := map[string]string{
				"/v1/render": `{"template":"x","scope":"acme"}`, "/v1/evaluate": `{"expression":"1","scope":"acme"}`, "/v1/lint": `{"template":"x","scope":"acme"}`,
				"/v1/render/batch": `{"template":"x","scope":"acme","recipients":[{"id":1}]}`, "/v1/evaluate/batch": `{"expression":"1","scope":"acme","recipients":[{"id":1}]}`, "/v1/tokens": `{"role":"preview","scope":"acme"}`,
			}[path]
			require.Equal(t, 400, a.call("POST", path+"?scope=other", body).status, "two scopes")
			require.Equal(t, 400, a.call("POST", path+"?foo=1", body).status, "an unknown parameter")
			require.Less(t, a.call("POST", path+"?scope=acme", body).status, 300)
		})
	}
}
