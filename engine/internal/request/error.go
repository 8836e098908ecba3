package request

import (
	"slices"

	"github.com/sotto-render/sotto/macros"
)

// Codes of what can be wrong, as in the HTTP API.
const (
	InvalidRequest      = "invalid_request"
	TemplateSyntax      = macros.CodeTemplateSyntax
	ExpressionSyntax    = "expression_syntax"
	UnknownFilter       = macros.CodeUnknownFilter
	SecretMissing       = "secret_missing"
	SecretArchived      = "secret_archived"
	SecretNotDeclared   = "secret_not_declared"
	FieldRequired       = "field_required"
	FieldMissing        = "field_missing"
	VariableMissing     = "variable_missing"
	ValueRejected       = "value_rejected"
	ExpressionFailed    = "expression_failed"
	LimitExceeded       = "limit_exceeded"
	ResolverUnavailable = "resolver_unavailable"
	Internal            = "internal"
)

// Problem is one thing that is wrong with a request or a source. It is made of
// names and positions, never of values.
type Problem struct {
	Code    string
	Message string
	// Place is where it is wrong, in the source that Part and Partial name; zero
	// where no source is.
	Place macros.Place
	Part  string
	// Partial is ChosenPartial where its name is data.
	Partial string
	// Alias is the canonical alias and Field the path behind it, where the
	// problem is about a secret.
	Alias, Field string
}

// ChosenPartial stands for the name of a partial that is data, which no error
// may hold.
const ChosenPartial = "\x00"

// Error is why a request goes no further: all problems of the first check that
// failed. There is at least one.
type Error struct {
	Problems []Problem
	// Cause is an error from elsewhere, such as the Resolver's. Its text must not
	// be shown.
	Cause error
}

// NewError returns an error of one problem without a place.
func NewError(code, message string) *Error {
	return &Error{Problems: []Problem{{Code: code, Message: message}}}
}

// Failure returns problems as one error, or nil where there are none.
func Failure(problems []Problem) *Error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Problems: problems}
}

// FirstKind returns those of problems that are of the first one's kind as one
// error, each once, or nil where there are none.
func FirstKind(problems []Problem) *Error {
	if len(problems) == 0 {
		return nil
	}
	// A partial that is compiled for several places has its problems in each.
	told := make(map[Problem]bool, len(problems))
	return Failure(slices.DeleteFunc(problems, func(p Problem) bool {
		again := told[p]
		told[p] = true
		return again || p.Code != problems[0].Code
	}))
}

// Code returns the code of all that is wrong.
func (e *Error) Code() string { return e.Problems[0].Code }
