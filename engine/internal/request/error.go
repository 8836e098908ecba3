package request

import "github.com/sotto-render/sotto/macros"

// Codes of what is wrong with a request, as in the HTTP API.
const (
	InvalidRequest      = "invalid_request"
	SecretMissing       = "secret_missing"
	SecretArchived      = "secret_archived"
	SecretNotDeclared   = "secret_not_declared"
	FieldRequired       = "field_required"
	FieldMissing        = "field_missing"
	ResolverUnavailable = "resolver_unavailable"
)

// Problem is one thing that is wrong with a request. It is made of names and
// positions, never of values.
type Problem struct {
	Code    string
	Message string
	// Source is where it is wrong, at Pos; nil where the request itself is.
	Source *Source
	Pos    macros.Pos
	// Alias is the canonical alias and Field the path behind it, where the
	// problem is about a secret.
	Alias, Field string
}

// Error is why a request goes no further: all problems of the first check that
// failed.
type Error struct {
	Problems []Problem
	// Cause is the error of the Resolver. Its text comes from elsewhere and must
	// not be shown.
	Cause error
}

// failure returns problems as one error, or nil where there are none.
func failure(problems []Problem) *Error {
	if len(problems) == 0 {
		return nil
	}
	return &Error{Problems: problems}
}

// invalid returns an error about the request itself.
func invalid(message string) *Error {
	return &Error{Problems: []Problem{{Code: InvalidRequest, Message: message}}}
}
