package server_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/server"
)

// serving is a server that runs behind Serve.
type serving struct {
	t       *testing.T
	fake    *resolvertest.Fake
	address string
	// stop ends the server's context; ended is what Serve returned.
	stop  context.CancelFunc
	ended chan error
}

func serve(t *testing.T, limits server.Limits) *serving {
	s := &serving{t: t, fake: resolvertest.NewFake("fake"), ended: make(chan error, 1)}
	known, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: s.fake}}})
	require.NoError(t, err)
	t.Cleanup(known.Close)
	api, err := server.New(server.Options{Resolver: known, AdminToken: redact.NewSecret(adminToken), Limits: limits})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.address = l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	go func() { s.ended <- api.Serve(ctx, l) }()
	return s
}

// send opens a connection of its own and sends text.
func (s *serving) send(text string) net.Conn {
	conn, err := net.Dial("tcp", s.address)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, text)
	require.NoError(s.t, err)
	return conn
}

// request is a render of template as it goes over the wire.
func request(token, template string) string {
	body := `{"template":"` + template + `"}`
	return "POST /v1/render HTTP/1.1\r\nHost: sotto\r\nAuthorization: Bearer " + token + "\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// awaitRequests waits until n requests are with their endpoints. A server that
// ends drops a connection of which it has read no request yet.
func (s *serving) awaitRequests(n int) {
	want := "sotto_http_requests_in_flight " + strconv.Itoa(n+1) + "\n" // and the one that asks
	require.Eventually(s.t, func() bool {
		response, err := http.Get("http://" + s.address + "/metrics")
		if err != nil {
			return false
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(text), want)
	}, time.Minute, time.Millisecond)
}

// answer reads an answer.
func (s *serving) answer(conn net.Conn) (status int, body string) {
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return response.StatusCode, string(text)
}

// awaitEnd waits until the server has begun to end.
func (s *serving) awaitEnd() {
	require.Eventually(s.t, func() bool {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, time.Minute, time.Millisecond)
}

// TestServeFinishesWhatIsInFlight holds requests in their provider, ends the
// server's context and sees that the answers still come, also to one whose body
// came slowly.
func TestServeFinishesWhatIsInFlight(t *testing.T) {
	s := serve(t, server.Limits{Arrive: time.Minute})
	s.fake.Put("default", "slow", redact.NewSecret(canary))
	s.fake.Put("default", "late", redact.NewSecret(canary))
	release := s.fake.Hold()
	// Connections are accepted in order: once slow is worked on, late is no
	// longer one that the listener would drop.
	text := request(adminToken, "<<Secrets.late>>")
	late := s.send(text[:len(text)-1])
	slow := s.send(request(adminToken, "<<Secrets.slow>>"))
	require.Eventually(t, func() bool { return len(s.fake.Calls()) == 1 }, time.Minute, time.Millisecond)
	s.stop()
	s.awaitEnd()
	_, err := io.WriteString(late, text[len(text)-1:])
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(s.fake.Calls()) == 2 }, time.Minute, time.Millisecond)
	release()
	for _, conn := range []net.Conn{slow, late} {
		status, body := s.answer(conn)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, canary)
	}
	require.NoError(t, <-s.ended)
}

// TestServeEndsWithoutWhatDoesNotArrive ends a server while requests are half
// sent and one is worked on: that one is answered, though it takes longer than
// the rest of a body may.
func TestServeEndsWithoutWhatDoesNotArrive(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Limits{Arrive: 10 * time.Millisecond, ReadHeader: time.Hour, Read: time.Hour, Shutdown: time.Hour})
	s.fake.Put("default", "slow", redact.NewSecret(canary))
	release := s.fake.Hold()
	text := request(adminToken, "<<Secrets.slow>>")
	half := s.send(text[:len(text)-1])
	head, _, _ := strings.Cut(text, "Content-Length")
	chunked := s.send(head + "Transfer-Encoding: chunked\r\n\r\n9\r\n")
	working := s.send(text)
	require.Eventually(t, func() bool { return len(s.fake.Calls()) == 1 }, time.Minute, time.Millisecond)
	s.awaitRequests(3)

	s.stop()
	for _, conn := range []net.Conn{half, chunked} {
		status, body := s.answer(conn)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, body, "could not be read to its end")
	}
	release()
	status, body := s.answer(working)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, canary)
	require.NoError(t, <-s.ended)
}

// TestNobodyWaitsForARefusedBody has clients that go silent behind the start of
// a body that is too large, and of one that their token does not admit.
func TestNobodyWaitsForARefusedBody(t *testing.T) {
	t.Parallel()
	s := serve(t, server.Limits{BodyBytes: 1000, Read: time.Hour})
	large := s.send(request(adminToken, strings.Repeat("x", 10<<20))[:2000])
	text := request("another-token", "x")
	unknown := s.send(text[:len(text)-1])
	for conn, want := range map[net.Conn]int{large: http.StatusRequestEntityTooLarge, unknown: http.StatusUnauthorized} {
		status, _ := s.answer(conn)
		require.Equal(t, want, status)
	}
	s.stop()
	require.NoError(t, <-s.ended)
}
