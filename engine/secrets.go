package engine

import (
	"context"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// resolve makes the checks that come before rendering and resolves in one call
// all that sources mention.
func resolve(ctx context.Context, req *Request, sources []request.Source) (*request.Secrets, error) {
	s := new(request.Secrets)
	return s, resolveInto(ctx, s, req, sources, request.AliasesOf(sources))
}

// resolveInto is resolve into s, which is new or was forgotten, where the
// aliases of sources are known already.
func resolveInto(ctx context.Context, s *request.Secrets, req *Request, sources []request.Source, aliases request.Aliases) error {
	if err := CheckVars(req.Vars); err != nil {
		return err
	}
	o := request.Options{Resolver: req.Secrets, Preview: req.Preview, Required: req.Required}
	if err := s.Resolve(ctx, o, sources, aliases); err != nil {
		return ofRequest(err)
	}
	return nil
}

// CheckVars refuses a variable called `secrets`, in any letter case.
func CheckVars(vars map[string]any) error {
	for name := range vars {
		if macros.IsRoot(name) {
			return &Error{Code: InvalidRequest, Details: []Detail{{
				Code:    InvalidRequest,
				Message: "a variable must not be called `secrets`: rename it, so that data never shadows a secret",
			}}}
		}
	}
	return nil
}

// ofRequest turns what a room of the engine found wrong into an error of the
// engine.
func ofRequest(err *request.Error) *Error {
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
	return ofRequest(request.Failure(problems))
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
