package server

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// report collects what is found about the sources of one request.
type report struct {
	// required are the declared aliases; nil where nothing was declared.
	required map[string]bool
	// given are all variables that there are; nil where that is not known.
	given []string
	found []finding
	// variables are those that the sources read.
	variables []string
	wrong     []diagnostic
}

// finding is a reference, where it stands and what is known of its secret.
type finding struct {
	macros.Mention
	part     string
	computed bool
	covered  bool
	// partial says that it stands in a partial, and so has no place.
	partial bool
	status  macros.Status
}

func newReport(required, given []string) (*report, error) {
	r := &report{given: given}
	if required != nil {
		r.required = make(map[string]bool, len(required))
	}
	for _, name := range required {
		alias, ok := macros.Canonical(name)
		if !ok {
			return nil, errNotAlias
		}
		r.required[alias] = true
	}
	return r, nil
}

// language takes what the language finds in a template.
func (r *report) language(part string, found *macros.Report) {
	for _, d := range found.Diagnostics {
		r.wrong = append(r.wrong, diagnostic{Diagnostic: d, Part: part})
	}
	r.variables = append(r.variables, found.Variables...)
}

// references takes the references of a source that compiles.
func (r *report) references(part, source string, references []macros.Reference) {
	places := macros.NewPlaces(source)
	for _, ref := range references {
		place := places.At(ref.Pos)
		r.found = append(r.found, finding{
			Mention: macros.Mention{Alias: ref.Alias, Field: ref.Field(), Line: place.Line, Column: place.Column},
			part:    part, computed: ref.Computed != nil, covered: ref.Covered,
		})
	}
}

// inPartials takes the aliases that a template and its partials mention. Those
// of partials have no place in the template.
func (r *report) inPartials(part string, aliases []string) {
	own := make(map[string]bool)
	for _, f := range r.found {
		own[f.Alias] = own[f.Alias] || f.part == part
	}
	for _, alias := range aliases {
		if !own[alias] {
			r.found = append(r.found, finding{Mention: macros.Mention{Alias: alias}, part: part, partial: true})
		}
	}
}

// mentions takes the references of a template that does not compile.
func (r *report) mentions(part string, mentions []macros.Mention) {
	for _, m := range mentions {
		r.found = append(r.found, finding{Mention: m, part: part, computed: m.Alias == ""})
	}
}

// mistake notes why a source does not compile. It returns err itself where it
// says something else.
func (r *report) mistake(part string, err error) error {
	var wrong *engine.Error
	if !errors.As(err, &wrong) {
		return err
	}
	for _, d := range wrong.Details {
		r.add(macros.SeverityError, d.Code, d.Message, macros.Mention{Line: d.Line, Column: d.Column}, part)
	}
	return nil
}

func (r *report) add(severity macros.Severity, code engine.Code, message string, at macros.Mention, part string) {
	r.wrong = append(r.wrong, diagnostic{Part: part, Diagnostic: macros.Diagnostic{
		Severity: severity, Code: string(code), Message: message, Line: at.Line, Column: at.Column,
	}})
}

// judge finds out which of the references exist in scope.
func (r *report) judge(ctx context.Context, from *resolver.Resolver, scope resolver.Scope) error {
	aliases := slices.Collect(maps.Keys(r.required))
	for _, f := range r.found {
		if !f.computed {
			aliases = append(aliases, f.Alias)
		}
	}
	slices.Sort(aliases)
	aliases = slices.Compact(aliases)
	status := make([]macros.Status, len(aliases))
	if err := from.Scoped(scope).Resolve(ctx, aliases, status, nil); err != nil {
		return err
	}
	known := make(map[string]macros.Status, len(aliases))
	for i, alias := range aliases {
		known[alias] = status[i]
	}
	for i := range r.found {
		r.judgeOne(&r.found[i], known)
	}
	r.judgeRequired(known)
	return nil
}

// judgeOne notes the status of one reference, and what is wrong with it.
func (r *report) judgeOne(f *finding, known map[string]macros.Status) {
	f.status = known[f.Alias]
	undeclared := r.required != nil && !f.computed && !r.required[f.Alias]
	switch {
	case f.computed && r.required != nil:
		f.status = macros.Known
	case f.computed:
		f.status = macros.Undeclared
		r.add(macros.SeverityError, engine.SecretNotDeclared,
			"a computed alias works only for the names in required_secrets: list them there", f.Mention, f.part)
	case undeclared:
		f.status = macros.Undeclared
		r.add(macros.SeverityError, engine.SecretNotDeclared,
			"secret "+strconv.Quote(f.Alias)+" is not listed in required_secrets: add it there or remove the reference", f.Mention, f.part)
	case f.status != macros.Known:
		severity := macros.SeverityError
		if f.covered {
			severity = macros.SeverityWarning
		}
		code, message := absence(f.Alias, f.status)
		r.add(severity, code, message, f.Mention, f.part)
	}
}

// absence says why a secret of this status cannot be used.
func absence(alias string, status macros.Status) (engine.Code, string) {
	if status == macros.Archived {
		return engine.SecretArchived, "secret " + strconv.Quote(alias) + " is archived: restore it or use another"
	}
	return engine.SecretMissing, "secret " + strconv.Quote(alias) + " does not exist in this scope: create it or correct the name"
}

// judgeRequired notes what is wrong with the declaration itself.
func (r *report) judgeRequired(known map[string]macros.Status) {
	mentioned, computed := make(map[string]bool), false
	for _, f := range r.found {
		mentioned[f.Alias] = true
		computed = computed || f.computed
	}
	for _, alias := range slices.Sorted(maps.Keys(r.required)) {
		switch {
		case mentioned[alias]:
		case known[alias] != macros.Known:
			code, message := absence(alias, known[alias])
			r.add(macros.SeverityError, code, "required "+message, macros.Mention{}, "")
		case !computed:
			r.add(macros.SeverityWarning, macros.CodeUnusedSecret,
				"required secret "+strconv.Quote(alias)+" is used nowhere: remove it from required_secrets", macros.Mention{}, "")
		}
	}
}

// linted returns the answer.
func (r *report) linted() linted {
	answer := linted{Valid: true, References: []reference{}, Diagnostics: some(r.wrong)}
	for _, f := range r.found {
		if f.partial {
			continue
		}
		answer.References = append(answer.References, reference{Mention: f.Mention, Part: f.part, Status: f.status.String()})
	}
	slices.SortStableFunc(answer.Diagnostics, func(a, b diagnostic) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for _, d := range r.wrong {
		answer.Valid = answer.Valid && d.Severity != macros.SeverityError
	}
	slices.Sort(r.variables)
	answer.Variables = some(slices.Compact(r.variables))
	return answer
}
