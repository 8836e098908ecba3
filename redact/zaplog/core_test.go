package zaplog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/redact/zaplog"
)

const canary = "canary-4f9a8b2c7d"

type account struct {
	Key    string
	Number int
}

type marshaler struct{}

func (marshaler) MarshalLogObject(to zapcore.ObjectEncoder) error {
	to.AddString("inner", canary)
	return nil
}

type stringer struct{}

func (stringer) String() string { return canary }

func TestCoreMasksEntriesOfEveryKind(t *testing.T) {
	r := redact.New(redact.NewSecret(canary), redact.NewSecret("73912846"))
	var out bytes.Buffer
	encoder := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	plain := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(&out), zap.InfoLevel))
	logger := plain.WithOptions(zap.WrapCore(func(c zapcore.Core) zapcore.Core { return zaplog.NewCore(r, c) }))
	for name, f := range map[string]zapcore.Field{
		"string": zap.String("k", canary), "key": zap.String(canary, "x"), "bytes": zap.ByteString("k", []byte(canary)), "binary": zap.Binary("k", []byte(canary)),
		"error": zap.Error(errors.New("at " + canary)), "stringer": zap.Stringer("k", stringer{}), "struct": zap.Any("k", account{canary, 1}),
		"number": zap.Int("k", 73912846), "numbers": zap.Ints("k", []int{73912846}), "strings": zap.Strings("k", []string{canary}),
		"object": zap.Object("k", marshaler{}), "inline": zap.Inline(marshaler{}), "map": zap.Any("k", map[string]any{canary: 73912846}),
		"nested": zap.Dict("k", zap.String("k", canary)), "duration": zap.Duration("k", 73912846), "escaped": zap.String("k", strings.ToUpper("x")+"Y2FuYXJ5LTRmOWE4YjJjN2Q="),
	} {
		t.Run(name, func(t *testing.T) {
			out.Reset()
			logger.With(zap.String("with", canary)).Named(canary).Info("says "+canary, f)
			require.NotContains(t, out.String(), canary)
			require.NotContains(t, out.String(), "73912846")
			require.NotContains(t, out.String(), "Y2FuYXJ5LTRmOWE4YjJjN2Q")
			var line map[string]any
			require.NoError(t, json.Unmarshal(out.Bytes(), &line), out.String())
			require.Equal(t, "says [REDACTED]", line["msg"])
			require.Equal(t, "[REDACTED]", line["with"])
		})
	}
	out.Reset()
	logger.Info("plain", zap.Int("n", 3), zap.Bool("b", true), zap.Time("t", time.Unix(1, 0)), zap.Any("s", account{"x", 2}))
	require.Contains(t, out.String(), `"msg":"plain","n":3,"b":true,"t":1,"s":{"Key":"x","Number":2}`)
	out.Reset()
	logger.Debug("not enabled")
	require.Empty(t, out.String())
}

func requireJSON(t *testing.T, line []byte) {
	t.Helper()
	var fields map[string]any
	require.NoError(t, json.Unmarshal(line, &fields), string(line))
}
