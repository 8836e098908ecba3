package otlp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sotto-render/sotto/cmd/sotto/internal/otlp"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary-9d81c07be2f4"

// request is what the collector got.
type request struct {
	path   string
	header http.Header
	body   []byte
}

// collector receives over HTTP what exporters send. answer may be nil: 200.
func collector(t *testing.T, answer http.HandlerFunc) (*httptest.Server, chan request) {
	t.Helper()
	got := make(chan request, 100)
	s := httptest.NewServer(receive(got, answer))
	t.Cleanup(s.Close)
	return s, got
}

func receive(got chan request, answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && r.Header.Get("Content-Encoding") == "gzip" {
			var unpacked *gzip.Reader
			if unpacked, err = gzip.NewReader(bytes.NewReader(body)); err == nil {
				body, err = io.ReadAll(unpacked)
			}
		}
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		got <- request{r.URL.Path, r.Header, body}
		if answer != nil {
			answer(w, r)
		}
	})
}

// exporter runs one with variables; its log is read once it is closed.
func exporter(t *testing.T, variables map[string]string, known ...redact.Secret) (*otlp.Exporter, *bytes.Buffer) {
	t.Helper()
	config, warnings := read(variables)
	require.Empty(t, warnings)
	require.NotNil(t, config)
	log := new(bytes.Buffer)
	r := redact.New(known...)
	e, err := otlp.New(config, r, slog.New(r.Handler(slog.NewTextHandler(log, nil))))
	require.NoError(t, err)
	t.Cleanup(func() { e.Close(ended()) })
	return e, log
}

func read(variables map[string]string) (*otlp.Config, []string) {
	return otlp.Read(func(name string) (string, bool) { v, ok := variables[name]; return v, ok }, "v1.2.3")
}

// ended is a context without any time.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func span(name string, attrs ...slog.Attr) server.Span {
	at := time.Unix(1700000000, 5)
	return server.Span{Trace: [16]byte{1, 15: 2}, ID: [8]byte{3}, Name: name, Start: at, End: at.Add(time.Second), Attributes: attrs}
}

func TestSpansReachACollector(t *testing.T) {
	s, got := collector(t, nil)
	e, _ := exporter(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL + "/base", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
		"OTEL_EXPORTER_OTLP_HEADERS": "api-key=" + canary + "%2C1,tenant=a",
		"OTEL_SERVICE_NAME":          "mailer", "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,env=" + canary,
	}, redact.NewSecret(canary))
	child := span("resolve", slog.Int("n", -2), slog.Bool("b", true), slog.Float64("f", 1.5), slog.String("s", "a\xff"), slog.String("k", "v"+canary))
	child.Parent, child.Inner, child.Failed = [8]byte{9}, true, true
	e.Export([]server.Span{child, span("GET /v1/audit")})
	e.Close(t.Context())

	sent := <-got
	require.Equal(t, "/base/v1/traces", sent.path)
	require.Equal(t, []string{canary + ",1"}, sent.header["Api-Key"])
	require.Equal(t, "application/x-protobuf", sent.header.Get("Content-Type"))
	require.NotContains(t, string(sent.body), canary)
	resource, spans := decode(t, sent.body)
	require.Equal(t, map[string]any{"service.name": "mailer", "service.version": "v1.2.3", "env": "[REDACTED]"}, resource)
	at := uint64(time.Unix(1700000000, 5).UnixNano())
	require.Equal(t, []decoded{
		{
			trace: "01000000000000000000000000000002", id: "0300000000000000", parent: "0900000000000000", name: "resolve", kind: 1, start: at, end: at + 1e9, status: 2,
			attributes: map[string]any{"n": int64(-2), "b": true, "f": 1.5, "s": "a\uFFFD", "k": "v[REDACTED]"},
		},
		{trace: "01000000000000000000000000000002", id: "0300000000000000", name: "GET /v1/audit", kind: 2, start: at, end: at + 1e9, attributes: map[string]any{}},
	}, spans)
	require.Zero(t, e.Lost())

	// The Collector's own decoder reads this file in a test of redact/otelcollector.
	golden, err := os.ReadFile("testdata/spans.pb")
	require.NoError(t, err)
	require.Equal(t, golden, sent.body)
}

// A tenant chooses its values, and no word of ours is blanked by one.
func TestNoSecretBlanksOurOwnWords(t *testing.T) {
	s, got := collector(t, nil)
	own := []slog.Attr{
		slog.String("http.request.method", "POST"), slog.String("http.route", "/v1/render"), slog.String("sotto.audit_id", "audit-id-1"),
		slog.String("sotto.token", "token-id-1"), slog.String("error.type", "secret_missing"), slog.String("sotto.scope", "victim/shop"),
		slog.String("sotto.mode", "preview"), slog.String("sotto.language", "liquid"),
	}
	known := []redact.Secret{redact.NewSecret("POST /v1/render"), redact.NewSecret("github.com/sotto-render/sotto/server"), redact.NewSecret("v1.2.3"), redact.NewSecret("mailer")}
	expected := make(map[string]any)
	for _, a := range own {
		known = append(known, redact.NewSecret(a.Key), redact.NewSecret(a.Value.String()))
		expected[a.Key] = a.Value.String()
	}
	expected["free"] = "[REDACTED]"
	e, _ := exporter(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_SERVICE_NAME": "mailer"}, known...)
	e.Export([]server.Span{span("POST /v1/render", append(own, slog.String("free", "mailer"))...)})
	e.Close(t.Context())
	body := (<-got).body
	require.Contains(t, string(body), "github.com/sotto-render/sotto/server")
	resource, spans := decode(t, body)
	require.Equal(t, map[string]any{"service.name": "mailer", "service.version": "v1.2.3"}, resource)
	require.Equal(t, "POST /v1/render", spans[0].name)
	require.Equal(t, expected, spans[0].attributes)
}

func TestBatches(t *testing.T) {
	s, got := collector(t, nil)
	t.Run("a full one leaves at once", func(t *testing.T) {
		e, _ := exporter(t, map[string]string{
			"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": s.URL + "/own", "OTEL_BSP_SCHEDULE_DELAY": "600000", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "3",
		})
		e.Export([]server.Span{span("a"), span("b"), span("c"), span("d")})
		sent := <-got
		require.Equal(t, "/own", sent.path, "the address of traces is taken as it is")
		_, spans := decode(t, sent.body)
		require.Len(t, spans, 3)
		e.Close(t.Context())
		_, spans = decode(t, (<-got).body)
		require.Len(t, spans, 1, "what is left is sent at the end")
	})
	t.Run("others after the delay", func(t *testing.T) {
		e, _ := exporter(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_BSP_SCHEDULE_DELAY": "20"})
		for range 2 {
			e.Export([]server.Span{span("a")})
			_, spans := decode(t, (<-got).body)
			require.Len(t, spans, 1)
		}
	})
}

func TestASilentCollectorHoldsNobodyUp(t *testing.T) {
	block := make(chan struct{})
	s, got := collector(t, func(http.ResponseWriter, *http.Request) { <-block })
	defer close(block)
	e, log := exporter(t, map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_SCHEDULE_DELAY": "1",
	})
	e.Export([]server.Span{span("first")})
	<-got
	start := time.Now()
	for range 1000 {
		e.Export([]server.Span{span("a"), span("b")})
	}
	require.Less(t, time.Since(start), time.Second)
	require.EqualValues(t, 2000-10, e.Lost(), "all that the queue has no room for")
	e.Close(ended())
	require.EqualValues(t, 2001, e.Lost())
	require.Contains(t, log.String(), "spans cannot be sent")
}

func TestWhatIsBusyIsAskedAgain(t *testing.T) {
	for _, test := range []struct {
		status, calls int
		lost          uint64
	}{
		{http.StatusServiceUnavailable, 2, 0}, {http.StatusTooManyRequests, 2, 0},
		{http.StatusUnauthorized, 1, 1}, {http.StatusTemporaryRedirect, 1, 1}, {http.StatusInternalServerError, 1, 1},
	} {
		t.Run(http.StatusText(test.status), func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			s, got := collector(t, func(w http.ResponseWriter, r *http.Request) {
				if calls.Add(1) == 1 {
					w.Header().Set("Location", "/elsewhere?"+canary)
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, canary)
				}
			})
			e, log := exporter(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL + "/?key=" + canary, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1"})
			e.Export([]server.Span{span("a")})
			for range test.calls {
				<-got
			}
			e.Close(t.Context())
			require.EqualValues(t, test.calls, calls.Load())
			require.Equal(t, test.lost, e.Lost())
			require.NotContains(t, log.String(), canary)
		})
	}
}

func TestCertificates(t *testing.T) {
	got := make(chan request, 1)
	s := httptest.NewUnstartedServer(receive(got, nil))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	defer s.Close()
	own := s.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	require.NoError(t, err)
	files := t.TempDir()
	certificate := filepath.Join(files, "cert.pem")
	require.NoError(t, os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(files, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
	variables := map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, "OTEL_EXPORTER_OTLP_CERTIFICATE": certificate,
		"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": certificate, "OTEL_EXPORTER_OTLP_CLIENT_KEY": filepath.Join(files, "key.pem"),
	}
	e, _ := exporter(t, variables)
	e.Export([]server.Span{span("a")})
	e.Close(t.Context())
	require.Len(t, got, 1)

	for _, name := range []string{"OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_KEY"} {
		t.Run(name, func(t *testing.T) {
			broken := map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": s.URL, name: "/nowhere/" + canary}
			config, warnings := read(broken)
			require.Empty(t, warnings)
			_, err := otlp.New(config, redact.New(), slog.New(slog.DiscardHandler))
			require.ErrorContains(t, err, name)
			require.NotContains(t, err.Error(), canary)
		})
	}
}
