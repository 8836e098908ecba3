package surfacetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// awkward is a canary that every encoder spells in its own way.
const awkward = "cän/ary+4f9a <&>\"' 8b2c7d=%2F"

// requireClean fails if a recognisable part of awkward is in out.
func requireClean(t *testing.T, out string) {
	t.Helper()
	for _, part := range []string{"4f9a", "8b2c7d"} {
		require.NotContains(t, out, part)
	}
	require.Contains(t, out, redact.Mask)
}

// writers are the two ways to put a redactor under a logger.
func writers(out *bytes.Buffer) map[string]io.Writer {
	r := redact.New(redact.NewSecret(awkward))
	return map[string]io.Writer{"LineWriter": r.LineWriter(out), "Writer": r.Writer(out)}
}

func TestZap(t *testing.T) {
	var out bytes.Buffer
	for name, w := range writers(&out) {
		for kind, encoder := range map[string]zapcore.Encoder{
			"json":    zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()),
			"console": zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig()),
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				out.Reset()
				log := zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), zap.DebugLevel), zap.AddStacktrace(zap.ErrorLevel))
				log.With(zap.String("with", awkward)).Named(awkward).Error("message "+awkward, zap.String(awkward, awkward),
					zap.Error(errors.New(awkward)), zap.Any("any", map[string]any{awkward: []string{awkward}}),
					zap.ByteString("bytes", []byte(awkward)), zap.Binary("binary", []byte(awkward)),
					zap.Namespace(awkward), zap.Stringer("stringer", bytes.NewBufferString(awkward)))
				log.Sugar().Infow("sugar "+awkward, "k", fmt.Errorf("wrapped: %w", errors.New(awkward)))
				requireClean(t, out.String())
			})
		}
	}
}

func TestZerolog(t *testing.T) {
	var out bytes.Buffer
	for name, w := range writers(&out) {
		for kind, sink := range map[string]io.Writer{"json": w, "console": zerolog.ConsoleWriter{Out: w, NoColor: true}} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				out.Reset()
				log := zerolog.New(sink).With().Str("with", awkward).Logger()
				log.Error().Err(errors.New(awkward)).Str(awkward, awkward).Bytes("bytes", []byte(awkward)).
					Interface("any", map[string]any{awkward: []string{awkward}}).Hex("hex", []byte(awkward)).
					Dict("dict", zerolog.Dict().Str(awkward, awkward)).Msg("message " + awkward)
				requireClean(t, out.String())
			})
		}
	}
}
