package server_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRedactionsAreCountedBySurface(t *testing.T) {
	a := startWithStore(t)
	require.Equal(t, http.StatusCreated, a.call("POST", "/v1/secrets", map[string]any{"alias": "tok", "type": "token", "value": canary}).status)
	require.Equal(t, http.StatusOK, a.send("POST", "/v1/render", `{"template": "<<Secrets.tok>>"}`).status)
	for _, test := range []struct {
		surface string
		masks   string
		do      func()
	}{
		{"api", "2", func() { a.send("POST", "/v1/redact", `{"text": "`+canary+` and `+canary+`"}`) }},
		{"api", "4", func() { a.send("POST", "/v1/redact", canary+"\n"+canary, "Content-Type", "text/plain") }},
		{"trace", "2", func() {
			a.send("POST", "/v1/evaluate", `{"expression": "v + \"\"", "trace": true, "vars": {"v": "`+canary+`"}}`)
		}},
		{"id", "1", func() { a.send("GET", "/healthz", "", "X-Request-Id", "mine-"+canary) }},
		{"log", "1", func() {
			a.fake.Break(errors.New("down: " + canary))
			a.send("GET", "/readyz", "")
		}},
	} {
		t.Run(test.surface+" "+test.masks, func(t *testing.T) {
			test.do()
			page := a.send("GET", "/metrics", "").text
			line := `sotto_redactions_total{surface="` + test.surface + `"} `
			_, count, found := strings.Cut(page, line)
			require.True(t, found)
			count, _, _ = strings.Cut(count, "\n")
			require.Equal(t, test.masks, count)
			require.NotContains(t, page, canary)
		})
	}
}
