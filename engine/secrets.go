package engine

import (
	"context"

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

// ofRequest turns what is wrong with a request's secrets into an error of the
// engine.
func ofRequest(err *request.Error) *Error {
	e := &Error{Details: make([]Detail, len(err.Problems)), cause: err.Cause}
	for i, p := range err.Problems {
		d := Detail{Code: Code(p.Code), Message: p.Message, Alias: p.Alias, Field: p.Field}
		if p.Source != nil {
			d = placed(d, p.Source, p.Pos)
		}
		e.Details[i] = d
	}
	e.Code = e.Details[0].Code
	return e
}

// detailAt returns a detail about a place of source.
func detailAt(source *request.Source, pos macros.Pos, code Code, message string) Detail {
	return placed(Detail{Code: code, Message: message}, source, pos)
}

// detailAbout returns a detail about a reference of source.
func detailAbout(source *request.Source, ref *macros.Reference, code Code, message string) Detail {
	return placed(Detail{Code: code, Message: message, Alias: ref.Alias, Field: ref.Field()}, source, ref.Pos)
}

// placed adds to d where it is.
func placed(d Detail, source *request.Source, pos macros.Pos) Detail {
	place := source.Place(pos)
	d.Line, d.Column, d.Part = place.Line, place.Column, source.Part
	if source.Partial != "" {
		d.Message = inPartial(source.Partial, d.Message)
	}
	return d
}

// failure returns details as one error, or nil where there are none.
func failure(details []Detail) error {
	if len(details) == 0 {
		return nil
	}
	return &Error{Code: details[0].Code, Details: details}
}
