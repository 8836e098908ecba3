package redact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
)

type plain struct{ Field string }

type valuer struct{ Text string }

func (v valuer) LogValue() slog.Value { return slog.StringValue(v.Text) }

type panicker struct{}

func (panicker) LogValue() slog.Value { panic(canary) }
func (panicker) Error() string        { panic(canary) }

// handlers are the ways to build a redacting logger.
func handlers(r *redact.Redactor, out *bytes.Buffer) map[string]slog.Handler {
	o := &slog.HandlerOptions{AddSource: true, Level: slog.LevelDebug}
	return map[string]slog.Handler{
		"text over Handler": r.Handler(slog.NewTextHandler(out, o)),
		"JSON over Handler": r.Handler(slog.NewJSONHandler(out, o)),
		"TextHandler":       r.TextHandler(out, o),
		"JSONHandler":       r.JSONHandler(out, o),
	}
}

// attrs has the canary at every place of a record.
func attrs() []any {
	return []any{
		slog.String("string", canary), slog.String(canary, "key"), slog.Any("error", errors.New(canary)),
		slog.Any("wrapped", fmt.Errorf("get: %w", errors.New(canary))), slog.Any("struct", plain{canary}),
		slog.Any("pointer", &plain{canary}), slog.Any("slice", []string{canary}),
		slog.Any("map", map[string]any{canary: []any{plain{canary}}}), slog.Any("valuer", valuer{canary}),
		slog.Any("valuers", []any{valuer{canary}, &valuer{canary}}), slog.Any("bytes", []byte(canary)),
		slog.Group(canary, slog.String(canary, canary), slog.Group("deep", slog.Any("v", valuer{canary}))),
		slog.Any("panics", panicker{}), slog.Any("panicking error", error(panicker{})),
		slog.Any("stringer", bytes.NewBufferString(canary)),
	}
}

func TestHandlerMasksEverywhereInARecord(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(redact.NewSecret(canary))
	for name, h := range handlers(r, &out) {
		t.Run(name, func(t *testing.T) {
			out.Reset()
			l := slog.New(h)
			l.Info("message "+canary, attrs()...)
			l.With(attrs()...).WithGroup(canary).With(attrs()...).InfoContext(context.Background(), canary, attrs()...)
			requireNoCanary(t, out.String())
			require.Contains(t, out.String(), redact.Mask)
			require.NotContains(t, out.String(), "!PANIC")
		})
	}
}

func TestHandlerMasksValuesThatBecomeKnownAfterWith(t *testing.T) {
	var out bytes.Buffer
	for name := range handlers(redact.New(), &out) {
		t.Run(name, func(t *testing.T) {
			out.Reset()
			r := redact.New()
			l := slog.New(handlers(r, &out)[name]).With(attrs()...).WithGroup(canary).With(attrs()...)
			l.Debug("before")
			require.Contains(t, out.String(), canary, "not known yet")
			out.Reset()
			r.Add(redact.NewSecret(canary))
			l.Debug("after")
			requireNoCanary(t, out.String())
		})
	}
}

func TestHandlerMasksNumbers(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(redact.NewSecret("83746529"))
	slog.New(r.JSONHandler(&out, nil)).Info("m", "pin", 83746529, "unsigned", uint64(83746529), "float", 83746529.0, "n", 5)
	require.NotContains(t, out.String(), "83746529")
	require.Contains(t, out.String(), `"n":5`)
}

func TestHandlerWritesValidJSON(t *testing.T) {
	var out bytes.Buffer
	r := redact.New(redact.NewSecret("83746529"), redact.NewSecret("nabc"))
	log := slog.New(r.JSONHandler(&out, nil))
	log.Info("line\nabc", "struct", map[string]any{"pin": 83746529, "text": "x\nabc"}, "list", []int{83746529})
	var record map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &record), out.String())
	require.NotContains(t, out.String(), "83746529")
}

func TestHandlerKeepsCleanRecords(t *testing.T) {
	log := func(h slog.Handler) {
		l := slog.New(h).With("a", 1).WithGroup("g").With("s", plain{"x"})
		l.Info("clean", "k", "v", "n", 1, "e", errors.New("e"), "st", plain{"y"}, slog.Group("h", "i", true))
	}
	noTime := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	var want, got bytes.Buffer
	r := redact.New(redact.NewSecret(canary))
	log(slog.NewJSONHandler(&want, noTime))
	log(r.Handler(slog.NewJSONHandler(&got, noTime)))
	require.Equal(t, want.String(), got.String())
	want.Reset()
	got.Reset()
	log(slog.NewTextHandler(&want, noTime))
	log(r.TextHandler(&got, noTime))
	require.Equal(t, want.String(), got.String())
}
