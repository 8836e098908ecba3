package server_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

func limited(l server.Limits) func(*server.Options) {
	return func(o *server.Options) { o.Limits = l }
}

// large is a request whose answer has 9 MB, more
// than sockets take by themselves.
var large = request(adminToken, "{% for i in (1..90000) %}"+strings.Repeat("x", 100)+"{% endfor %}")

// TestAnswersThatNobodyReads has clients that ask and never read: the server
// holds what it may, refuses the rest, and is rid of them when they stay silent.
func TestAnswersThatNobodyReads(t *testing.T) {
	s := serve(t, server.Limits{InFlightBytes: 40 << 20, Silence: 3 * time.Second})
	ask := func() (net.Conn, *http.Response) {
		conn := s.send(large)
		response, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
		require.NoError(t, err)
		t.Cleanup(func() { _ = response.Body.Close() })
		return conn, response
	}
	refused := false
	for range 8 {
		_, response := ask()
		if response.StatusCode != http.StatusOK {
			require.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
			require.Equal(t, "1", response.Header.Get("Retry-After"))
			refused = true
			break
		}
	}
	require.True(t, refused, "72 MB of answers do not fit into 40 MiB")
	require.Eventually(t, func() bool {
		conn, response := ask()
		defer func() { _ = conn.Close() }()
		return response.StatusCode == http.StatusOK
	}, time.Minute, 20*time.Millisecond, "what silent clients held is free again")
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestLargeAnswersArriveWhole reads one that is sent in many pieces.
func TestLargeAnswersArriveWhole(t *testing.T) {
	s := serve(t, server.Limits{})
	status, body := s.answer(s.send(large))
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 9_000_000, strings.Count(body, "x"))
	s.stop()
	require.NoError(t, <-s.ended)
}

func TestLargeBodiesCountAsInFlight(t *testing.T) {
	a := start(t, limited(server.Limits{InFlightBytes: 1 << 20}))
	body := map[string]any{"template": strings.Repeat("x", 2<<20)}
	got := a.call("POST", "/v1/render", body)
	requireProblem(t, got, 503, "overloaded")
	require.Equal(t, "1", got.header.Get("Retry-After"))
	require.Equal(t, 200, a.call("POST", "/v1/render", map[string]any{"template": "small"}).status)
	require.Contains(t, a.as("").call("GET", "/metrics", nil).text, `sotto_http_rejections_total{reason="memory"} 1`)
	require.Contains(t, a.as("").call("GET", "/metrics", nil).text, `sotto_http_bytes_in_flight 0`)
}

func TestTheRateOfATokenIsLimited(t *testing.T) {
	a := startWithStore(t, limited(server.Limits{Token: server.TokenLimits{Rate: 3}}))
	made := a.call("POST", "/v1/tokens", map[string]any{"role": "preview", "scope": "acme"})
	b := a.as(made.json["token"].(string))
	refused := false
	for range 1000 { // a machine may be slow, but not that slow
		got := b.call("GET", "/v1/macros", nil)
		require.Equal(t, `"token";q=3;w=1`, got.header.Get("RateLimit-Policy"))
		require.Contains(t, got.header.Get("RateLimit"), `"token";r=`)
		if got.status != 200 {
			requireProblem(t, got, 429, "rate_limited")
			require.Equal(t, "1", got.header.Get("Retry-After"))
			refused = true
			break
		}
	}
	require.True(t, refused)
	require.Equal(t, 200, a.call("GET", "/v1/macros", nil).status, "another token has its own rate")
}

func TestTheConcurrencyOfATokenIsLimited(t *testing.T) {
	s := serve(t, server.Limits{Token: server.TokenLimits{Concurrency: 1}})
	s.fake.Put("default", "slow", redact.NewSecret(canary))
	release := s.fake.Hold()
	slow := s.send(request(adminToken, "<<Secrets.slow>>"))
	require.Eventually(t, func() bool { return len(s.fake.Calls()) == 1 }, time.Minute, time.Millisecond)
	status, body := s.answer(s.send(request(adminToken, "a")))
	require.Equal(t, http.StatusTooManyRequests, status, body)
	release()
	status, _ = s.answer(slow)
	require.Equal(t, http.StatusOK, status)
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestFailedSignInsAreSlowed tries tokens until the server has enough of it; a
// valid one from the same address works all the time.
func TestFailedSignInsAreSlowed(t *testing.T) {
	a := start(t, limited(server.Limits{SignIns: 2}))
	guess := a.as("a-guess-at-a-token")
	requireProblem(t, guess.call("GET", "/v1/macros", nil), 401, "unauthorized")
	requireProblem(t, guess.call("GET", "/v1/macros", nil), 401, "unauthorized")
	got := guess.call("GET", "/v1/macros", nil)
	requireProblem(t, got, 429, "rate_limited")
	require.NotEmpty(t, got.header.Get("Retry-After"))
	require.Equal(t, 200, a.call("GET", "/v1/macros", nil).status)
	require.Contains(t, a.as("").call("GET", "/metrics", nil).text, `sotto_http_rejections_total{reason="sign_in"} 1`)
}

// What was done is answered, however little the token may hold: a refusal would
// say that it was not, and a client that tries again would do it twice.
func TestNoChangeIsRefusedForItsAnswer(t *testing.T) {
	a := startWithStore(t)
	made := a.call("POST", "/v1/tokens", `{"role":"admin","scope":"acme","limits":{"bytes":30000}}`)
	small := a.as(made.json["token"].(string))
	for _, id := range []string{"one", "two", "three"} {
		got := small.call("PUT", "/v1/templates/"+id, `{"template":"`+strings.Repeat("x", 20_000)+`"}`)
		require.Less(t, got.status, 300, got.text)
	}
	requireProblem(t, small.call("POST", "/v1/render", `{"template":"`+strings.Repeat("x", 20_000)+`","mode":"preview"}`), 429, "rate_limited")
}
