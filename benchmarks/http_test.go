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
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/server"
)

const httpToken = "benchmark-token-0123456789abcdef"

// BenchmarkHTTP renders the notification over HTTP, on loopback and kept-alive
// connections, with authentication, metrics and the access log on. `constant`
// is a net/http handler that reads the body and answers the same bytes without
// any work: what net/http itself costs, the client included.
//
//   - stored: about 600 bytes in, the variables of a stored template
//   - inline: about 1.7 KiB in, the template comes with its variables
func BenchmarkHTTP(b *testing.B) {
	url, answer := httpServer(b)
	constant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header()["Content-Type"] = []string{"application/json"}
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(answer))}
		_, _ = w.Write(answer)
	}))
	b.Cleanup(constant.Close)
	template := spell(notification, "{{ %s }}", "<<Secrets.%s>>")
	for _, body := range []struct {
		name    string
		request map[string]any
	}{
		{"stored", map[string]any{"template_id": "notification", "vars": notificationVars}},
		{"inline", map[string]any{"template": template, "vars": notificationVars}},
	} {
		request := httpRequest(b, body.request)
		for _, contender := range []struct{ name, url string }{{"sotto", url}, {"constant", constant.URL}} {
			b.Run(body.name+"/"+contender.name, func(b *testing.B) {
				address := contender.url[len("http://"):]
				b.SetBytes(int64(len(request)))
				b.ReportAllocs()
				b.SetParallelism(4)
				b.RunParallel(func(pb *testing.PB) {
					connection, err := net.Dial("tcp", address)
					if err != nil {
						b.Error(err)
						return
					}
					defer func() { _ = connection.Close() }()
					reader := bufio.NewReader(connection)
					for pb.Next() {
						if err := httpExchange(connection, reader, request); err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}

// httpServer starts sotto with a stored template, and returns its address and
// what it answers.
func httpServer(b *testing.B) (string, []byte) {
	b.Helper()
	dir := b.TempDir()
	backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
	require.NoError(b, err)
	kept, err := store.Open(b.Context(), store.Options{Backend: backend, Key: store.KeyFile(filepath.Join(dir, "key"))})
	require.NoError(b, err)
	b.Cleanup(func() { _ = kept.Close() })
	fake := resolvertest.NewFake("fake")
	for alias, value := range notificationSecrets {
		fake.Put("default", alias, redact.NewSecret(value))
	}
	redactor := redact.New()
	secrets, err := resolver.New(resolver.Options{
		Providers: []resolver.Binding{{Provider: kept}, {Provider: fake}}, Redactor: redactor,
	})
	require.NoError(b, err)
	b.Cleanup(secrets.Close)
	api, err := server.New(server.Options{
		Resolver: secrets, Redactor: redactor, Store: kept, AdminToken: redact.NewSecret(httpToken),
		Logger: slog.New(redactor.JSONHandler(io.Discard, nil)),
	})
	require.NoError(b, err)
	listener := httptest.NewServer(api.Handler())
	b.Cleanup(listener.Close)

	template := spell(notification, "{{ %s }}", "<<Secrets.%s>>")
	call := func(method, path string, body map[string]any) []byte {
		text, err := json.Marshal(body)
		require.NoError(b, err)
		r, err := http.NewRequest(method, listener.URL+path, bytes.NewReader(text))
		require.NoError(b, err)
		r.Header.Set("Authorization", "Bearer "+httpToken)
		response, err := listener.Client().Do(r)
		require.NoError(b, err)
		defer func() { _ = response.Body.Close() }()
		answer, err := io.ReadAll(response.Body)
		require.NoError(b, err)
		require.Less(b, response.StatusCode, 300, string(answer))
		return answer
	}
	call("PUT", "/v1/templates/notification", map[string]any{"template": template})
	stored := call("POST", "/v1/render", map[string]any{"template_id": "notification", "vars": notificationVars})
	inline := call("POST", "/v1/render", map[string]any{"template": template, "vars": notificationVars})
	require.Equal(b, string(inline), string(stored))
	return listener.URL, stored
}

// httpRequest returns the bytes of a request.
func httpRequest(b *testing.B, body map[string]any) []byte {
	b.Helper()
	text, err := json.Marshal(body)
	require.NoError(b, err)
	return fmt.Appendf(nil, "POST /v1/render HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", httpToken, len(text), text)
}

// httpExchange sends a request and reads its answer, with as little work as it
// takes, so that what is measured is the server.
func httpExchange(w io.Writer, r *bufio.Reader, request []byte) error {
	if _, err := w.Write(request); err != nil {
		return err
	}
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
		if bytes.HasPrefix(line, []byte("HTTP/1.1 ")) && !bytes.HasPrefix(line[9:], []byte("200")) {
			return fmt.Errorf("answered %q", line)
		}
	}
	_, err := r.Discard(length)
	return err
}
