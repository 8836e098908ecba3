package server

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// TestPanicIsAnInternalErrorAndMasked panics with a value in three ways: the
// client learns nothing, the log has the stack without the value, and the
// server goes on.
func TestPanicIsAnInternalErrorAndMasked(t *testing.T) {
	const value = "panic-value-12345678"
	var log bytes.Buffer
	redactor := redact.New(redact.NewSecret(value))
	known, err := resolver.New(resolver.Options{})
	require.NoError(t, err)
	defer known.Close()
	s, err := New(Options{Resolver: known, Redactor: redactor, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	for _, cause := range []any{errors.New("broke on " + value), "broke on " + value, struct{ secret string }{value}} {
		t.Run(fmt.Sprintf("%T", cause), func(t *testing.T) {
			log.Reset()
			rt := &route{
				method: "GET", pattern: "/panics", duration: s.metrics.duration.WithLabelValues("/panics"), log: s.logger.Handler(),
				handle: func(*exchange) error { panic(cause) },
			}
			w := httptest.NewRecorder()
			s.serve(rt)(w, httptest.NewRequest("GET", "/panics", nil))
			require.Equal(t, http.StatusInternalServerError, w.Code)
			require.Contains(t, w.Body.String(), `"code":"internal"`)
			require.NotContains(t, w.Body.String(), value)
			require.Contains(t, log.String(), "panic_test.go", "the log has the stack")
			require.NotContains(t, log.String(), value)
		})
	}
}

// TestInternalErrorTellsTheLogOnly keeps the text of an error that nobody made
// for showing away from the client.
func TestInternalErrorTellsTheLogOnly(t *testing.T) {
	var log bytes.Buffer
	known, err := resolver.New(resolver.Options{})
	require.NoError(t, err)
	defer known.Close()
	s, err := New(Options{Resolver: known, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	rt := &route{
		method: "GET", pattern: "/fails", duration: s.metrics.duration.WithLabelValues("/fails"), log: s.logger.Handler(),
		handle: func(*exchange) error { return errors.New("disk 17 broke") },
	}
	w := httptest.NewRecorder()
	s.serve(rt)(w, httptest.NewRequest("GET", "/fails", nil))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.NotContains(t, w.Body.String(), "disk")
	require.Contains(t, log.String(), "disk 17 broke")
}
