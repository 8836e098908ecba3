package request

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
)

// Resolver tells which secrets exist and what they hold; the engine's type of
// this name says what it must do.
type Resolver interface {
	Resolve(ctx context.Context, aliases []string, status []macros.Status, values []redact.Secret) error
}

// Options are what a request says of its secrets.
type Options struct {
	// Resolver looks them up; nil knows none.
	Resolver Resolver
	// Preview asks for existence alone: no value is resolved.
	Preview bool
	// Required lists the aliases that may be used, in any letter case. Nil
	// allows all.
	Required []string
}

// Secrets is what one request knows of the secrets that it mentions. Once
// Resolve has returned well it is fixed, so that every part and every recipient
// sees the same versions, and it is safe for concurrent use.
type Secrets struct {
	preview bool
	// declared :: canonical alias -> true; nil where the request declares none
	declared map[string]bool
	// aliases has a place in status and values for each alias.
	aliases Aliases
	status  []macros.Status
	values  []redact.Secret
	// lent says that a Resolver was given status and values and has not
	// returned well.
	lent bool
}

// Resolve fills s, which is new or was forgotten: it makes the checks that come
// before rendering, in the order declared, existence, fields, and resolves all
// of aliases, which are those of sources, in one call.
func (s *Secrets) Resolve(ctx context.Context, o Options, sources []Source, aliases Aliases) *Error {
	s.preview, s.aliases = o.Preview, aliases
	if err := s.declare(o.Required); err != nil {
		return err
	}
	if err := s.checkDeclared(sources); err != nil {
		s.suggest(ctx, o.Resolver, sources, err)
		return err
	}
	if err := s.lookUp(ctx, o.Resolver); err != nil {
		return err
	}
	if err := s.checkExistence(sources); err != nil {
		s.suggest(ctx, o.Resolver, sources, err)
		return err
	}
	return s.checkFields(sources)
}

// MaxPooled is the number of secrets or references from which on the room of a
// request is not kept for another.
const MaxPooled = 256

// Forget drops all that s knows and keeps its room for the next request.
func (s *Secrets) Forget() {
	if s.lent || cap(s.values) > MaxPooled {
		// A Resolver that gave up or panicked may still write what it finds:
		// in room that is used again, that is another tenant's value.
		*s = Secrets{}
		return
	}
	clear(s.values)
	*s = Secrets{status: s.status[:0], values: s.values[:0]}
}

// declare takes the required secrets. All of them are resolved, so that a
// computed alias finds its value among them.
func (s *Secrets) declare(required []string) *Error {
	if required == nil {
		return nil
	}
	s.declared = make(map[string]bool, len(required))
	// The aliases of a template are shared by all its renders: add to a copy.
	s.aliases = Aliases{index: maps.Clone(s.aliases.index), list: slices.Clone(s.aliases.list)}
	for i, name := range required {
		alias, ok := macros.Canonical(name)
		if !ok {
			return NewError(InvalidRequest, "required_secrets["+strconv.Itoa(i)+"] is not an alias: use letters, digits, _ and -")
		}
		s.declared[alias] = true
		s.aliases.add(alias)
	}
	return nil
}

func (s *Secrets) checkDeclared(sources []Source) *Error {
	var problems []Problem
	for i := range sources {
		source := &sources[i]
		for _, ref := range source.References {
			switch {
			case ref.Computed != nil && s.declared == nil:
				problems = append(problems, source.Reference(ref, SecretNotDeclared,
					"a computed alias works only for the names in required_secrets: list them there"))
			case ref.Computed == nil && s.declared != nil && !s.declared[ref.Alias]:
				problems = append(problems, source.Reference(ref, SecretNotDeclared,
					"secret "+strconv.Quote(ref.Alias)+" is not listed in required_secrets: add it there or remove the reference"))
			}
		}
	}
	return Failure(problems)
}

func (s *Secrets) lookUp(ctx context.Context, from Resolver) *Error {
	n := len(s.aliases.list)
	s.status = Resize(s.status, n)
	// Where values is nil the Resolver opens none: a preview cannot leak what
	// nobody looked up.
	var values []redact.Secret
	if !s.preview {
		s.values = Resize(s.values, n)
		values = s.values
	}
	if n == 0 || from == nil {
		return nil
	}
	s.lent = true
	if err := from.Resolve(ctx, s.aliases.list, s.status, values); err != nil {
		failed := NewError(ResolverUnavailable, "the secrets cannot be looked up now: a provider does not answer")
		failed.Cause = err
		return failed
	}
	s.lent = false
	return nil
}

// Resize returns n zero elements, in the room of list where they fit.
func Resize[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	list = list[:n]
	clear(list)
	return list
}

func (s *Secrets) checkExistence(sources []Source) *Error {
	var problems []Problem
	for i := range sources {
		source := &sources[i]
		for _, ref := range source.References {
			// A reference in a branch need not exist before the branch is
			// taken, unless the request declares it.
			if ref.Computed != nil || ref.Guarded && !s.declared[ref.Alias] {
				continue
			}
			at, _ := s.aliases.find(ref.Alias)
			if code, message := absence(ref.Alias, s.status[at]); code != "" {
				problems = append(problems, source.Reference(ref, code, message))
			}
		}
	}
	if len(s.declared) == 0 {
		return Failure(problems) // an iterator over no names costs allocations too
	}
	mentioned := problems
	for _, alias := range slices.Sorted(maps.Keys(s.declared)) {
		if slices.ContainsFunc(mentioned, func(p Problem) bool { return p.Alias == alias }) {
			continue
		}
		at, _ := s.aliases.find(alias)
		if code, message := absence(alias, s.status[at]); code != "" {
			problems = append(problems, Problem{Code: code, Message: message, Alias: alias})
		}
	}
	return Failure(problems)
}

func (s *Secrets) checkFields(sources []Source) *Error {
	if s.preview {
		return nil
	}
	var problems []Problem
	for i := range sources {
		source := &sources[i]
		for _, ref := range source.References {
			if ref.Computed != nil || ref.Guarded {
				continue
			}
			at, _ := s.aliases.find(ref.Alias)
			if code, message := fieldProblem(s.values[at], ref); code != "" {
				problems = append(problems, source.Reference(ref, code, message))
			}
		}
	}
	return Failure(problems)
}
