package request

import (
	"context"

	"github.com/sotto-render/sotto/macros"
)

// Exist fills s, which is new, with what is known of aliases and of the required
// secrets, in one call and without resolving a value. Unlike Resolve it checks
// nothing: whoever looks for mistakes wants all of them, of every kind.
func (s *Secrets) Exist(ctx context.Context, from Resolver, required, aliases []string) *Error {
	s.preview = true
	for _, alias := range aliases {
		s.aliases.add(alias)
	}
	if err := s.declare(required); err != nil {
		return err
	}
	return s.lookUp(ctx, from)
}

// Restricts reports whether the request declares what it may use: then it may
// use nothing else.
func (s *Secrets) Restricts() bool { return s.declared != nil }

// Absence returns why the secret alias, which the request has looked up, cannot
// be used, or "".
func (s *Secrets) Absence(alias string) (code, message string) {
	at, ok := s.aliases.find(alias)
	if !ok {
		return absence(alias, macros.Missing)
	}
	return absence(alias, s.status[at])
}
