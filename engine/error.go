package engine

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Code is the kind of an [Error], as in the HTTP API.
type Code string

// Codes that compiling, rendering and evaluating yield.
const (
	InvalidRequest      Code = request.InvalidRequest
	TemplateSyntax      Code = request.TemplateSyntax
	ExpressionSyntax    Code = request.ExpressionSyntax
	UnknownFilter       Code = request.UnknownFilter
	SecretMissing       Code = request.SecretMissing
	SecretArchived      Code = request.SecretArchived
	SecretNotDeclared   Code = request.SecretNotDeclared
	FieldRequired       Code = request.FieldRequired
	FieldMissing        Code = request.FieldMissing
	VariableMissing     Code = request.VariableMissing
	ValueRejected       Code = request.ValueRejected
	ExpressionFailed    Code = request.ExpressionFailed
	LimitExceeded       Code = request.LimitExceeded
	ResolverUnavailable Code = request.ResolverUnavailable
	Internal            Code = request.Internal
)

// Detail is one mistake with its place.
type Detail struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	// Alias is the canonical alias and Field the path behind it, where the
	// mistake is about a secret.
	Alias string `json:"alias,omitempty"`
	Field string `json:"field,omitempty"`
	// Part names the part or the expression of a request that has several.
	Part string `json:"part,omitempty"`
}

// Error is everything that compiling, rendering or evaluating can fail with.
// All mistakes of the first kind of check that failed are in Details.
type Error struct {
	Code    Code
	Details []Detail
	// cause is asked by errors.Is alone. It is never printed and never
	// unwrapped, because its text comes from elsewhere.
	cause error
}

// Error returns one line for each detail: "part:line:column: message".
func (e *Error) Error() string {
	if len(e.Details) == 0 {
		return string(e.Code)
	}
	lines := make([]string, len(e.Details))
	for i, d := range e.Details {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// Is reports whether what stopped the work, such as a context that ended, is
// target.
func (e *Error) Is(target error) bool {
	return e.cause != nil && errors.Is(e.cause, target)
}

// String returns "part:line:column: message", leaving out what is not known.
func (d Detail) String() string {
	place := d.Part
	if d.Line > 0 {
		if place != "" {
			place += ":"
		}
		place += macros.Place{Line: d.Line, Column: d.Column}.String()
	}
	if place == "" {
		return d.Message
	}
	return place + ": " + d.Message
}

// errorOf turns what a room of the engine found wrong into an error of the
// engine.
func errorOf(err *request.Error) *Error {
	e := &Error{Code: Code(err.Code()), Details: make([]Detail, len(err.Problems)), cause: err.Cause}
	for i, p := range err.Problems {
		e.Details[i] = Detail{
			Code: Code(p.Code), Message: inPartial(p.Partial, p.Message),
			Line: p.Place.Line, Column: p.Place.Column, Alias: p.Alias, Field: p.Field, Part: p.Part,
		}
	}
	return e
}

// failure returns problems as one error of the engine, or nil where there are
// none.
func failure(problems []request.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return errorOf(request.Failure(problems))
}

// inPartial says in which partial something is wrong, if in any.
func inPartial(name, message string) string {
	switch name {
	case "":
		return message
	case request.ChosenPartial:
		return "in the partial that rendering chose: " + message
	}
	return "in partial " + strconv.Quote(name) + ": " + message
}
