package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// logged returns what the access log says of a request with a caller's id and trace.
func (a *api) logged(id, trace string) string {
	a.t.Helper()
	a.log.take()
	r, err := http.NewRequest("GET", a.url+"/healthz", nil)
	require.NoError(a.t, err)
	r.Header.Set("X-Request-Id", id)
	if trace != "" {
		r.Header.Set("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
	}
	a.do(r)
	require.Eventually(a.t, func() bool { return a.log.String() != "" }, 5*time.Second, time.Millisecond)
	return a.log.take()
}

// A caller may send as the id of its request what was stored and never used.
func TestTheLogKnowsWhatNobodyUsed(t *testing.T) {
	const (
		first, second, third = "unused-4f9a8b2c7d", "unused-next-5e6f7a8b", "unused-deep-9c0d1e2f"
		trace                = "4bf92f3577b34da6a3ce929d0e0e4736"
	)
	l := &lifetimes{t: t, dir: t.TempDir(), grace: time.Hour}
	l.restart()
	l.secret("k", first)
	l.secret("hex", trace)
	got := l.call("POST", "/v1/secrets", map[string]any{"alias": "deep", "type": "json", "value": map[string]any{"a": third}, "scope": "acme/shop"})
	require.Equal(t, 201, got.status, got.text)
	check := func() {
		t.Helper()
		for _, value := range []string{first, third} {
			said := l.logged("id-"+value, trace)
			require.NotContains(t, said, value)
			require.NotContains(t, said, trace)
			require.Contains(t, said, "[REDACTED]")
		}
	}
	check()
	l.do200("PATCH", "/v1/secrets/k", `{"value":"`+second+`"}`)
	require.NotContains(t, l.logged(second, ""), second)
	check()
	l.restart() // what a start leaves to the first requests is loaded soon
	require.Eventually(t, func() bool { return !strings.Contains(l.logged(second, ""), second) }, 5*time.Second, time.Millisecond)
	check()
	l.do200("DELETE", "/v1/secrets/k?confirm=k", nil)
	require.NotContains(t, l.logged(second, ""), second)
	l.do200("DELETE", "/v1/secrets/k?confirm=k&purge=true", nil)
	require.Contains(t, l.logged(second, ""), second, "it is to be forgotten")
	require.Contains(t, l.logged(first, ""), first, "it is to be forgotten")
}
