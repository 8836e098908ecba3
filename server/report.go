package server

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// report collects what is found about the sources of one request.
type report struct {
	// required are the declared aliases; nil where nothing was declared.
	required  []string
	variables []string
	found     []finding
	used      []string
	wrong     []diagnostic
}

// finding is a reference and where it stands.
type finding struct {
	macros.Reference
	part  string
	place macros.Place
	// status is what is known of the secret, once it was judged.
	status macros.Status
}

func newReport(required, variables []string) (*report, error) {
	r := &report{variables: variables}
	for _, name := range required {
		alias, ok := macros.Canonical(name)
		if !ok {
			return nil, errNotAlias
		}
		r.required = append(r.required, alias)
	}
	if required != nil && r.required == nil {
		r.required = []string{}
	}
	return r, nil
}

func (r *report) source(part, source string, references []macros.Reference, variables []string) {
	for _, ref := range references {
		r.found = append(r.found, finding{Reference: ref, part: part, place: macros.PlaceOf(source, ref.Pos)})
	}
	for _, name := range variables {
		if r.variables != nil && !slices.Contains(r.variables, name) {
			r.wrong = append(r.wrong, diagnostic{
				Severity: severityWarning, Code: "variable_unknown", Part: part,
				Message: "variable " + strconv.Quote(name) + " is not among the given ones: it renders as nothing",
			})
		}
		r.used = append(r.used, name)
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
		r.wrong = append(r.wrong, diagnostic{
			Severity: severityError, Code: d.Code, Message: d.Message, Part: part, Line: d.Line, Column: d.Column,
		})
	}
	return nil
}

// judge finds out which of the references exist in scope.
func (r *report) judge(ctx context.Context, from *resolver.Resolver, scope resolver.Scope) error {
	aliases := slices.Clone(r.required)
	for _, f := range r.found {
		if f.Computed == nil {
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
		r.found[i].judge(r, known)
	}
	r.judgeRequired(known)
	return nil
}

// judge notes the status of one reference, and what is wrong with it.
func (f *finding) judge(r *report, known map[string]macros.Status) {
	name := strconv.Quote(f.Alias)
	wrong := diagnostic{Severity: severityError, Part: f.part, Line: f.place.Line, Column: f.place.Column}
	switch f.status = known[f.Alias]; {
	case f.Computed != nil:
		f.status = macros.Known
		if r.required != nil {
			return
		}
		f.status = macros.Undeclared
		wrong.Code = engine.SecretNotDeclared
		wrong.Message = "a computed alias works only for the names in required_secrets: list them there"
	case r.required != nil && !slices.Contains(r.required, f.Alias):
		f.status = macros.Undeclared
		wrong.Code = engine.SecretNotDeclared
		wrong.Message = "secret " + name + " is not listed in required_secrets: add it there or remove the reference"
	case f.status == macros.Missing:
		wrong.Code = engine.SecretMissing
		wrong.Message = "secret " + name + " does not exist in this scope: create it or correct the name"
	case f.status == macros.Archived:
		wrong.Code = engine.SecretArchived
		wrong.Message = "secret " + name + " is archived: restore it or use another"
	default:
		return
	}
	if f.Covered && wrong.Code != engine.SecretNotDeclared {
		wrong.Severity = severityWarning
	}
	r.wrong = append(r.wrong, wrong)
}

// judgeRequired notes what is wrong with the declaration itself.
func (r *report) judgeRequired(known map[string]macros.Status) {
	computed := slices.ContainsFunc(r.found, func(f finding) bool { return f.Computed != nil })
	for _, alias := range r.required {
		name := strconv.Quote(alias)
		mentioned := slices.ContainsFunc(r.found, func(f finding) bool { return f.Computed == nil && f.Alias == alias })
		switch {
		case known[alias] == macros.Missing && !mentioned:
			r.wrong = append(r.wrong, diagnostic{Severity: severityError, Code: engine.SecretMissing,
				Message: "required secret " + name + " does not exist in this scope: create it or correct the name"})
		case known[alias] == macros.Archived && !mentioned:
			r.wrong = append(r.wrong, diagnostic{Severity: severityError, Code: engine.SecretArchived,
				Message: "required secret " + name + " is archived: restore it or use another"})
		case !mentioned && !computed:
			r.wrong = append(r.wrong, diagnostic{Severity: severityWarning, Code: "secret_unused",
				Message: "required secret " + name + " is used nowhere: remove it from required_secrets"})
		}
	}
}

// linted returns the answer.
func (r *report) linted() linted {
	answer := linted{Valid: true, References: []reference{}, Diagnostics: some(r.wrong)}
	for _, f := range r.found {
		answer.References = append(answer.References, reference{
			Alias: f.Alias, Field: f.Field(), Part: f.part,
			Line: f.place.Line, Column: f.place.Column, Status: f.status.String(),
		})
	}
	for _, d := range r.wrong {
		answer.Valid = answer.Valid && d.Severity != severityError
	}
	slices.Sort(r.used)
	answer.Variables = some(slices.Compact(r.used))
	return answer
}
