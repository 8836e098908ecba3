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
	source string
	// code is that of all of details.
	code    api.Code
	details []api.Detail
	cause   error
	// lines is the text of the source where each mistake is to be shown in its line;
	// "" else.
	lines string
}

// pointed is inSource that shows the line of each mistake, with a caret below the
// place.
func pointed(name, lines string, err error) error {
	err = inSource(name, err)
	var wrong *sourceError
	if errors.As(err, &wrong) {
		wrong.lines = lines
	}
	return err
}

// longLine is how many code points of a line are shown at most, on both sides of a
// mistake together.
const longLine = 100

// caret returns the line of a place with a caret below it, or "" where there is none.
func (e *sourceError) caret(line, column int) string {
	all := strings.Split(e.lines, "\n")
	if e.lines == "" || line < 1 || line > len(all) || column < 1 {
		return ""
	}
	runes := []rune(strings.TrimSuffix(all[line-1], "\r"))
	column = min(column, len(runes)+1)
	from := max(0, column-1-longLine/2)
	shown := runes[from:min(len(runes), from+longLine)]
	for i, r := range shown {
		// What is not one cell wide in every terminal would move the caret.
		if r < ' ' || r == 0x7f {
			shown[i] = ' '
		}
	}
	return "  " + terminalSafe(string(shown)) + "\n  " + strings.Repeat(" ", column-1-from) + "^\n"
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
		b.WriteString(e.caret(d.Line, d.Column))
	}
	if len(e.details) == 0 {
		b.WriteString(terminalSafe(e.source) + ": " + label + " " + terminalSafe(string(e.code)) + "\n")
	}
	return b.String()
}
