package benchmarks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"runtime"
	"testing"

	"github.com/bytedance/sonic"
	goccy "github.com/goccy/go-json"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/server"
)

// batchSize is how many recipients one request has.
const batchSize = 1000

const batchTemplate = `Hello {{ first_name }} {{ last_name }}, your order {{ order_id }} is with {{ carrier }} ({{ tracking_id }}) ` +
	`and arrives on {{ delivery_date }} in {{ city }}. You paid {{ amount }}. <<Secrets.link_key>>`

// BenchmarkBatch renders a short message with 8 variables for 1,000 recipients in
// one request of NDJSON, over HTTP on loopback, with authentication, metrics and
// the access log on. The unit is a recipient. `no-work` reads the same bytes and
// answers the same, and does nothing between. The others are what one writes by
// hand around sotto as a library: a line is decoded by that JSON library into a
// map, rendered, and encoded again.
//
//   - one: a single processor, the client included
//   - two: two processors; `one-core` is sotto with one
func BenchmarkBatch(b *testing.B) {
	body, answer := batchBody(b)
	for _, c := range []struct {
		name  string
		procs int
		run   func(b *testing.B)
	}{
		{"one/sotto", 1, func(b *testing.B) { runBatch(b, batchServer(b), body) }},
		{"one/no-work", 1, func(b *testing.B) { runBatch(b, noWork(b, answer), body) }},
		{"one/sonic", 1, func(b *testing.B) { runBatch(b, byHand(b, sonic.Unmarshal, sonic.Marshal), body) }},
		{"one/goccy", 1, func(b *testing.B) { runBatch(b, byHand(b, goccy.Unmarshal, goccy.Marshal), body) }},
		{"one/encoding-json", 1, func(b *testing.B) { runBatch(b, byHand(b, json.Unmarshal, json.Marshal), body) }},
		{"two/sotto", 2, func(b *testing.B) { runBatch(b, batchServer(b), body) }},
		{"two/one-core", 1, func(b *testing.B) { runBatch(b, batchServer(b), body) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.procs))
			c.run(b)
		})
	}
}

// runBatch sends body again and again, over two connections.
func runBatch(b *testing.B, url string, body []byte) {
	request := fmt.Appendf(nil, "POST /v1/render/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n", httpToken, len(body))
	request = append(request, body...)
	exchange := func() func() error {
		conn, err := net.Dial("tcp", url[len("http://"):])
		require.NoError(b, err)
		b.Cleanup(func() { _ = conn.Close() })
		reader := bufio.NewReaderSize(conn, 64<<10)
		return func() error { return batchExchange(conn, reader, request) }
	}
	connections := []func() error{exchange(), exchange()}
	for _, once := range connections {
		require.NoError(b, once())
	}
	b.ReportAllocs()
	b.ResetTimer()
	errs := make(chan error)
	for i, once := range connections {
		go func() {
			for done := i * batchSize; done < b.N; done += len(connections) * batchSize {
				if err := once(); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range connections {
		require.NoError(b, <-errs)
	}
}

// batchExchange sends a request while it reads the answer, to its end.
func batchExchange(conn net.Conn, reader *bufio.Reader, request []byte) error {
	sent := make(chan error, 1)
	go func() {
		_, err := conn.Write(request)
		sent <- err
	}()
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		if bytes.HasPrefix(line, []byte("HTTP/1.1 ")) && !bytes.HasPrefix(line[9:], []byte("200")) {
			return fmt.Errorf("answered %q", line)
		}
		if len(line) <= 2 {
			break
		}
	}
	if _, err := io.Copy(io.Discard, httputil.NewChunkedReader(reader)); err != nil {
		return err
	}
	if _, err := reader.Discard(2); err != nil {
		return err
	}
	return <-sent
}

// batchBody returns a request and what sotto answers it.
func batchBody(b *testing.B) (body, answer []byte) {
	b.Helper()
	head, err := json.Marshal(map[string]string{"template": batchTemplate})
	require.NoError(b, err)
	body = append(head, '\n')
	for i := range batchSize {
		line, err := json.Marshal(map[string]any{"id": fmt.Sprintf("user-%d", i), "vars": notificationVars})
		require.NoError(b, err)
		body = append(append(body, line...), '\n')
	}
	r, err := http.NewRequest("POST", batchServer(b)+"/v1/render/batch", bytes.NewReader(body))
	require.NoError(b, err)
	r.Header.Set("Authorization", "Bearer "+httpToken)
	r.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(r)
	require.NoError(b, err)
	defer func() { _ = response.Body.Close() }()
	answer, err = io.ReadAll(response.Body)
	require.NoError(b, err)
	require.Contains(b, string(answer), `"done":{"ok":1000,`)
	return body, answer
}

func batchServer(b *testing.B) string {
	b.Helper()
	fake := resolvertest.NewFake("fake")
	for alias, value := range notificationSecrets {
		fake.Put("default", alias, redact.NewSecret(value))
	}
	redactor := redact.New()
	secrets, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: fake}}, Redactor: redactor})
	require.NoError(b, err)
	b.Cleanup(secrets.Close)
	api, err := server.New(server.Options{
		Resolver: secrets, Redactor: redactor, AdminToken: redact.NewSecret(httpToken),
		Logger: slog.New(redactor.JSONHandler(io.Discard, nil)),
	})
	require.NoError(b, err)
	return listen(b, api.Handler().ServeHTTP)
}

func listen(b *testing.B, handle http.HandlerFunc) string {
	listener := httptest.NewServer(handle)
	b.Cleanup(listener.Close)
	return listener.URL
}

// noWork answers a piece of answer for each piece that it reads.
func noWork(b *testing.B, answer []byte) string {
	return listen(b, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.EnableFullDuplex()
		w.Header()["Content-Type"] = []string{"application/x-ndjson"}
		buffer := make([]byte, 64<<10)
		read, written := 0, 0
		for {
			n, err := r.Body.Read(buffer)
			read += n
			next := int(int64(len(answer)) * int64(read) / r.ContentLength)
			_, _ = w.Write(answer[written:next])
			_ = control.Flush()
			if written = next; err != nil {
				return
			}
		}
	})
}

// byHand is a handler around sotto's engine and a JSON library.
func byHand(b *testing.B, unmarshal func([]byte, any) error, marshal func(any) ([]byte, error)) string {
	template, err := engine.Compile(batchTemplate, engine.TemplateOptions{})
	require.NoError(b, err)
	secrets := engine.Map{"link_key": redact.NewSecret(notificationSecrets["link_key"])}
	return listen(b, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		prepared, err := template.Prepare(r.Context(), &engine.Request{Secrets: secrets})
		if err != nil {
			panic(err)
		}
		w.Header()["Content-Type"] = []string{"application/x-ndjson"}
		lines, out := bufio.NewScanner(r.Body), bufio.NewWriterSize(w, 64<<10)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		lines.Scan()
		var output []byte
		for lines.Scan() {
			var recipient struct {
				ID   string         `json:"id"`
				Vars map[string]any `json:"vars"`
			}
			if err := unmarshal(lines.Bytes(), &recipient); err != nil {
				panic(err)
			}
			if output, err = prepared.Append(output[:0], recipient.Vars); err != nil {
				panic(err)
			}
			line, err := marshal(struct {
				ID     string `json:"id"`
				Output string `json:"output"`
			}{recipient.ID, string(output)})
			if err != nil {
				panic(err)
			}
			_, _ = out.Write(line)
			_ = out.WriteByte('\n')
		}
		_ = out.Flush()
	})
}
