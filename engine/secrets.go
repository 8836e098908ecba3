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
	if o.Required == nil && req.RequireDeclared {
		o.Required = []string{}
	}
	if err := s.Resolve(ctx, o, sources, aliases); err != nil {
		return errorOf(err)
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
