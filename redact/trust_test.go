package redact_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

func TestTrustedRecordsAreHandedOnAsTheyAre(t *testing.T) {
	r := redact.New(redact.NewSecret("request went out"), redact.NewSecret("/v1/render"), redact.NewSecret("route-name"), redact.NewSecret("tok-4f9a8b2c7d"))
	var out bytes.Buffer
	options := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	log := func(trusted bool) string {
		out.Reset()
		h := r.Handler(slog.NewTextHandler(&out, options))
		before := slog.New(h.WithAttrs([]slog.Attr{slog.String("route", "/v1/render")}))
		if trusted {
			before = redact.TrustLogger(before, "route")
		}
		before.With("route-name", true).Info("request went out", "route", "/v1/render", "path", "/v1/render?k=tok-4f9a8b2c7d", "error", errString("tok-4f9a8b2c7d"))
		return out.String()
	}
	require.Equal(t, "level=INFO msg=[REDACTED] route=[REDACTED] [REDACTED]=true route=[REDACTED] path=\"[REDACTED]?k=[REDACTED]\" error=[REDACTED]\n", log(false))
	require.Equal(t, "level=INFO msg=\"request went out\" route=[REDACTED] route-name=true route=/v1/render path=\"[REDACTED]?k=[REDACTED]\" error=[REDACTED]\n", log(true))
}

type errString string

func (e errString) Error() string { return string(e) }
