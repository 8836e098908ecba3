package zaplog

import (
	"errors"
	"fmt"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/sotto-render/sotto/redact"
)

// field returns f redacted.
func field(r *redact.Redactor, f zapcore.Field) zapcore.Field {
	switch f.Type {
	case zapcore.SkipType, zapcore.NamespaceType:
		f.Key = r.String(f.Key)
		return f
	case zapcore.StringType:
		return zap.String(r.String(f.Key), r.Behind(f.Key, f.String))
	}
	return zap.Inline(inline{r, func() zapcore.Field { return f }})
}

// inline is a field that says what it is made of to an encoder behind the redactor: the
// next core gets what the field itself would give it. The field is behind a function so
// that printing shows none.
type inline struct {
	redactor *redact.Redactor
	field    func() zapcore.Field
}

// MarshalLogObject implements [zapcore.ObjectMarshaler].
func (i inline) MarshalLogObject(to zapcore.ObjectEncoder) (err error) {
	f := i.field()
	defer func() {
		if recover() != nil {
			to.AddString(i.redactor.String(f.Key), redact.Mask)
		}
	}()
	f.AddTo(objectEncoder{i.redactor, to})
	return nil
}

// object and array are what others marshal, behind the redactor.
type (
	object struct {
		redactor *redact.Redactor
		inner    func() zapcore.ObjectMarshaler
	}
	array struct {
		redactor *redact.Redactor
		key      string
		inner    func() zapcore.ArrayMarshaler
	}
)

// errPanic stands for whatever a marshaler panicked with, which may be a value.
var errPanic = errors.New("panicked while it was logged")

// MarshalLogObject implements [zapcore.ObjectMarshaler].
func (o object) MarshalLogObject(to zapcore.ObjectEncoder) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return o.redactor.Error(o.inner().MarshalLogObject(objectEncoder{o.redactor, to}))
}

// MarshalLogArray implements [zapcore.ArrayMarshaler].
func (a array) MarshalLogArray(to zapcore.ArrayEncoder) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return a.redactor.Error(a.inner().MarshalLogArray(arrayEncoder{a.redactor, a.key, to}))
}

// scalar calls add with a value of the key, or instead with a mask where what encoders
// print for it is to be masked.
func scalar[T any](r *redact.Redactor, key string, value T, add func(T), mask func(string)) {
	if text := fmt.Sprint(value); r.Behind(key, text) != text {
		mask(redact.Mask)
	} else {
		add(value)
	}
}
