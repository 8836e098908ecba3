package zaplog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// field returns f redacted. What panics or cannot be read becomes a mask.
func field(r *redact.Redactor, f zapcore.Field) (clean zapcore.Field) {
	key := r.String(f.Key)
	defer func() {
		if recover() != nil {
			clean = zap.String(key, redact.Mask)
		}
	}()
	switch f.Type {
	case zapcore.SkipType, zapcore.BoolType, zapcore.NamespaceType:
		f.Key = key
		return f
	case zapcore.StringType:
		return zap.String(key, r.String(f.String))
	case zapcore.ByteStringType:
		return zap.ByteString(key, r.Append(nil, f.Interface.([]byte)))
	case zapcore.BinaryType:
		return zap.Binary(key, r.Append(nil, f.Interface.([]byte)))
	case zapcore.ErrorType:
		return zap.NamedError(key, r.Error(f.Interface.(error)))
	case zapcore.DurationType:
		// Encoders write it as a number of one unit or another, or as a text.
		if text := fmt.Sprint(f.Integer, " ", time.Duration(f.Integer)); r.String(text) != text {
			return zap.String(key, redact.Mask)
		}
	case zapcore.StringerType:
		return zap.String(key, r.String(f.Interface.(fmt.Stringer).String()))
	}
	// All others say what they are made of to an encoder.
	said := zapcore.NewMapObjectEncoder()
	f.AddTo(said)
	if f.Type == zapcore.InlineMarshalerType {
		return zap.Inline(object{r, said.Fields})
	}
	for _, value := range said.Fields { // the one
		switch value.(type) {
		case map[string]any, []any:
			return zap.Reflect(key, cleaned(r, value))
		}
		if f.Type == zapcore.ReflectType {
			return zap.Reflect(key, cleaned(r, value))
		}
		if text := fmt.Sprint(value); r.String(text) != text {
			return zap.String(key, redact.Mask)
		}
	}
	f.Key = key
	return f
}

// object is a map as the fields of an entry.
type object struct {
	redactor *redact.Redactor
	fields   map[string]any
}

// MarshalLogObject implements [zapcore.ObjectMarshaler].
func (o object) MarshalLogObject(to zapcore.ObjectEncoder) error {
	for key, value := range o.fields {
		if err := to.AddReflected(o.redactor.String(key), cleaned(o.redactor, value)); err != nil {
			return err
		}
	}
	return nil
}

// cleaned returns what value is as JSON, redacted and valid.
func cleaned(r *redact.Redactor, value any) json.RawMessage {
	const before, behind = `{"v":`, "}\n"
	masked := json.RawMessage(`"` + redact.Mask + `"`)
	text, err := json.Marshal(value)
	if err != nil {
		return masked
	}
	var line bytes.Buffer
	if _, err := r.LineWriter(&line).Write([]byte(before + string(text) + behind)); err != nil {
		return masked
	}
	var clean struct {
		V json.RawMessage `json:"v"`
	}
	if json.Unmarshal(line.Bytes(), &clean) != nil || clean.V == nil {
		return masked
	}
	return clean.V
}
