package zaplog_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/redact/zaplog"
)

// rich is an error with causes and a longer text.
type rich struct{ text string }

func (e rich) Error() string                 { return e.text }
func (e rich) Errors() []error               { return []error{errors.New("cause " + e.text)} }
func (e rich) Format(f fmt.State, verb rune) { _, _ = fmt.Fprint(f, e.text, " and its stack") }

type verbose struct{ text string }

func (e verbose) Error() string { return e.text }
func (e verbose) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprint(f, e.text, "\nframe of ", e.text)
}

// failing marshals a part and then fails with the value, or panics.
type failing struct{ panics bool }

func (m failing) MarshalLogObject(to zapcore.ObjectEncoder) error {
	to.AddString("begun", "x")
	if m.panics {
		panic("at " + canary)
	}
	return errors.New("at " + canary)
}

type deep struct{ text string }

func (d deep) MarshalLogObject(to zapcore.ObjectEncoder) error {
	to.AddString("b", d.text)
	to.AddInt("a", 1)
	if err := to.AddArray("list", zapcore.ArrayMarshalerFunc(func(to zapcore.ArrayEncoder) error {
		to.AppendString(d.text)
		to.AppendFloat64(1.5)
		to.AppendTime(time.Unix(9, 0).UTC())
		to.AppendDuration(time.Second)
		return errors.Join(to.AppendObject(inner(d)), to.AppendReflected(map[string]string{"r": d.text}))
	})); err != nil {
		return err
	}
	to.OpenNamespace("ns")
	to.AddByteString("c", []byte(d.text))
	return nil
}

type inner deep

func (d inner) MarshalLogObject(to zapcore.ObjectEncoder) error {
	to.AddComplex128("z", complex(1, 2))
	to.AddString("y", d.text)
	return to.AddReflected("x", account{d.text, 4})
}

func allFields(text string) []zapcore.Field {
	var nobody *account
	return []zapcore.Field{
		zap.String("s", text), zap.Stringp("sp", &text), zap.ByteString("bs", []byte(text)), zap.Bool("b", true), zap.Int8("i8", 1), zap.Uint64("u64", 9),
		zap.Float64("f", 1.25), zap.Float32("f32", 0.5), zap.Complex128("c", 1i), zap.Uintptr("p", 7), zap.Duration("d", time.Minute),
		zap.Time("t", time.Unix(5, 0).UTC()), zap.Time("far", time.Date(9999, 1, 2, 3, 4, 5, 0, time.UTC)), zap.Error(rich{text}), zap.NamedError("v", verbose{text}),
		zap.Errors("es", []error{rich{text}, errors.New(text)}), zap.Strings("ss", []string{text, "x"}), zap.Bools("bb", []bool{true}), zap.Durations("dd", []time.Duration{1}),
		zap.Object("o", deep{text}), zap.Objects("os", []deep{{text}, {"x"}}), zap.Inline(deep{text}), zap.Dict("dict", zap.String("k", text), zap.Int("n", 2)),
		zap.Reflect("r", map[string]any{"k": text, "h": "<&>"}), zap.Any("nil", nil), zap.Any("np", nobody), zap.Stack("stack"), zap.Skip(), zap.Namespace("rest"),
		zap.Int("last", 3),
	}
}

// pair returns two loggers to the same writer: without a redactor, and with one.
func pair(out *bytes.Buffer, r *redact.Redactor, wrap func(zapcore.Core) zapcore.Core) (plain, masked *zap.Logger) {
	config := zap.NewProductionEncoderConfig()
	config.TimeKey = ""
	core := wrap(zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.AddSync(out), zap.DebugLevel))
	return zap.New(core, zap.AddStacktrace(zap.ErrorLevel)), zap.New(zaplog.NewCore(r, core), zap.AddStacktrace(zap.ErrorLevel))
}

func same(c zapcore.Core) zapcore.Core { return c }

// What holds no value is written as it would be without the redactor: all fields, in their
// order and of their types.
func TestNothingIsLost(t *testing.T) {
	var out bytes.Buffer
	plain, masked := pair(&out, redact.New(redact.NewSecret(canary)), same)
	write := func(l *zap.Logger, text string) string {
		out.Reset()
		l.Named("name").With(zap.String("with", text), zap.Namespace("w")).Warn("message "+text, allFields(text)...)
		return out.String()
	}
	fields := func(line string) string { // the stack is that of another line
		at, end := bytes.Index([]byte(line), []byte(`"stack":`)), bytes.Index([]byte(line), []byte(`,"rest":`))
		require.Positive(t, at, line)
		return line[:at] + line[end:]
	}
	require.Equal(t, fields(write(plain, "innocent")), fields(write(masked, "innocent")))
	want := fields(write(plain, "[REDACTED]"))
	require.Equal(t, want, fields(write(masked, canary)))
}

func TestWhatFailsToMarshalShowsNothing(t *testing.T) {
	var out bytes.Buffer
	_, masked := pair(&out, redact.New(redact.NewSecret(canary)), same)
	for name, f := range map[string]zapcore.Field{
		"an error": zap.Object("k", failing{}), "a panic": zap.Object("k", failing{panics: true}), "inline": zap.Inline(failing{}),
		"inline, a panic": zap.Inline(failing{panics: true}), "a function": zap.Reflect("k", func() {}),
	} {
		t.Run(name, func(t *testing.T) {
			out.Reset()
			masked.Info("m", f, zap.Int("n", 1))
			require.NotContains(t, out.String(), canary)
			require.Contains(t, out.String(), `"n":1}`)
			requireJSON(t, out.Bytes())
		})
	}
}

func TestCommonValuesAreMaskedBehindTheirKey(t *testing.T) {
	var out bytes.Buffer
	_, masked := pair(&out, redact.New(redact.NewSecret("admin"), redact.NewSecret("4829")), same)
	masked.Info("m", zap.String("password", "admin"), zap.String("user", "admin"), zap.Int("pin", 4829), zap.Int("rows", 4829),
		zap.Strings("tokens", []string{"admin"}), zap.Reflect("o", map[string]string{"secret": "admin", "role": "admin"}))
	require.JSONEq(t, `{"level":"info","msg":"m","password":"[REDACTED]","user":"admin","pin":"[REDACTED]","rows":4829,"tokens":["[REDACTED]"],
		"o":{"secret":"[REDACTED]","role":"admin"}}`, out.String())
}

// The next core says which entries are written, and where.
func TestTeesAndSamplersAreAsked(t *testing.T) {
	r := redact.New(redact.NewSecret(canary))
	var out, alarms bytes.Buffer
	_, masked := pair(&out, r, func(c zapcore.Core) zapcore.Core {
		return zapcore.NewTee(c, zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&alarms), zap.ErrorLevel))
	})
	masked.Info("info of " + canary)
	require.Empty(t, alarms.String())
	masked.Error("error of " + canary)
	require.Contains(t, alarms.String(), "error of [REDACTED]")
	require.Equal(t, 2, bytes.Count(out.Bytes(), []byte("\n")))

	out.Reset()
	_, masked = pair(&out, r, func(c zapcore.Core) zapcore.Core { return zapcore.NewSamplerWithOptions(c, time.Hour, 2, 0) })
	for range 10 {
		masked.Info("again " + canary)
	}
	require.Equal(t, 2, bytes.Count(out.Bytes(), []byte("\n")))
	require.NotContains(t, out.String(), canary)
}

type broken struct{ zapcore.WriteSyncer }

func (broken) Write([]byte) (int, error) { return 0, errors.New("no room for " + canary) }

func TestTheErrorOfASinkIsTold(t *testing.T) {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), broken{zapcore.AddSync(&bytes.Buffer{})}, zap.DebugLevel)
	var told bytes.Buffer
	zap.New(zaplog.NewCore(redact.New(redact.NewSecret(canary)), core), zap.ErrorOutput(zapcore.AddSync(&told))).Info("m")
	require.Contains(t, told.String(), "no room for [REDACTED]")
	require.NotContains(t, told.String(), canary)
}
