package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/server"
)

// TestEach503SaysWhenToComeAgain goes each way to a 503 that there is.
func TestEach503SaysWhenToComeAgain(t *testing.T) {
	const uses, evaluates, lints = `{"template":"<<Secrets.x>>"}`, `{"expression":"secrets.x"}`, `{"template":"<<Secrets.x>>","mode":"preview"}`
	full := &resolver.Condition{Reason: "out_of_memory", Answers: true, Err: errors.New("no memory")}
	broken := func(cause error) func(*api) { return func(a *api) { a.fake.Break(cause) } }
	closed := func(a *api) { require.NoError(a.t, a.store.Close()) }
	for name, test := range map[string]struct {
		prepare            func(*api)
		method, path, body string
		code               string
	}{
		"a render without its provider":   {broken(errBroken), "POST", "/v1/render", uses, "resolver_unavailable"},
		"a preview without its provider":  {broken(errBroken), "POST", "/v1/render", lints, "resolver_unavailable"},
		"an evaluation without it":        {broken(errBroken), "POST", "/v1/evaluate", evaluates, "resolver_unavailable"},
		"a lost edit":                     {broken(fmt.Errorf("scope: %w", store.ErrLost)), "POST", "/v1/render", uses, "resolver_unavailable"},
		"not ready":                       {broken(errBroken), "GET", "/readyz", "", "resolver_unavailable"},
		"degraded and asked strictly":     {broken(full), "GET", "/readyz?strict=1", "", "resolver_unavailable"},
		"a list of a store that is gone":  {closed, "GET", "/v1/tokens", "", "resolver_unavailable"},
		"a write to a store that is gone": {closed, "POST", "/v1/tokens", `{"role":"render"}`, "resolver_unavailable"},
		"too much in flight":              {func(*api) {}, "POST", "/v1/render", `{"template":"` + strings.Repeat("x", 2<<20) + `"}`, "overloaded"},
	} {
		t.Run(name, func(t *testing.T) {
			a := startWithStore(t, limited(server.Limits{InFlightBytes: 1 << 20}))
			test.prepare(a)
			got := a.call(test.method, test.path, test.body)
			requireProblem(t, got, http.StatusServiceUnavailable, test.code)
		})
	}
}

// TestARequestThatWaitedTooLongSaysWhenToComeAgain has one token begin more than
// it may have half done.
func TestARequestThatWaitedTooLongSaysWhenToComeAgain(t *testing.T) {
	s := serve(t, server.Limits{Queue: time.Millisecond})
	s.fake.Put("default", "slow", redact.NewSecret(canary))
	defer s.fake.Hold()()
	for range 1000 {
		conn := s.send(request(adminToken, "<<Secrets.slow>>"))
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
		text, _ := io.ReadAll(conn)
		if len(text) == 0 {
			continue // it waits for the provider
		}
		require.Contains(t, string(text), "HTTP/1.1 503 ")
		require.Contains(t, string(text), `"overloaded"`)
		require.Contains(t, string(text), "Retry-After: 1\r\n")
		return
	}
	require.Fail(t, "nobody was refused")
}
