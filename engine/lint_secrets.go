package engine

import (
	"context"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// judge finds out which of the references exist, and notes what is wrong with
// them and with the declaration.
func (l *linter) judge(ctx context.Context) error {
	var aliases []string
	for _, f := range l.found {
		if !f.computed {
			aliases = append(aliases, f.Alias)
		}
	}
	s := new(request.Secrets)
	if err := s.Exist(ctx, l.options.Resolver, l.options.Required, aliases); err != nil {
		return errorOf(err)
	}
	for i := range l.found {
		l.judgeOne(s, &l.found[i])
	}
	l.judgeRequired(s)
	return nil
}

// judgeOne notes the status of one reference, and what is wrong with it.
func (l *linter) judgeOne(s *request.Secrets, f *finding) {
	wrong := func(severity macros.Severity, code Code, message string) {
		if f.partial != "" {
			message = inPartial(f.partial, message)
		}
		l.add(severity, code, message, f.Mention.Mention, f.Part)
	}
	switch {
	case f.computed && s.Restricts():
		f.Status = macros.Known.String()
	case f.computed:
		f.Status = macros.Undeclared.String()
		wrong(macros.SeverityError, SecretNotDeclared,
			"a computed alias works only for the names in required_secrets: list them there")
	case s.Restricts() && !s.Declares(f.Alias):
		f.Status = macros.Undeclared.String()
		wrong(macros.SeverityError, SecretNotDeclared,
			"secret "+strconv.Quote(f.Alias)+" is not listed in required_secrets: add it there or remove the reference")
	case l.options.Resolver != nil:
		f.Status = s.Status(f.Alias).String()
		severity := macros.SeverityError
		if f.covered {
			severity = macros.SeverityWarning
		}
		if code, message := s.Absence(f.Alias); code != "" {
			wrong(severity, Code(code), message)
		}
	}
}

// judgeRequired notes what is wrong with the declaration itself.
func (l *linter) judgeRequired(s *request.Secrets) {
	mentioned, computed := make(map[string]bool), false
	for _, f := range l.found {
		mentioned[f.Alias] = true
		computed = computed || f.computed
	}
	for _, alias := range slices.Sorted(slices.Values(s.Declared())) {
		if mentioned[alias] {
			continue
		}
		if l.options.Resolver != nil {
			if code, message := s.Absence(alias); code != "" {
				l.add(macros.SeverityError, Code(code), "required "+message, macros.Mention{}, "")
				continue
			}
		}
		if !computed {
			l.add(macros.SeverityWarning, macros.CodeUnusedSecret,
				"required secret "+strconv.Quote(alias)+" is used nowhere: remove it from required_secrets", macros.Mention{}, "")
		}
	}
}
