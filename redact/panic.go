package redact

import (
	"fmt"
	"io"
	"runtime/debug"
	"strconv"
)

// Sprint returns the redacted text that %+v of fmt prints for v, such as what
// recover returned. What v's own methods panic with is redacted too.
func (r *Redactor) Sprint(v any) string {
	return (&opaque{redactor: r, inner: func() any { return v }}).String()
}

// Stack returns the redacted stack of the calling goroutine, to be called while
// it recovers from a panic.
func (r *Redactor) Stack() string { return r.String(string(debug.Stack())) }

// Recovered returns an error for what recover returned, or nil for nil. Its
// text is redacted and short; %+v adds the redacted stack of the panic.
func (r *Redactor) Recovered(v any) error {
	if v == nil {
		return nil
	}
	return &panicError{text: "panic: " + r.Sprint(v), stack: r.Stack()}
}

type panicError struct{ text, stack string }

// Error returns the text of the panic without its stack.
func (e *panicError) Error() string { return e.text }

// Format prints the stack also for %+v.
func (e *panicError) Format(f fmt.State, verb rune) {
	text := e.text
	if verb == 'v' && f.Flag('+') {
		text += "\n\n" + e.stack
	} else if verb == 'q' {
		text = strconv.Quote(text)
	}
	_, _ = io.WriteString(f, text)
}
