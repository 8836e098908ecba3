package macros

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Codes of what only [Lint] finds. All of them are warnings.
const (
	CodeSuspectMacro    = "suspect_macro"
	CodeSuspectObject   = "suspect_object"
	CodeBareReference   = "bare_reference"
	CodeUnknownVariable = "unknown_variable"
	CodeUnusedSecret    = "unused_secret"
	CodeSecretShown     = "secret_shown"
	CodeUnreachable     = "unreachable"
	CodeSuspectTag      = "suspect_tag"
	CodeSuspectFilter   = "suspect_filter"
	CodeSuspectPlace    = "suspect_place"
)

// MaxDiagnostics is how many diagnostics a [Report] holds at most.
const MaxDiagnostics = 100

// Severity says whether a diagnostic stops the template from being used.
type Severity string

const (
	// SeverityError is a mistake: the template does not compile.
	SeverityError Severity = "error"
	// SeverityWarning is something that compiles and is likely not meant.
	SeverityWarning Severity = "warning"
)

// Diagnostic is one finding in a template. Its text is built from the author's
// own source and the names in [LintOptions].
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is one of the Code constants.
	Code string `json:"code"`
	// Message says what is wrong and what to write instead.
	Message string `json:"message"`
	// Line and Column start at 1; they are 0 for a finding about the whole.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Mention is one reference with its place.
type Mention struct {
	// Alias is canonical; it is "" for a computed alias.
	Alias string `json:"alias"`
	// Field is the path behind the alias, as [Reference.Field] spells it.
	Field  string `json:"field,omitempty"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// LintOptions are what is known about the place where a template will be
// used. Nil lists are not known, and nothing is checked against them.
type LintOptions struct {
	Syntax Syntax
	// Variables are the names of the variables that a render will be given.
	Variables []string
	// Aliases are the canonical aliases that the author can use.
	Aliases []string
	// Required are the aliases, in any letter case, in required_secrets.
	Required []string
	// Partial says that the source is a partial, which a loop of another template
	// may call.
	Partial bool
	// Filters are signatures of filters that there are besides [Filters], by name.
	Filters map[string]*FilterSignature
	// Shown says that people will read the output, as they do HTML.
	Shown bool
}

// Report is what [Lint] knows about a template.
type Report struct {
	// References are all mentions of secrets in order, also those in branches.
	References []Mention
	// Variables are the names that the template takes from outside, sorted.
	Variables []string
	// Diagnostics are in order of their place.
	Diagnostics []Diagnostic
	// Template is what was read, without the objects and tags that hold a
	// mistake.
	Template *Template
}

// Valid reports whether the template compiles, as far as its language goes:
// its syntax, and how it calls filters.
func (r *Report) Valid() bool {
	return !slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Severity == SeverityError })
}

// Lint reads source like [Parse], but goes on behind each mistake, checks each
// call of a filter, and looks for what is likely not meant. Like Parse it takes time in proportion to the
// length of source.
func Lint(source string, o LintOptions) *Report {
	p := newParser(source, o.Syntax)
	p.recovering = true
	if at, advice := InvalidUTF8(source); at >= 0 {
		l := linter{options: o, parser: p, scope: newScope()}
		l.find(SeverityError, CodeTemplateSyntax, int(at), advice)
		r := l.report()
		r.Template = &Template{Source: source, Syntax: o.Syntax}
		return r
	}
	b := p.openBody()
	p.region(&b)
	if p.failed && len(p.mistakes) < MaxDiagnostics {
		p.mistakes = append(p.mistakes, p.mistake)
	}
	l := linter{options: o, parser: p, scope: newScope()}
	for _, m := range p.mistakes {
		l.find(SeverityError, CodeTemplateSyntax, m.at, m.message)
	}
	for _, m := range p.lenient {
		l.find(SeverityWarning, CodeTemplateSyntax, m.at, m.message+"; Liquid reads over it")
	}
	for _, at := range p.unreachable {
		l.find(SeverityWarning, CodeUnreachable, at, "this is never rendered: it stands behind `else`")
	}
	for _, s := range p.suspicions {
		if !s.loose || !o.Partial {
			l.find(SeverityWarning, s.code, s.at, s.message)
		}
	}
	for _, span := range p.texts {
		if o.Syntax == Liquid {
			l.surplus(span[0], span[1])
		}
		l.text(span[0], span[1])
	}
	l.scope.visit = l.visit
	nodes := p.closeBody(b)
	l.scope.nodes(nodes)
	l.required()
	r := l.report()
	r.Template = &Template{Source: source, Syntax: o.Syntax, Nodes: nodes, References: p.references}
	return r
}

// linter gathers findings about one template.
type linter struct {
	options LintOptions
	parser  *parser
	scope   *scope
	// open counts the braces that texts have opened and not closed.
	open int
	// errors and warnings hold up to MaxDiagnostics each.
	errors   []finding
	warnings []finding
}

// finding is a [Diagnostic] whose place is not worked out yet; at is -1 for
// one about the whole.
type finding struct {
	severity Severity
	code     string
	at       int
	message  string
}

// find keeps a finding, if there is room for it.
func (l *linter) find(severity Severity, code string, at int, message string) {
	list := &l.warnings
	if severity == SeverityError {
		list = &l.errors
	}
	if len(*list) < MaxDiagnostics {
		*list = append(*list, finding{severity, code, at, message})
	}
}

// full reports whether no more warnings are kept.
func (l *linter) full() bool { return len(l.warnings) == MaxDiagnostics }

// report gives errors the first right to a place.
func (l *linter) report() *Report {
	r := &Report{Variables: l.scope.names()}
	findings := append(l.errors, l.warnings...)
	findings = findings[:min(len(findings), MaxDiagnostics)]
	slices.SortStableFunc(findings, func(a, b finding) int { return cmp.Compare(a.at, b.at) })
	places := NewPlaces(l.parser.source)
	for _, f := range findings {
		d := Diagnostic{Severity: f.severity, Code: f.code, Message: f.message}
		if f.at >= 0 {
			at := places.At(Pos(f.at))
			d.Line, d.Column = at.Line, at.Column
		}
		r.Diagnostics = append(r.Diagnostics, d)
	}
	slices.SortStableFunc(l.parser.references, func(a, b *Reference) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, ref := range l.parser.references {
		if ref.Alias == "" && ref.Computed == nil {
			continue
		}
		at := places.At(ref.Pos)
		r.References = append(r.References, Mention{Alias: ref.Alias, Field: ref.Field(), Line: at.Line, Column: at.Column})
	}
	return r
}

// visit judges one value or filter of the tree.
func (l *linter) visit(use use) {
	switch {
	case use.filter != nil:
		// To look for the nearest name takes time: not where nobody reads it.
		if len(l.errors) == MaxDiagnostics {
			return
		}
		if code, message := use.filter.CheckWith(l.options.Filters); code != "" {
			l.find(SeverityError, code, int(use.filter.Pos), message)
		} else if use.filter.Name == "date" {
			l.format(use.filter)
		}
	case use.output != nil:
		l.macro(use.output)
	case use.shown != nil:
		if l.options.Shown {
			l.find(SeverityWarning, CodeSecretShown, int(use.shown.Pos),
				"people will read this secret: use it only where a machine does, such as a header")
		}
	case use.variable != nil && !l.full():
		l.variable(use.variable)
	}
}

func (l *linter) variable(v *Variable) {
	l.named(v)
	given := slices.Contains(l.options.Variables, v.Name)
	if !given && len(v.Path) > 0 && distance(strings.ToLower(v.Name), root) <= 2 {
		l.find(SeverityWarning, CodeSuspectMacro, int(v.Pos),
			backquoted(v.Name)+" is a variable: write "+backquoted(root+fieldName(v.Path, true))+" for a secret")
		return
	}
	if l.options.Variables != nil && !given {
		l.find(SeverityWarning, CodeUnknownVariable, int(v.Pos),
			"no variable is called "+backquoted(v.Name)+didYouMean(v.Name, l.options.Variables))
	}
}

// required looks for declared secrets that are never used.
func (l *linter) required() {
	used := make(map[string]bool)
	for _, ref := range l.parser.references {
		if ref.Computed != nil {
			return
		}
		used[ref.Alias] = true
	}
	for _, name := range l.options.Required {
		if alias, ok := Canonical(name); ok && !used[alias] {
			l.find(SeverityWarning, CodeUnusedSecret, -1,
				"secret "+strconv.Quote(alias)+" is in required_secrets and never used: remove it there")
		}
	}
}
