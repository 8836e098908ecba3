package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// Language is what a [Source] is written in.
type Language uint8

const (
	// Liquid is the language of templates. It is the default.
	Liquid Language = iota
	// CEL is the language of expressions, if they name none.
	CEL
	// JavaScript is the other language of expressions.
	JavaScript
)

// Source is one text that [Lint] looks at: a template or an expression.
type Source struct {
	// Name is that of the part or of the expression, and the Part of what is
	// found in it; "" for a source that stands alone.
	Name string
	Text string
	// Language says which of Template and Expression counts.
	Language Language
	// Template and Expression say how the source will be compiled.
	Template   TemplateOptions
	Expression ExpressionOptions
}

// LintOptions are what is known about the request that will use the sources.
// The zero value knows nothing, and nothing is checked against it.
type LintOptions struct {
	// Resolver tells which secrets exist. No value is opened.
	Resolver Resolver
	// Required are the aliases that the sources may use, in any letter case;
	// nil where nothing is declared.
	Required []string
	// Variables are the names of all variables that there are; nil where that
	// is not known.
	Variables []string
	// Budget counts the processor time that the sources take, one after another;
	// nil for no limit.
	Budget *Budget
}

// Report is what [Lint] found.
type Report struct {
	// Valid says that no diagnostic is an error.
	Valid bool
	// References are all mentions of secrets in the sources, also those in
	// branches, in the order of the sources and of their places. Those in
	// partials are judged and not listed.
	References []Mention
	// Variables are the names that the sources take from outside, sorted.
	Variables []string
	// Diagnostics are in order of the sources' names and of their places.
	Diagnostics []Diagnostic
}

// Mention is a reference to a secret, its place and what is known of the secret.
type Mention struct {
	macros.Mention
	Part string
	// Status is known, missing, archived or undeclared, or "" where no
	// resolver was asked.
	Status string
}

// Diagnostic is one finding. Its text is built from the sources and from names.
type Diagnostic struct {
	macros.Diagnostic
	Part string
}

// Lint looks for all that is wrong with the sources, also behind the first
// mistake, and for what is likely not meant. Whatever [Compile] and
// [CompileExpression] refuse is a diagnostic of severity error. It resolves
// nothing: that a secret exists is all it asks, of all secrets in one call. The
// error is an [*Error] with the code [InvalidRequest] where o.Required holds
// something else than aliases, and [ResolverUnavailable] where the resolver
// cannot tell, and [LimitExceeded] where ctx ends or o.Budget is used up: the
// sources after that are not looked at.
func Lint(ctx context.Context, sources []Source, o LintOptions) (*Report, error) {
	l := &linter{options: o, names: make(map[string]bool)}
	for _, s := range sources {
		since := time.Now()
		if s.Language != Liquid {
			l.expression(s)
		} else {
			l.template(ctx, s)
		}
		if err := l.spend(ctx, time.Since(since)); err != nil {
			return nil, err
		}
	}
	if err := l.judge(ctx); err != nil {
		return nil, err
	}
	return l.report(), nil
}

// spend counts what one source took and returns why no other is worth it.
func (l *linter) spend(ctx context.Context, took time.Duration) error {
	if l.options.Budget != nil {
		if err := l.options.Budget.Spend(took); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		gaveUp := request.NewError(request.LimitExceeded, "the limit time is exceeded: the caller gave up")
		gaveUp.Cause = ctx.Err()
		return errorOf(gaveUp)
	}
	return nil
}

// linter collects what is found in the sources of one call.
type linter struct {
	options LintOptions
	found   []finding
	names   map[string]bool // of variables
	wrong   []Diagnostic
}

// finding is a reference and where it stands.
type finding struct {
	Mention
	computed bool
	// covered says that a default stands behind it.
	covered bool
	// partial is the name of the partial that it stands in, and so has no
	// place; "" for one of the source itself.
	partial string
}

// add notes a finding in the source called part; at has its place, if any.
func (l *linter) add(severity macros.Severity, code Code, message string, at macros.Mention, part string) {
	l.wrong = append(l.wrong, Diagnostic{Part: part, Diagnostic: macros.Diagnostic{
		Severity: severity, Code: string(code), Message: message, Line: at.Line, Column: at.Column,
	}})
}

// mistake notes why the source called part does not compile.
func (l *linter) mistake(part string, p request.Problem) {
	l.add(macros.SeverityError, Code(p.Code), inPartial(p.Partial, p.Message),
		macros.Mention{Line: p.Place.Line, Column: p.Place.Column}, part)
}

// reference notes a reference in source, whose places are given.
func (l *linter) reference(part string, places *macros.Places, ref *macros.Reference) {
	at := places.At(ref.Pos)
	l.found = append(l.found, finding{
		Mention: Mention{Part: part, Mention: macros.Mention{
			Alias: ref.Alias, Field: ref.Field(), Line: at.Line, Column: at.Column,
		}},
		computed: ref.Computed != nil, covered: ref.Covered,
	})
}

func (l *linter) report() *Report {
	r := &Report{
		Valid: true, References: []Mention{}, Diagnostics: slices.Clip(append([]Diagnostic{}, l.wrong...)),
		Variables: slices.AppendSeq([]string{}, maps.Keys(l.names)),
	}
	slices.Sort(r.Variables)
	for _, f := range l.found {
		if f.partial == "" {
			r.References = append(r.References, f.Mention)
		}
	}
	slices.SortStableFunc(r.Diagnostics, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for _, d := range l.wrong {
		r.Valid = r.Valid && d.Severity != macros.SeverityError
	}
	return r
}
