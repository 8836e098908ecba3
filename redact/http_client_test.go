package redact_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

const httpKey = "sk-4f9a/8b2c_7d+e1"

func httpRedactor() *redact.Redactor { return redact.New(redact.NewSecret(httpKey)) }

// requireClean checks that text shows the key in no form.
func requireClean(t *testing.T, text string) {
	t.Helper()
	for _, form := range []string{httpKey, url.QueryEscape(httpKey), url.PathEscape(httpKey), "4f9a", "8b2c"} {
		require.NotContains(t, text, form)
	}
}

func TestClientErrorsShowNoValue(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())
	stalled := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer stalled.Close()
	loop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String()+"x", http.StatusFound)
	}))
	defer loop.Close()
	query := "/hook/" + url.PathEscape(httpKey) + "?key=" + url.QueryEscape(httpKey)
	c := &redact.Client{Redactor: httpRedactor(), HTTP: &http.Client{Timeout: 100 * time.Millisecond}}

	for name, address := range map[string]string{
		"nobody listens":     "http://" + closed + query,
		"nobody answers":     stalled.URL + query,
		"redirects for ever": loop.URL + query,
		"no URL":             "http://[" + httpKey,
		"no scheme":          httpKey + "://127.0.0.1",
		"credentials":        "http://u:" + url.QueryEscape(httpKey) + "@" + closed + "/",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Get(address)
			require.Error(t, err)
			for _, shown := range []string{err.Error(), fmt.Sprintf("%v %+v %#v %q", err, err, err, err)} {
				requireClean(t, shown)
			}
			var failed *url.Error
			require.ErrorAs(t, err, &failed)
			requireClean(t, failed.URL+" "+failed.Err.Error())
			require.Equal(t, name == "nobody answers", failed.Timeout())
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, stalled.URL+query, nil)
	require.NoError(t, err)
	_, err = c.Do(req)
	require.ErrorIs(t, err, context.Canceled)
	var op *net.OpError
	_, err = c.Head("http://" + closed + query)
	require.Error(t, err)
	requireClean(t, err.Error())
	_, err = c.Get("http://" + closed + query)
	require.ErrorAs(t, err, &op, "the cause can still be asked for")
	require.NoError(t, c.Redactor.URLError(nil))
	require.Equal(t, redact.Mask, c.Redactor.URLError(errors.New(httpKey)).Error())
}

func TestTransportLogsAndDumpsNoValue(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Echo", r.Header.Get("X-Custom"))
		w.Header().Set("Set-Cookie", "session=made-elsewhere")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(append(body, r.URL.Query().Get("key")...))
		_ = z.Close()
	}))
	defer server.Close()
	r := httpRedactor()
	var log bytes.Buffer
	c := &redact.Client{Redactor: r, HTTP: &http.Client{Transport: &redact.Transport{
		Redactor: r, Base: &http.Transport{DisableCompression: true}, Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}}}
	body := strings.Repeat("x", 200<<10) + httpKey
	req, err := http.NewRequest(http.MethodPost, server.URL+"/a?key="+url.QueryEscape(httpKey), strings.NewReader(`{"k":"`+httpKey+`"}`+body))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer made-elsewhere")
	req.Header.Set("X-Custom", httpKey)
	dump, err := r.DumpRequest(req, true)
	require.NoError(t, err)
	requireClean(t, string(dump))
	require.Contains(t, string(dump), "POST "+server.URL+"/a?key=[REDACTED] HTTP/1.1\r\n")
	require.Contains(t, string(dump), "Authorization: Bearer [REDACTED]\r\n")
	require.Contains(t, string(dump), "X-Custom: [REDACTED]\r\n\r\n"+`{"k":"[REDACTED]"}xxx`)

	resp, err := c.Do(req)
	require.NoError(t, err)
	dump, err = r.DumpResponse(resp, true)
	require.NoError(t, err)
	requireClean(t, string(dump))
	require.NotContains(t, string(dump), "made-elsewhere")
	require.Contains(t, string(dump), `{"k":"[REDACTED]"}xxx`)
	// What was dumped can be read whole.
	z, err := gzip.NewReader(resp.Body)
	require.NoError(t, err)
	whole, err := io.ReadAll(z)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, `{"k":"`+httpKey+`"}`+body+httpKey, string(whole))

	_, err = c.PostForm("http://127.0.0.1:1/"+url.PathEscape(httpKey), url.Values{"k": {httpKey}})
	require.Error(t, err)
	requireClean(t, log.String())
	require.NotContains(t, log.String(), "made-elsewhere")
	require.Contains(t, log.String(), `"msg":"HTTP request"`)
	require.Contains(t, log.String(), `"msg":"HTTP request failed"`)
}

func ExampleClient() {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close() // so that the request fails
	r := redact.New(redact.NewSecret("sk-4f9a8b2c7d"))
	client := &redact.Client{Redactor: r, HTTP: &http.Client{Transport: &redact.Transport{Redactor: r}}}
	_, err := client.Get(server.URL + "/hook/sk-4f9a8b2c7d?key=sk-4f9a8b2c7d")
	fmt.Println(strings.Contains(err.Error(), "/hook/[REDACTED]?key=[REDACTED]"))

	req, _ := http.NewRequest(http.MethodGet, "https://api.example.com/v1?key=sk-4f9a8b2c7d", nil)
	req.Header.Set("Authorization", "Bearer sk-4f9a8b2c7d")
	dump, _ := r.DumpRequest(req, true)
	_, _ = os.Stdout.Write(bytes.ReplaceAll(dump, []byte("\r\n"), []byte("\n")))
	// Output:
	// true
	// GET https://api.example.com/v1?key=[REDACTED] HTTP/1.1
	// Host: api.example.com
	// Authorization: Bearer [REDACTED]
}
