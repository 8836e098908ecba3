package redact

import (
	"errors"
	"fmt"
	"io"
)

// Error returns an error with the text of err, redacted. errors.Is and
// errors.As see the whole chain of err, but unwrapping gives nothing: no
// printer reaches the text of what is inside. The text is redacted when it is
// asked for, so values that become known later are masked too. Error(nil) is
// nil.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	return &cleanError{redactor: r, inner: func() error { return err }}
}

// cleanError keeps the error it stands for behind a closure; see [Sensitive].
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
		fmt.Fprintf(f, "%q", e.Error())
		return
	}
	_, _ = io.WriteString(f, e.Error())
}

// MarshalText returns the redacted text.
func (e *cleanError) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// Is reports whether target is in the chain.
func (e *cleanError) Is(target error) bool { return errors.Is(e.inner(), target) }

// As finds target in the chain.
func (e *cleanError) As(target any) bool { return errors.As(e.inner(), target) }
