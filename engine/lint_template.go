package engine

import (
	"context"
	"regexp"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/liquid"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// template asks the language for what it finds, also behind the first mistake,
// and the compiler for what it refuses in what could be read.
func (l *linter) template(ctx context.Context, s Source) {
	o := s.Template
	if err := o.within().CheckLength(s.Text); err != nil {
		l.mistake(s.Name, err.Problems[0])
		return
	}
	s.Text = macros.WithoutMark(s.Text)
	found := l.language(ctx, s)
	for _, name := range found.Variables {
		l.names[name] = true
	}
	seen := make(map[mistakeKey]bool)
	for _, d := range found.Diagnostics {
		seen[mistakeKey{d.Code, macros.Place{Line: d.Line, Column: d.Column}, ""}] = true
		l.wrong = append(l.wrong, Diagnostic{Diagnostic: d, Part: s.Name})
	}
	if slices.ContainsFunc(found.Diagnostics, isSyntaxError) && (o.Context == JSONContext || o.Context == URLContext || o.Context == HTMLContext) {
		// Where a piece is missing, what stands behind it is at another place.
		o.Context = TextContext
	}
	if o.Partials != nil {
		o.Partials = &readOnce{from: o.within(), read: make(map[string]readPartial)}
	}
	p := partialLinter{linter: l, ctx: ctx, part: s.Name, options: o.within(), seen: seen, done: make(map[string]bool)}
	p.calls(&request.Source{Text: s.Text, Places: macros.NewPlaces(s.Text)}, found.Template)
	t, problems := liquid.CompileTree(ctx, found.Template, o.within())
	l.refused(s.Name, problems, seen)
	for _, p := range t.Doubts() {
		l.add(macros.SeverityWarning, Code(p.Code), inPartial(p.Partial, p.Message),
			macros.Mention{Line: p.Place.Line, Column: p.Place.Column}, s.Name)
	}
	l.templateReferences(s, found.Template, t)
}

// isSyntaxError reports whether d is an object or a tag that was not read.
func isSyntaxError(d macros.Diagnostic) bool {
	return d.Severity == macros.SeverityError && d.Code == macros.CodeTemplateSyntax
}

// mistakeKey tells two mistakes apart. The language and the compiler may find
// the same one and say it in other words.
type mistakeKey struct {
	code    string
	place   macros.Place
	partial string
}

func keyOf(p request.Problem) mistakeKey { return mistakeKey{p.Code, p.Place, p.Partial} }

// refused notes what the compiler refuses and the language did not find.
func (l *linter) refused(part string, problems []request.Problem, seen map[mistakeKey]bool) {
	noted := make(map[request.Problem]bool)
	for _, p := range problems {
		if noted[p] || seen[keyOf(p)] {
			continue
		}
		if len(noted) == macros.MaxDiagnostics {
			return
		}
		noted[p] = true
		l.mistake(part, p)
	}
}

// templateReferences notes the references of a template and those of the
// partials that it names.
func (l *linter) templateReferences(s Source, tree *macros.Template, t *liquid.Template) {
	// strict :: alias that the template mentions -> whether a mention of it has
	// no default behind it
	strict, places := make(map[string]bool), macros.NewPlaces(s.Text)
	refs := slices.DeleteFunc(slices.Clone(tree.References), func(ref *macros.Reference) bool {
		return ref.Alias == "" && ref.Computed == nil
	})
	slices.SortStableFunc(refs, func(a, b *macros.Reference) int { return int(a.Pos) - int(b.Pos) })
	for _, ref := range refs {
		strict[ref.Alias] = strict[ref.Alias] || !ref.Covered
		l.reference(s.Name, places, ref)
	}
	l.inPartials(s.Name, t.Sources()[1:], strict)
}

// mention is a secret as the text of a template may name it, and maxMentions
// how many of them are looked up.
var mention = regexp.MustCompile(`(?i:secrets)\.([A-Za-z0-9_-]+)`)

const maxMentions = 100

// language asks the language for all that it finds. A secret that stands bare in
// the text is worth a warning only where it exists: prose may name
// secrets.example.com.
func (l *linter) language(ctx context.Context, s Source) *macros.Report {
	options := macros.LintOptions{
		Syntax: s.Template.Syntax, Variables: l.options.Variables,
		Filters: s.Template.Filters.extensions().Filters(),
		Shown:   s.Template.Context == HTMLContext || s.Template.Context == TextContext && forPeople[s.Name],
	}
	found := macros.Lint(s.Text, options)
	isBare := func(d macros.Diagnostic) bool { return d.Code == macros.CodeBareReference }
	if l.options.Resolver == nil || !slices.ContainsFunc(found.Diagnostics, isBare) {
		return found
	}
	aliases, ok := l.existing(ctx, s.Text)
	if !ok {
		return found
	}
	options.Aliases = aliases
	return macros.Lint(s.Text, options)
}

// forPeople are the names of parts that people read.
var forPeople = map[string]bool{
	"title": true, "subject": true, "preheader": true, "preview": true, "body": true, "text": true, "message": true, "content": true,
	"sms": true, "push": true,
}

// existing returns those secrets that source mentions in any way. It fails where
// the resolver cannot tell, or there are too many to ask for.
func (l *linter) existing(ctx context.Context, source string) (aliases []string, ok bool) {
	var named []string
	for _, match := range mention.FindAllStringSubmatch(source, -1) {
		if alias, ok := macros.Canonical(match[1]); ok && !slices.Contains(named, alias) {
			named = append(named, alias)
		}
		if len(named) > maxMentions {
			return nil, false
		}
	}
	var secrets request.Secrets
	if secrets.Exist(ctx, l.options.Resolver, nil, named) != nil {
		return nil, false
	}
	aliases = []string{}
	for _, alias := range named {
		if secrets.Status(alias) != macros.Missing {
			aliases = append(aliases, alias)
		}
	}
	return aliases, true
}
