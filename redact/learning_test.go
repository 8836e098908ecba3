package redact_test

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

// While values are about that are not known yet, the free texts of a program's own records
// are masked as a whole; what it trusts, and numbers, stay.
func TestWhatIsLearntMasksFreeTexts(t *testing.T) {
	var log bytes.Buffer
	r := redact.New()
	own := slog.New(r.Handler(slog.NewTextHandler(&log, nil)).Trust("route")).With("by", "innocent", "route", "GET /")
	said := func() string {
		t.Helper()
		log.Reset()
		own.Info("request", "id", "innocent", "route", "x", "n", 7, "error", errors.New("innocent"), slog.Group("g", "a", "innocent"), "none", nil)
		_, line, _ := bytes.Cut(log.Bytes(), []byte("msg="))
		return string(line)
	}
	const shown = "request by=innocent route=\"GET /\" id=innocent route=x n=7 error=innocent g.a=innocent none=<nil>\n"
	const masked = "request by=[REDACTED] route=\"GET /\" id=[REDACTED] route=x n=7 error=[REDACTED] g=[REDACTED] none=<nil>\n"
	require.Equal(t, shown, said())
	first, second := r.Learning(), r.Learning()
	require.Equal(t, masked, said())
	first()
	first() // once counts
	require.True(t, r.Learns())
	require.Equal(t, masked, said())
	second()
	require.False(t, r.Learns())
	require.Equal(t, shown, said())
}
