package main

import (
	"errors"
	"strings"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// mistakes are what is wrong with a source, with line and column.
type mistakes struct {
	// source is the file's name, or "template" or "expression" for a text that
	// was an argument.
	source  string
	code    string
	details []engine.Detail
	cause   error
	// trace is that of an evaluation that a server refused to finish.
	trace trace
}

// inSource makes the mistakes of err, if it is about a source, those of the
// source called name; any other error stays as it is.
func inSource(name string, err error) error {
	var e *engine.Error
	if errors.As(err, &e) {
		return &mistakes{source: name, code: string(e.Code), details: e.Details, cause: err}
	}
	var m *mistakes
	if errors.As(err, &m) {
		m.source = name
	}
	return err
}

func (m *mistakes) Error() string { return strings.TrimSuffix(m.text("error:"), "\n") }

func (m *mistakes) Unwrap() error { return m.cause }

// text returns a line "source:line:column: label message [code]" for each
// mistake, as compilers write them.
func (m *mistakes) text(label string) string {
	var b strings.Builder
	for _, d := range m.details {
		b.WriteString(printable(m.source))
		b.WriteByte(':')
		if d.Line > 0 {
			b.WriteString(macros.Place{Line: d.Line, Column: d.Column}.String() + ":")
		}
		b.WriteByte(' ')
		b.WriteString(label)
		b.WriteByte(' ')
		if d.Part != "" {
			b.WriteString(printable(d.Part) + ": ")
		}
		b.WriteString(printable(d.Message) + " [" + printable(string(d.Code)) + "]\n")
	}
	if len(m.details) == 0 {
		b.WriteString(printable(m.source) + ": " + label + " " + printable(m.code) + "\n")
	}
	return b.String()
}
