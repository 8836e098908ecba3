package redact_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"expvar"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// awkward is a canary that every encoder spells in its own way.
const awkward = "cän/ary+4f9a <&>\"' 8b2c7d=%2F"

// requireNoAwkward fails if a recognisable part of awkward is in out.
func requireNoAwkward(t *testing.T, out string) {
	t.Helper()
	for _, part := range []string{"4f9a", "8b2c7d"} {
		require.NotContains(t, out, part)
	}
	require.Contains(t, out, redact.Mask)
}

func TestLoggerIsRedacted(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(redact.NewSecret(awkward))
	r.Logger(&out, "p ", log.Lshortfile).Printf("raw %s, quoted %q, path %s", awkward, awkward, url.PathEscape(awkward))
	requireNoAwkward(t, out.String())
	require.Equal(t, 1, strings.Count(out.String(), "\n"))
}

func TestDefaultLoggerIsRedacted(t *testing.T) {
	var out bytes.Buffer
	defer slog.SetDefault(slog.Default())
	defer log.SetOutput(log.Writer())
	defer log.SetFlags(log.Flags())
	r := redact.New(redact.NewSecret(awkward))
	slog.SetDefault(slog.New(r.JSONHandler(&out, nil)))
	log.Printf("bridged %s", awkward)
	requireNoAwkward(t, out.String())
}

func TestServerErrorLogIsRedacted(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(redact.NewSecret(awkward))
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(awkward) }))
	server.Config.ErrorLog = r.ErrorLog(slog.NewTextHandler(&out, nil), slog.LevelError)
	server.Start()
	_, err := http.Get(server.URL)
	require.Error(t, err)
	server.Close()
	requireNoAwkward(t, out.String())
	require.Contains(t, out.String(), "http: panic serving")
}

func TestPanicsAndStacksAreRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(awkward))
	for name, v := range map[string]any{
		"text": awkward, "error": errors.New(awkward), "struct": plain{awkward}, "slice": []string{awkward},
		"wrapped error": fmt.Errorf("in %w", errors.New(awkward)),
	} {
		t.Run(name, func(t *testing.T) {
			err := func() (err error) {
				defer func() { err = r.Recovered(recover()) }()
				panic(v)
			}()
			out := fmt.Sprintf("%v %s %q %+v", err, err, err, err)
			requireNoAwkward(t, out)
			require.Contains(t, out, "surfaces_test.go", "the stack is there")
		})
	}
	require.NoError(t, r.Recovered(nil))
	requireNoCanary(t, redact.New(redact.NewSecret(canary)).Sprint(panicker{}))
}

func TestLabelsAreRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(awkward))
	requireNoAwkward(t, fmt.Sprint(r.Labels(map[string]string{"a": "x" + awkward, awkward: "b"})))

	pprof.Do(context.Background(), r.PprofLabels("tenant", awkward, awkward, "x"), func(context.Context) {
		var out bytes.Buffer
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&out, 1))
		requireNoAwkward(t, out.String())
	})

	var m expvar.Map
	m.Set("k", expvar.Func(func() any { return map[string]string{awkward: awkward} }))
	requireNoAwkward(t, r.Var(&m).String())
}

func TestRequestViewIsRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(awkward))
	u := &url.URL{
		Scheme: "https", User: url.UserPassword("user", awkward), Host: "example.com",
		Path: "/a/" + awkward + "/b", RawQuery: url.Values{"q": {awkward}, awkward: {"v"}, "ok": {"1"}}.Encode(),
		Fragment: awkward,
	}
	form := url.Values{"f": {awkward}}.Encode()
	req := httptest.NewRequest(http.MethodPost, u.String(), nil)
	req.URL = u
	req.AddCookie(&http.Cookie{Name: "session", Value: url.QueryEscape(awkward)})
	req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("user:"+awkward)))
	req.Header.Set("X-Custom", "v="+awkward)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	var out bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(h).Info("request", "request", r.Request(req, []byte(form)))
	}
	requireNoAwkward(t, out.String())
	require.Contains(t, out.String(), "ok=1")
	require.Contains(t, out.String(), "https://[REDACTED]@example.com/a/[REDACTED]/b")
	require.Contains(t, out.String(), "Basic [REDACTED]")
	require.NotContains(t, out.String(), "session=")
}

func TestBodiesAreUnpackedAndRedacted(t *testing.T) {
	r := redact.New(redact.NewSecret(awkward))
	pack := func(w io.WriteCloser, out *bytes.Buffer) []byte {
		_, err := io.WriteString(w, "body "+awkward)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return out.Bytes()
	}
	var zipped, deflated bytes.Buffer
	for encoding, body := range map[string][]byte{
		"": []byte("body " + awkward), "gzip": pack(gzip.NewWriter(&zipped), &zipped),
		"deflate": pack(zlib.NewWriter(&deflated), &deflated),
	} {
		t.Run("encoding "+encoding, func(t *testing.T) {
			h := http.Header{"Content-Encoding": {encoding}}
			require.Equal(t, "body [REDACTED]", r.Body(h, body))
			resp := &http.Response{Status: "502 " + awkward, Header: h}
			requireNoAwkward(t, fmt.Sprint(r.Response(resp, body)))
		})
	}
	require.Equal(t, redact.Mask, r.Body(http.Header{"Content-Encoding": {"br"}}, []byte(awkward)))
	require.Equal(t, redact.Mask, r.Body(http.Header{"Content-Encoding": {"gzip"}}, []byte(awkward)))
	long := r.Body(http.Header{}, []byte(strings.Repeat("x", 70<<10)))
	require.Len(t, long, 64<<10+3)
}
