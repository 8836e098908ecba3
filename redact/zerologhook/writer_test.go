package zerologhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/redact/zerologhook"
)

const canary = "canary-4f9a8b2c7d"

func TestWriterMasksLines(t *testing.T) {
	r := redact.New(redact.NewSecret(canary), redact.NewSecret("73912846"))
	var out bytes.Buffer
	logger := zerolog.New(zerologhook.New(r, &out)).With().Str("with", canary).Logger().
		Hook(zerolog.HookFunc(func(e *zerolog.Event, _ zerolog.Level, _ string) { e.Str("hooked", canary) }))
	logger.Info().Str("s", canary).Int("n", 73912846).Err(errors.New(canary)).Bytes("b", []byte(canary)).
		Interface("i", map[string]any{canary: 73912846}).Msg("says " + canary)
	require.NotContains(t, out.String(), canary)
	require.NotContains(t, out.String(), "73912846")
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
	require.Equal(t, "says [REDACTED]", line["message"])
	require.Equal(t, "[REDACTED]", line["hooked"])
	require.Equal(t, "info", line["level"])
}

// levels notes the levels of lines.
type levels struct {
	bytes.Buffer
	seen []zerolog.Level
}

func (l *levels) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	l.seen = append(l.seen, level)
	return l.Write(line)
}

func TestWriterHandsTheLevelOn(t *testing.T) {
	var out levels
	logger := zerolog.New(zerologhook.New(redact.New(redact.NewSecret(canary)), &out))
	logger.Warn().Msg(canary)
	require.Equal(t, []zerolog.Level{zerolog.WarnLevel}, out.seen)
	require.NotContains(t, out.String(), canary)
}
