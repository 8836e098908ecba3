package zerologhook_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

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

type account struct{ text string }

func (a account) MarshalZerologObject(e *zerolog.Event) { e.Str("owner", a.text).Int("n", 1) }

// write writes an entry of every kind of field.
func write(logger zerolog.Logger, text string) {
	logger = logger.With().Str("with", text).Dict("group", zerolog.Dict().Str("inner", text)).Logger()
	logger.Error().Str("s", text).Strs("ss", []string{text, "x"}).Bytes("b", []byte(text)).Hex("h", []byte{1}).Bool("ok", true).Float64("f", 1.5).
		Ints("is", []int{1, 2}).Dur("d", time.Second).Time("t", time.Unix(5, 0).UTC()).Err(errors.New(text)).AnErr("cause", fmt.Errorf("at %s: %w", text, io.EOF)).
		Errs("es", []error{errors.New(text), nil}).Object("o", account{text}).EmbedObject(account{text}).Array("a", zerolog.Arr().Str(text).Int(3).Object(account{text})).
		Dict("dict", zerolog.Dict().Str("k", text)).Interface("i", map[string]any{"k": text}).RawJSON("raw", []byte(`{"k":"`+text+`"}`)).Stringer("nil", nil).
		IPAddr("ip", net.IPv4(10, 0, 0, 1)).Fields(map[string]any{"more": text}).Str("stack", "goroutine 1\n"+text+"(...)").Caller().Msgf("says %s", text)
}

// What holds no value is written as it would be without the redactor.
func TestNothingIsLost(t *testing.T) {
	r := redact.New(redact.NewSecret(canary))
	for _, text := range []string{"innocent", canary} {
		var plain, masked bytes.Buffer
		write(zerolog.New(&plain), strings.ReplaceAll(text, canary, redact.Mask))
		write(zerolog.New(zerologhook.New(r, &masked)), text)
		require.Equal(t, plain.String(), masked.String())
		require.True(t, json.Valid(masked.Bytes()))
	}
}

func TestCommonValuesAreMaskedBehindTheirKey(t *testing.T) {
	var out bytes.Buffer
	logger := zerolog.New(zerologhook.New(redact.New(redact.NewSecret("admin")), &out))
	logger.Info().Str("password", "admin").Str("user", "admin").Msg("administrator")
	require.JSONEq(t, `{"level":"info","password":"[REDACTED]","user":"admin","message":"administrator"}`, out.String())
}

// A writer for people gets what it reads of the redacted line.
func TestTheConsoleWriterShowsNothing(t *testing.T) {
	var out bytes.Buffer
	logger := zerolog.New(zerologhook.New(redact.New(redact.NewSecret(canary), redact.NewSecret("73912846")), zerolog.ConsoleWriter{Out: &out, NoColor: true}))
	logger.Info().Int("n", 73912846).Str("s", canary).Msg("says " + canary)
	require.Contains(t, out.String(), "says [REDACTED] n=[REDACTED] s=[REDACTED]")
}

type closer struct {
	bytes.Buffer
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return errors.New("closed " + canary)
}

func TestCloseReachesTheNextWriter(t *testing.T) {
	var next closer
	err := zerologhook.New(redact.New(redact.NewSecret(canary)), &next).Close()
	require.True(t, next.closed)
	require.EqualError(t, err, "closed [REDACTED]")
	require.NoError(t, zerologhook.New(redact.New(), &bytes.Buffer{}).Close())
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
