package main

import (
	"errors"
	"strings"

	"github.com/sotto-render/sotto/api"
	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/answer"
	"github.com/sotto-render/sotto/macros"
)

// sourceError is what is wrong with a source, with line and column.
type sourceError struct {
	// source is the file's name, or "template" or "expression" for a text that
	// was an argument.
	source  string
	code    api.Code
	details []api.Detail
	cause   error
}

// inSource makes what err tells of a source that of the source called name; an
// error about something else stays as it is.
func inSource(name string, err error) error {
	var (
		e     *engine.Error
		p     *api.Problem
		known *sourceError
	)
	switch {
	case errors.As(err, &known):
		known.source = name
	case errors.As(err, &e):
		return &sourceError{source: name, code: api.Code(e.Code), details: answer.Details(e), cause: err}
	case errors.As(err, &p) && len(p.Errors) > 0:
		return refusedSource(name, p)
	}
	return err
}

// refusedSource is what a server told about a source.
func refusedSource(name string, p *api.Problem) *sourceError {
	return &sourceError{source: name, code: p.Code, details: p.Errors, cause: p}
}

func (e *sourceError) Error() string { return strings.TrimSuffix(e.text("error:"), "\n") }

func (e *sourceError) Unwrap() error { return e.cause }

// text returns a line "source:line:column: label message [code]" for each
// mistake, as compilers write them.
func (e *sourceError) text(label string) string {
	var b strings.Builder
	for _, d := range e.details {
		b.WriteString(terminalSafe(e.source))
		b.WriteByte(':')
		if d.Line > 0 {
			b.WriteString(macros.Place{Line: d.Line, Column: d.Column}.String() + ":")
		}
		b.WriteByte(' ')
		b.WriteString(label)
		b.WriteByte(' ')
		if d.Part != "" {
			b.WriteString(terminalSafe(d.Part) + ": ")
		}
		b.WriteString(terminalSafe(d.Message) + " [" + terminalSafe(string(d.Code)) + "]\n")
	}
	if len(e.details) == 0 {
		b.WriteString(terminalSafe(e.source) + ": " + label + " " + terminalSafe(string(e.code)) + "\n")
	}
	return b.String()
}
