package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/server"
)

// conversation is a batch whose lines are sent one by one.
type conversation struct {
	t       *testing.T
	conn    net.Conn
	answers *bufio.Reader
}

// converse begins a batch of template.
func (s *serving) converse(template string) *conversation {
	conn := s.send("POST /v1/render/batch HTTP/1.1\r\nHost: sotto\r\nAuthorization: Bearer " + adminToken +
		"\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
	c := &conversation{t: s.t, conn: conn}
	c.say(`{"template":"` + template + `"}`)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, response.StatusCode)
	c.answers = bufio.NewReader(response.Body)
	return c
}

func (c *conversation) say(line string) {
	c.t.Helper()
	_, err := fmt.Fprintf(c.conn, "%x\r\n%s\n\r\n", len(line)+1, line)
	require.NoError(c.t, err)
}

func (c *conversation) hear() (got batchLine) {
	c.t.Helper()
	line, err := c.answers.ReadBytes('\n')
	require.NoError(c.t, err)
	require.NoError(c.t, json.Unmarshal(line, &got))
	return got
}

// busy is a template that works until its limit of processor time.
const busy = "{% for i in (1..1000) %}{% for j in (1..5000) %}{{ j | plus: i | times: 3 }}{% endfor %}{% endfor %}"

// TestBatchEndsWithItsClient closes the connection of a batch while the server
// works on a line, with others behind it, and with a body that has not ended.
func TestBatchEndsWithItsClient(t *testing.T) {
	s := serve(t, server.Limits{CPU: time.Minute, OutputBytes: 1 << 30})
	c := s.converse("{% if a %}" + busy + "{% endif %}")
	c.say(`{"id":1}`)
	require.Empty(t, *c.hear().Output)
	for range 10 {
		c.say(`{"id":2,"vars":{"a":1}}`)
	}
	s.awaitRequests(1)
	from := time.Now()
	require.NoError(t, c.conn.Close())
	s.awaitRequests(0)
	require.Less(t, time.Since(from), 2*time.Second, "the work of a line takes far longer")
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestProgressExtendsABatch: a batch lasts as long as lines come, and ends when
// none does, with a line that says so.
func TestProgressExtendsABatch(t *testing.T) {
	s := serve(t, server.Limits{Read: 400 * time.Millisecond, Write: 400 * time.Millisecond, Silence: 400 * time.Millisecond})
	c := s.converse("x")
	from := time.Now()
	said := 0
	for ; time.Since(from) < time.Second; said++ {
		c.say(`{"id":1}`)
		require.NotNil(t, c.hear().Output)
		time.Sleep(50 * time.Millisecond) // a client that thinks
	}
	last := c.hear()
	require.Nil(t, last.Done)
	require.Equal(t, "invalid_request", last.Error.Code)
	_, err := c.answers.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestClientThatTakesNothingIsGivenUp: it sends lines and never reads.
func TestClientThatTakesNothingIsGivenUp(t *testing.T) {
	s := serve(t, server.Limits{Read: 200 * time.Millisecond, Silence: 200 * time.Millisecond})
	c := s.converse(strings.Repeat("x", 10_000))
	go func() {
		for range 100_000 {
			if _, err := io.WriteString(c.conn, "9\r\n{\"id\":1}\n\r\n"); err != nil {
				return
			}
		}
	}()
	s.awaitRequests(0)
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestServerThatEndsCutsBatches: what is sent by then is answered.
func TestServerThatEndsCutsBatches(t *testing.T) {
	s := serve(t, server.Limits{Arrive: 10 * time.Millisecond})
	c := s.converse("x")
	c.say(`{"id":1}`)
	require.Equal(t, "x", *c.hear().Output)
	s.stop()
	last := c.hear()
	require.Nil(t, last.Done)
	require.NotNil(t, last.Error)
	require.NoError(t, <-s.ended)
}

// TestSequentialClient sends all that a body may hold before it reads anything.
func TestSequentialClient(t *testing.T) {
	s := serve(t, server.Limits{})
	c := s.converse("{{ a }}{{ a }}{{ a }}{{ a }}{{ a }}")
	line := `{"id":1,"vars":{"a":"` + strings.Repeat("y", 950) + `"}}`
	const lines = 4000
	for range lines {
		c.say(line)
	}
	_, err := io.WriteString(c.conn, "0\r\n\r\n")
	require.NoError(t, err)
	for range lines {
		require.Len(t, *c.hear().Output, 5*950)
	}
	require.Equal(t, lines, c.hear().Done.OK)
	s.stop()
	require.NoError(t, <-s.ended)
}

// TestBatchIsCountedOnce: one line in the log, and the recipients in the metrics.
func TestBatchIsCountedOnce(t *testing.T) {
	a := start(t)
	a.batch("/v1/render/batch", `{"template":"x"}`, `{"id":1}`, `{"id":2}`, `{`)
	var lines []string
	for line := range strings.Lines(a.log.String()) {
		if strings.Contains(line, "/v1/render/batch") {
			lines = append(lines, line)
		}
	}
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], `"recipients":3,"failed":1`)
	metrics := a.as("").call("GET", "/metrics", nil).text
	for _, want := range []string{
		`sotto_batches_total{outcome="whole",route="/v1/render/batch"} 1`,
		`sotto_batch_recipients_total{outcome="ok",route="/v1/render/batch"} 2`,
		`sotto_batch_recipients_total{outcome="failed",route="/v1/render/batch"} 1`,
		`sotto_http_bytes_in_flight 0`,
	} {
		require.Contains(t, metrics, want)
	}
}
