package redact

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
)

// Error returns an error with the text of err, redacted. errors.Is and
// errors.As see the whole chain of err, but unwrapping gives nothing: no
// printer reaches the text of what is inside. What errors.As finds is a
// redacted copy where there is something to mask; texts that its type does not
// export stay as they are. The text is redacted when it is
// asked for, so values that become known later are masked too. Error(nil) is
// nil.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	return &cleanError{redactor: r, inner: func() error { return err }}
}

// cleanError keeps the error it stands for behind a closure; see [payload].
type cleanError struct {
	redactor *Redactor
	inner    func() error
}

var _ fmt.Formatter = (*cleanError)(nil)

// Error returns the redacted text. An error that panics shows as a mask.
func (e *cleanError) Error() (text string) {
	defer func() {
		if recover() != nil {
			text = Mask
		}
	}()
	return e.redactor.String(e.inner().Error())
}

// Format writes the redacted text for every verb.
func (e *cleanError) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = io.WriteString(f, strconv.Quote(e.Error()))
		return
	}
	_, _ = io.WriteString(f, e.Error())
}

// MarshalText returns the redacted text.
func (e *cleanError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// Is reports whether target is in the chain.
func (e *cleanError) Is(target error) bool { return errors.Is(e.inner(), target) }

// As finds target in the chain. If the text of what it finds has something to
// mask, target is set to a copy whose exported texts and errors are redacted.
func (e *cleanError) As(target any) bool {
	if !errors.As(e.inner(), target) {
		return false
	}
	found := reflect.ValueOf(target).Elem()
	if err, ok := found.Interface().(error); ok && !e.redactor.clean(e.redactor.text(err)) {
		e.redactor.scrub(found)
	}
	return true
}

// text returns the text of err, or "" if err panics.
func (r *Redactor) text(err error) (text string) {
	defer maskPanic(func() { text = "" })
	return err.Error()
}

// scrub replaces the text or struct that found holds or points to by a redacted
// copy. What is not exported stays: it can neither be read nor set.
func (r *Redactor) scrub(found reflect.Value) {
	value := found
	if value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	pointer := value.Kind() == reflect.Pointer
	if pointer {
		value = value.Elem()
	}
	clean := reflect.New(value.Type())
	clean.Elem().Set(value)
	switch value.Kind() {
	case reflect.Struct:
		r.scrubFields(clean.Elem())
	case reflect.String:
		clean.Elem().SetString(r.String(value.String()))
	}
	if !pointer {
		clean = clean.Elem()
	}
	found.Set(clean)
}

func (r *Redactor) scrubFields(clean reflect.Value) {
	for i := range clean.NumField() {
		field := clean.Field(i)
		if !field.CanSet() {
			continue
		}
		switch v := field.Interface().(type) {
		case string:
			field.SetString(r.String(v))
		case error:
			if wrapped := reflect.ValueOf(r.Error(v)); wrapped.Type().AssignableTo(field.Type()) {
				field.Set(wrapped)
			}
		}
	}
}
