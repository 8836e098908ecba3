package jsonlog_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/internal/jsonlog"
)

// draw returns a random attribute, of each kind that there is.
func draw(r *rand.Rand, depth int) slog.Attr {
	texts := []string{
		"", "plain", "two words", `a "quote"`, `back\slash`, "line\nbreak", "tab\t", "\x00", "\x7f", "Łódź", "\xff", "\u2028", "<&>", "source", "msg", "time",
		strings.Repeat("x", 300),
	}
	text := func() string { return texts[r.IntN(len(texts))] }
	values := []slog.Value{
		slog.StringValue(text()), slog.IntValue(r.Int() - r.Int()), slog.Int64Value(math.MinInt64), slog.Uint64Value(math.MaxUint64), slog.BoolValue(r.IntN(2) == 0),
		slog.DurationValue(time.Duration(r.Int64() - r.Int64())), slog.Float64Value(r.NormFloat64()), slog.Float64Value(math.Inf(1)),
		slog.TimeValue(time.Unix(r.Int64N(1e10), r.Int64N(1e9)).UTC()), slog.AnyValue(nil), slog.AnyValue(errors.New(text())), slog.AnyValue([]int{1, 2}),
		slog.AnyValue(level{}), {},
	}
	if depth > 0 && r.IntN(4) == 0 {
		return slog.Attr{Key: text(), Value: slog.GroupValue(draw(r, depth-1), draw(r, depth-1))}
	}
	return slog.Attr{Key: text(), Value: values[r.IntN(len(values))]}
}

// level is a value that says itself what it logs as.
type level struct{}

func (level) LogValue() slog.Value { return slog.StringValue("itself") }

// Every record comes out as slog writes it, whatever was added before it.
func TestSameAsSlog(t *testing.T) {
	options := []*slog.HandlerOptions{
		nil,
		{Level: slog.LevelDebug},
		{AddSource: true},
		{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { a.Key = "x" + a.Key; return a }},
	}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var want, got bytes.Buffer
		o := options[r.IntN(len(options))]
		var theirs, ours slog.Handler = slog.NewJSONHandler(&want, o), jsonlog.New(&got, o)
		for range r.IntN(4) {
			if r.IntN(3) == 0 {
				group := []string{"", "g", `"`}[r.IntN(3)]
				theirs, ours = theirs.WithGroup(group), ours.WithGroup(group)
				continue
			}
			var attrs []slog.Attr
			for range r.IntN(3) {
				attrs = append(attrs, draw(r, 1))
			}
			theirs, ours = theirs.WithAttrs(attrs), ours.WithAttrs(attrs)
		}
		for range 3 {
			when := []time.Time{{}, time.Now(), time.Unix(r.Int64N(1e10), 120_000_000), time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}[r.IntN(4)]
			record := slog.NewRecord(when, slog.Level(r.IntN(12)-4), []string{"request", `a "quote"`, "Łódź"}[r.IntN(3)], 0)
			for range r.IntN(7) {
				record.AddAttrs(draw(r, 2))
			}
			require.Equal(t, theirs.Enabled(t.Context(), record.Level), ours.Enabled(t.Context(), record.Level))
			require.NoError(t, theirs.Handle(t.Context(), record.Clone()))
			require.NoError(t, ours.Handle(t.Context(), record))
		}
		require.Equal(t, want.String(), got.String(), "seed %d", seed)
	}
}

// slow takes its lines byte by byte, so that two at once would mix.
type slow struct{ bytes.Buffer }

func (s *slow) Write(p []byte) (int, error) {
	for _, c := range p {
		s.WriteByte(c)
	}
	return len(p), nil
}

// Lines of both kinds come out whole, whoever logs at the same time.
func TestConcurrentLines(t *testing.T) {
	var out slow
	log := slog.New(jsonlog.New(&out, nil))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 200 {
				log.Info("plain", "i", i)
				log.Info("escaped", "text", `"`, "i", i)
			}
		})
	}
	all.Wait()
	for line := range strings.Lines(out.String()) {
		require.Regexp(t, `^\{"time":"[^"]+","level":"INFO","msg":"(plain|escaped)"(,"text":"\\"")?,"i":\d\}\n$`, line)
	}
	require.Equal(t, 3200, strings.Count(out.String(), "\n"))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErrorOfWriter(t *testing.T) {
	handler := jsonlog.New(broken{}, nil)
	for _, text := range []string{"plain", `"escaped"`} {
		record := slog.NewRecord(time.Now(), slog.LevelInfo, text, 0)
		require.ErrorIs(t, handler.Handle(t.Context(), record), io.ErrClosedPipe, text)
	}
}
