package resolver

import (
	"errors"
	"fmt"
	"strings"
)

// ParseProvider returns the provider that spec spells:
//
//	env:PREFIX            environment variables, see [NewEnv]
//	dir:PATH              files below a directory, see [NewDir]
//	SCOPE=env:PREFIX      bound to a scope and those below it
//
// Nothing is opened yet: a directory that is not there is a provider that is
// down.
func ParseProvider(spec string) (Binding, error) {
	var binding Binding
	scope, rest, bound := strings.Cut(spec, "=")
	if colon := strings.IndexByte(spec, ':'); bound && len(scope) < colon {
		parsed, err := ParseScope(scope)
		if err != nil {
			return Binding{}, fmt.Errorf("provider: what stands before `=` is %w", err)
		}
		binding.Scope, spec = parsed, rest
	}
	kind, argument, _ := strings.Cut(spec, ":")
	var err error
	switch kind {
	case "env":
		binding.Provider, err = NewEnv(argument)
	case "dir":
		binding.Provider, err = NewDir(argument)
	default:
		err = errors.New("provider: write env:PREFIX or dir:PATH, with SCOPE= before it to bind it to a scope")
	}
	if err != nil {
		return Binding{}, err
	}
	return binding, nil
}
