package server

import (
	"context"
	"regexp"
	"slices"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// mention is a secret as the text of a template may name it, and maxMentions
// how many of them are looked up.
var mention = regexp.MustCompile(`(?i:secrets)\.([A-Za-z0-9_-]+)`)

const maxMentions = 100

// lintSource asks the language for all that it finds in a template. A secret
// that stands bare in the text is worth a warning only where it exists: prose
// may name secrets.example.com.
func (s *Server) lintSource(ctx context.Context, scope resolver.Scope, source string, options macros.LintOptions) *macros.Report {
	found := macros.Lint(source, options)
	isBare := func(d macros.Diagnostic) bool { return d.Code == macros.CodeBareReference }
	if !slices.ContainsFunc(found.Diagnostics, isBare) {
		return found
	}
	aliases, ok := s.mentioned(ctx, scope, source)
	if !ok {
		return found
	}
	options.Aliases = aliases
	return macros.Lint(source, options)
}

// mentioned returns those secrets of scope that source mentions in any way. It
// fails where a provider cannot tell, or there are too many to ask for.
func (s *Server) mentioned(ctx context.Context, scope resolver.Scope, source string) (aliases []string, ok bool) {
	var named []string
	for _, match := range mention.FindAllStringSubmatch(source, -1) {
		if alias, ok := macros.Canonical(match[1]); ok && !slices.Contains(named, alias) {
			named = append(named, alias)
		}
		if len(named) > maxMentions {
			return nil, false
		}
	}
	status := make([]macros.Status, len(named))
	var existenceOnly []redact.Secret
	if s.resolver.Scoped(scope).Resolve(ctx, named, status, existenceOnly) != nil {
		return nil, false
	}
	aliases = []string{}
	for i, alias := range named {
		if status[i] != macros.Missing {
			aliases = append(aliases, alias)
		}
	}
	return aliases, true
}
