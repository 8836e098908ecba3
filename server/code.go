package server

import (
	"net/http"

	"github.com/sotto-render/sotto/engine"
)

// Codes that the server adds to those of the engine.
const (
	codeUnauthorized engine.Code = "unauthorized"
	codeForbidden    engine.Code = "forbidden"
	codeNotFound     engine.Code = "not_found"
	codeAliasTaken   engine.Code = "alias_taken"
	codeInUse        engine.Code = "in_use"
	codeTooLarge     engine.Code = "too_large"
	codeNoChanges    engine.Code = "no_changes"
	codeLockedField  engine.Code = "locked_field"
	codeInvalidAlias engine.Code = "invalid_alias"
	codeInvalidValue engine.Code = "invalid_value"
)

// outcome is what an error code means over HTTP.
type outcome struct {
	status int
	title  string
}

// outcomes is the closed set of codes. A new code is one row here and one in
// docs/api.md.
var outcomes = map[engine.Code]outcome{
	engine.InvalidRequest:      {http.StatusBadRequest, "The request is not valid"},
	engine.TemplateSyntax:      {http.StatusBadRequest, "The template is not valid"},
	engine.ExpressionSyntax:    {http.StatusBadRequest, "The expression is not valid"},
	engine.UnknownFilter:       {http.StatusBadRequest, "The template uses an unknown filter"},
	codeUnauthorized:           {http.StatusUnauthorized, "A valid token is needed"},
	codeForbidden:              {http.StatusForbidden, "The token may not do this"},
	codeNotFound:               {http.StatusNotFound, "There is no such thing"},
	codeAliasTaken:             {http.StatusConflict, "The alias is taken"},
	codeInUse:                  {http.StatusConflict, "The secret is in use"},
	codeTooLarge:               {http.StatusRequestEntityTooLarge, "The request is too large"},
	engine.SecretMissing:       {http.StatusUnprocessableEntity, "A secret does not exist"},
	engine.SecretArchived:      {http.StatusUnprocessableEntity, "A secret is archived"},
	engine.SecretNotDeclared:   {http.StatusUnprocessableEntity, "A secret is not declared"},
	engine.FieldRequired:       {http.StatusUnprocessableEntity, "A reference needs a field"},
	engine.FieldMissing:        {http.StatusUnprocessableEntity, "A secret has no such field"},
	engine.VariableMissing:     {http.StatusUnprocessableEntity, "A variable is missing"},
	engine.ValueRejected:       {http.StatusUnprocessableEntity, "A value may not stand in its place"},
	engine.ExpressionFailed:    {http.StatusUnprocessableEntity, "The expression failed"},
	engine.LimitExceeded:       {http.StatusUnprocessableEntity, "A limit is exceeded"},
	codeNoChanges:              {http.StatusUnprocessableEntity, "Nothing would change"},
	codeLockedField:            {http.StatusUnprocessableEntity, "A field cannot be changed"},
	codeInvalidAlias:           {http.StatusUnprocessableEntity, "The alias is not valid"},
	codeInvalidValue:           {http.StatusUnprocessableEntity, "The value is not valid"},
	engine.Internal:            {http.StatusInternalServerError, "Something went wrong inside"},
	engine.ResolverUnavailable: {http.StatusServiceUnavailable, "The secrets cannot be looked up now"},
}
