package api

import "net/http"

// Code says what kind of refusal a [Problem] or a [Detail] is. The codes never
// change their meaning; new ones may come.
type Code string

// The codes, in the order of their HTTP status.
const (
	InvalidRequest       Code = "invalid_request"
	TemplateSyntax       Code = "template_syntax"
	ExpressionSyntax     Code = "expression_syntax"
	UnknownFilter        Code = "unknown_filter"
	Unauthorized         Code = "unauthorized"
	Forbidden            Code = "forbidden"
	NotFound             Code = "not_found"
	AliasTaken           Code = "alias_taken"
	InUse                Code = "in_use"
	VersionConflict      Code = "version_conflict"
	TooLarge             Code = "too_large"
	UnsupportedMediaType Code = "unsupported_media_type"
	SecretMissing        Code = "secret_missing"
	SecretArchived       Code = "secret_archived"
	SecretNotDeclared    Code = "secret_not_declared"
	FieldRequired        Code = "field_required"
	FieldMissing         Code = "field_missing"
	VariableMissing      Code = "variable_missing"
	ValueRejected        Code = "value_rejected"
	ExpressionFailed     Code = "expression_failed"
	LimitExceeded        Code = "limit_exceeded"
	NoChanges            Code = "no_changes"
	LockedField          Code = "locked_field"
	IdempotencyKeyReused Code = "idempotency_key_reused"
	InvalidAlias         Code = "invalid_alias"
	InvalidValue         Code = "invalid_value"
	RateLimited          Code = "rate_limited"
	Internal             Code = "internal"
	ResolverUnavailable  Code = "resolver_unavailable"
	Overloaded           Code = "overloaded"
)

// codes is the closed set. A new code is one row here, one in docs/api.md and one
// word in openapi.yaml; a test compares the three.
var codes = []struct {
	code   Code
	status int
	title  string
}{
	{InvalidRequest, http.StatusBadRequest, "The request is not valid"},
	{TemplateSyntax, http.StatusBadRequest, "The template is not valid"},
	{ExpressionSyntax, http.StatusBadRequest, "The expression is not valid"},
	{UnknownFilter, http.StatusBadRequest, "The template uses an unknown filter"},
	{Unauthorized, http.StatusUnauthorized, "A valid token is needed"},
	{Forbidden, http.StatusForbidden, "The token may not do this"},
	{NotFound, http.StatusNotFound, "There is no such thing"},
	{AliasTaken, http.StatusConflict, "The alias is taken"},
	{InUse, http.StatusConflict, "The secret is in use"},
	{VersionConflict, http.StatusPreconditionFailed, "Somebody else was first"},
	{TooLarge, http.StatusRequestEntityTooLarge, "The request is too large"},
	{UnsupportedMediaType, http.StatusUnsupportedMediaType, "The body is of a kind that is not taken"},
	{SecretMissing, http.StatusUnprocessableEntity, "A secret does not exist"},
	{SecretArchived, http.StatusUnprocessableEntity, "A secret is archived"},
	{SecretNotDeclared, http.StatusUnprocessableEntity, "A secret is not declared"},
	{FieldRequired, http.StatusUnprocessableEntity, "A reference needs a field"},
	{FieldMissing, http.StatusUnprocessableEntity, "A secret has no such field"},
	{VariableMissing, http.StatusUnprocessableEntity, "A variable is missing"},
	{ValueRejected, http.StatusUnprocessableEntity, "A value may not stand in its place"},
	{ExpressionFailed, http.StatusUnprocessableEntity, "The expression failed"},
	{LimitExceeded, http.StatusUnprocessableEntity, "A limit is exceeded"},
	{NoChanges, http.StatusUnprocessableEntity, "Nothing would change"},
	{LockedField, http.StatusUnprocessableEntity, "A field cannot be changed"},
	{IdempotencyKeyReused, http.StatusUnprocessableEntity, "The key of the request is taken"},
	{InvalidAlias, http.StatusUnprocessableEntity, "The alias is not valid"},
	{InvalidValue, http.StatusUnprocessableEntity, "The value is not valid"},
	{RateLimited, http.StatusTooManyRequests, "Too much is asked at once"},
	{Internal, http.StatusInternalServerError, "Something went wrong inside"},
	{ResolverUnavailable, http.StatusServiceUnavailable, "The secrets cannot be looked up now"},
	{Overloaded, http.StatusServiceUnavailable, "The server has too much to do"},
}

// Codes returns all codes that a server of this version answers with, in the order
// of their status.
func Codes() []Code {
	all := make([]Code, len(codes))
	for i, row := range codes {
		all[i] = row.code
	}
	return all
}

// Status returns the HTTP status that c goes with, and 0 for a code that this
// version does not know.
func (c Code) Status() int {
	for _, row := range codes {
		if row.code == c {
			return row.status
		}
	}
	return 0
}

// Title returns what c says in words that are the same in each problem, and ""
// for a code that this version does not know.
func (c Code) Title() string {
	for _, row := range codes {
		if row.code == c {
			return row.title
		}
	}
	return ""
}

// Type returns the address of what the documentation says about c.
func (c Code) Type() string {
	return "https://github.com/sotto-render/sotto/blob/main/docs/api.md#" + string(c)
}
