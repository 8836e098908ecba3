package zaplog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// objectEncoder redacts what it hands to an encoder of fields.
type objectEncoder struct {
	redactor *redact.Redactor
	to       zapcore.ObjectEncoder
}

func (e objectEncoder) key(key string) string { return e.redactor.String(key) }

func (e objectEncoder) mask(key string) func(string) {
	return func(mask string) { e.to.AddString(e.key(key), mask) }
}

// addScalar is [scalar] for a field.
func addScalar[T any](e objectEncoder, key string, value T, add func(string, T)) {
	scalar(e.redactor, key, value, func(value T) { add(e.key(key), value) }, e.mask(key))
}

func (e objectEncoder) AddString(key, value string) {
	e.to.AddString(e.key(key), e.redactor.Behind(key, value))
}

func (e objectEncoder) AddByteString(key string, value []byte) {
	e.to.AddByteString(e.key(key), []byte(e.redactor.Behind(key, string(value))))
}

func (e objectEncoder) AddBinary(key string, value []byte) {
	e.to.AddBinary(e.key(key), []byte(e.redactor.Behind(key, string(value))))
}

func (e objectEncoder) AddArray(key string, value zapcore.ArrayMarshaler) error {
	return e.to.AddArray(e.key(key), array{e.redactor, key, func() zapcore.ArrayMarshaler { return value }})
}

func (e objectEncoder) AddObject(key string, value zapcore.ObjectMarshaler) error {
	return e.to.AddObject(e.key(key), object{e.redactor, func() zapcore.ObjectMarshaler { return value }})
}

func (e objectEncoder) AddReflected(key string, value any) error {
	clean, err := reflected(e.redactor, key, value)
	if err != nil {
		return err
	}
	return e.to.AddReflected(e.key(key), clean)
}

func (e objectEncoder) OpenNamespace(key string) { e.to.OpenNamespace(e.key(key)) }

func (e objectEncoder) AddDuration(key string, value time.Duration) {
	addScalar(e, key, durationText{value}, func(key string, value durationText) { e.to.AddDuration(key, value.Duration) })
}

func (e objectEncoder) AddTime(key string, value time.Time) {
	addScalar(e, key, timeText{value}, func(key string, value timeText) { e.to.AddTime(key, value.Time) })
}

func (e objectEncoder) AddComplex128(key string, value complex128) {
	addScalar(e, key, value, e.to.AddComplex128)
}

func (e objectEncoder) AddComplex64(key string, value complex64) {
	addScalar(e, key, value, e.to.AddComplex64)
}

func (e objectEncoder) AddFloat64(key string, value float64) {
	addScalar(e, key, value, e.to.AddFloat64)
}

func (e objectEncoder) AddFloat32(key string, value float32) {
	addScalar(e, key, value, e.to.AddFloat32)
}

func (e objectEncoder) AddInt(key string, value int) { addScalar(e, key, value, e.to.AddInt) }

func (e objectEncoder) AddInt64(key string, value int64) { addScalar(e, key, value, e.to.AddInt64) }

func (e objectEncoder) AddInt32(key string, value int32) { addScalar(e, key, value, e.to.AddInt32) }

func (e objectEncoder) AddInt16(key string, value int16) { addScalar(e, key, value, e.to.AddInt16) }

func (e objectEncoder) AddInt8(key string, value int8) { addScalar(e, key, value, e.to.AddInt8) }

func (e objectEncoder) AddUint(key string, value uint) { addScalar(e, key, value, e.to.AddUint) }

func (e objectEncoder) AddUint64(key string, value uint64) { addScalar(e, key, value, e.to.AddUint64) }

func (e objectEncoder) AddUint32(key string, value uint32) { addScalar(e, key, value, e.to.AddUint32) }

func (e objectEncoder) AddUint16(key string, value uint16) { addScalar(e, key, value, e.to.AddUint16) }

func (e objectEncoder) AddUint8(key string, value uint8) { addScalar(e, key, value, e.to.AddUint8) }

func (e objectEncoder) AddUintptr(key string, value uintptr) {
	addScalar(e, key, value, e.to.AddUintptr)
}

func (e objectEncoder) AddBool(key string, value bool) { addScalar(e, key, value, e.to.AddBool) }

// arrayEncoder redacts what it hands to an encoder of what stands under one key.
type arrayEncoder struct {
	redactor *redact.Redactor
	key      string
	to       zapcore.ArrayEncoder
}

func appendScalar[T any](e arrayEncoder, value T, add func(T)) {
	scalar(e.redactor, e.key, value, add, e.to.AppendString)
}

func (e arrayEncoder) AppendString(value string) {
	e.to.AppendString(e.redactor.Behind(e.key, value))
}

func (e arrayEncoder) AppendByteString(value []byte) {
	e.to.AppendByteString([]byte(e.redactor.Behind(e.key, string(value))))
}

func (e arrayEncoder) AppendArray(value zapcore.ArrayMarshaler) error {
	return e.to.AppendArray(array{e.redactor, e.key, func() zapcore.ArrayMarshaler { return value }})
}

func (e arrayEncoder) AppendObject(value zapcore.ObjectMarshaler) error {
	return e.to.AppendObject(object{e.redactor, func() zapcore.ObjectMarshaler { return value }})
}

func (e arrayEncoder) AppendReflected(value any) error {
	clean, err := reflected(e.redactor, e.key, value)
	if err != nil {
		return err
	}
	return e.to.AppendReflected(clean)
}

func (e arrayEncoder) AppendDuration(value time.Duration) {
	appendScalar(e, durationText{value}, func(value durationText) { e.to.AppendDuration(value.Duration) })
}

func (e arrayEncoder) AppendTime(value time.Time) {
	appendScalar(e, timeText{value}, func(value timeText) { e.to.AppendTime(value.Time) })
}

func (e arrayEncoder) AppendComplex128(value complex128) {
	appendScalar(e, value, e.to.AppendComplex128)
}

func (e arrayEncoder) AppendComplex64(value complex64) { appendScalar(e, value, e.to.AppendComplex64) }

func (e arrayEncoder) AppendFloat64(value float64) { appendScalar(e, value, e.to.AppendFloat64) }

func (e arrayEncoder) AppendFloat32(value float32) { appendScalar(e, value, e.to.AppendFloat32) }

func (e arrayEncoder) AppendInt(value int) { appendScalar(e, value, e.to.AppendInt) }

func (e arrayEncoder) AppendInt64(value int64) { appendScalar(e, value, e.to.AppendInt64) }

func (e arrayEncoder) AppendInt32(value int32) { appendScalar(e, value, e.to.AppendInt32) }

func (e arrayEncoder) AppendInt16(value int16) { appendScalar(e, value, e.to.AppendInt16) }

func (e arrayEncoder) AppendInt8(value int8) { appendScalar(e, value, e.to.AppendInt8) }

func (e arrayEncoder) AppendUint(value uint) { appendScalar(e, value, e.to.AppendUint) }

func (e arrayEncoder) AppendUint64(value uint64) { appendScalar(e, value, e.to.AppendUint64) }

func (e arrayEncoder) AppendUint32(value uint32) { appendScalar(e, value, e.to.AppendUint32) }

func (e arrayEncoder) AppendUint16(value uint16) { appendScalar(e, value, e.to.AppendUint16) }

func (e arrayEncoder) AppendUint8(value uint8) { appendScalar(e, value, e.to.AppendUint8) }

func (e arrayEncoder) AppendUintptr(value uintptr) { appendScalar(e, value, e.to.AppendUintptr) }

func (e arrayEncoder) AppendBool(value bool) { appendScalar(e, value, e.to.AppendBool) }

// durationText and timeText print all that encoders make of a duration and of a time.
type (
	durationText struct{ time.Duration }
	timeText     struct{ time.Time }
)

func (d durationText) String() string {
	return fmt.Sprint(d.Nanoseconds(), " ", d.Milliseconds(), " ", d.Seconds(), " ", d.Duration.String())
}

func (t timeText) String() string {
	return fmt.Sprint(t.UnixNano(), " ", t.UnixMilli(), " ", t.Unix(), " ", t.Format(time.RFC3339Nano))
}

// reflected returns what value is as JSON, redacted and valid, or its error.
func reflected(r *redact.Redactor, key string, value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false) // as zap does
	if err := encoder.Encode(value); err != nil {
		return nil, r.Error(err)
	}
	text := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	name, err := json.Marshal(key)
	if err != nil {
		return nil, r.Error(err)
	}
	// As it stands in a line: what it is depends on its key.
	line := bytes.Join([][]byte{[]byte("{"), name, []byte(":"), text, []byte("}\n")}, nil)
	var shown bytes.Buffer
	if _, err := r.LineWriter(&shown).Write(line); err != nil {
		return nil, r.Error(err)
	}
	if bytes.Equal(shown.Bytes(), line) {
		return json.RawMessage(text), nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(shown.Bytes(), &fields) != nil || len(fields) != 1 {
		return redact.Mask, nil
	}
	for _, clean := range fields { // the one
		return clean, nil
	}
	return redact.Mask, nil
}
