package resolver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Spec is one kind of provider that [ParseProvider] reads, as the help of a
// command and the documentation show it.
type Spec struct {
	// Kind is the word before the colon.
	Kind string
	// Form is how a provider of this kind is written: `env:PREFIX`.
	Form string
	// Example is one that [ParseProvider] takes.
	Example string
	// Secrets says in a clause which secrets the example serves.
	Secrets string
	// Needs says what has to be there, "" for nothing.
	Needs string
	// Open returns the provider for what stands behind the colon. Its error holds
	// nothing of it, which may be a credential.
	Open func(argument string) (Provider, error)
}

// specs has a row for each kind of provider that this package has.
var specs = []Spec{
	{
		Kind: "env", Form: "env:PREFIX", Example: "env:INTEGRATION_",
		Secrets: "alias `github_token` is the variable `INTEGRATION_GITHUB_TOKEN`",
		Needs:   "variables in the environment that sotto was started with",
		Open:    func(prefix string) (Provider, error) { return NewEnv(prefix) },
	},
	{
		Kind: "dir", Form: "dir:PATH", Example: "dir:/run/secrets",
		Secrets: "a file for each alias; a directory with `username` and `password` for credentials; a file `NAME.json` for JSON",
		Needs:   "a directory that sotto may read; files are read when they are asked for, and one that is replaced is noticed within two seconds",
		Open:    func(path string) (Provider, error) { return NewDir(path) },
	},
}

// Specs returns a row for each kind of provider that this package has. Package
// providers has all.
func Specs() []Spec { return slices.Clone(specs) }

// ParseProvider returns the provider that spec spells: one of the forms of
// [Specs], such as `env:INTEGRATION_` or `dir:/run/secrets`, or of more. With a scope
// before it, as in `acme/shop=env:SHOP_`, it is bound to that scope and those
// below it.
//
// Nothing is opened yet: a directory that is not there is a provider that is
// down.
func ParseProvider(spec string, more ...Spec) (Binding, error) {
	kinds := slices.Concat(specs, more)
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
	row := slices.IndexFunc(kinds, func(s Spec) bool { return s.Kind == kind })
	if row < 0 {
		// The forms and not the text, which may be a credential.
		return Binding{}, errors.New("provider: write " + forms(kinds) + ", with SCOPE= before it to bind it to a scope")
	}
	provider, err := kinds[row].Open(argument)
	if err != nil {
		return Binding{}, err
	}
	binding.Provider = provider
	return binding, nil
}

// forms lists the forms of all kinds, as in `env:PREFIX or dir:PATH`.
func forms(kinds []Spec) string {
	all := make([]string, len(kinds))
	for i, s := range kinds {
		all[i] = s.Form
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}
