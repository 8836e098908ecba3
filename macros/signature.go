package macros

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a filter makes of an argument, or expects as the value before
// it. What has another kind is converted as Liquid does, if it can be.
type Kind string

const (
	// AnyKind is any value.
	AnyKind Kind = "value"
	// TextKind is text; what is none is written as in the output.
	TextKind Kind = "text"
	// NumberKind is an integer or a decimal; what is none counts as 0.
	NumberKind Kind = "number"
	// IntegerKind is a whole number, or text that spells one.
	IntegerKind Kind = "integer"
	// BoolKind is true or false.
	BoolKind Kind = "bool"
	// ListKind is a list; another value is a list of one.
	ListKind Kind = "list"
	// PropertyKind is the name of a property of each item of a list.
	PropertyKind Kind = "property"
	// ExpressionKind is an expression in quotes, written out, which is evaluated
	// for each item of a list.
	ExpressionKind Kind = "expression"
)

// Parameter is one argument that a filter takes.
type Parameter struct {
	// Name is what messages and documentation call it and, where Named is
	// set, what an author writes before the colon.
	Name string
	Kind Kind
	// Optional says that the argument may be left out. No positional argument
	// behind an optional one is required.
	Optional bool
	// Named says that the argument is passed as `name: value`, in any place.
	// All named arguments are optional.
	Named bool
}

// FilterSignature says what a filter takes and does.
type FilterSignature struct {
	Name string
	// Group is the family that documentation shows it in.
	Group FilterGroup
	// Takes is the kind of the value before the `|`.
	Takes Kind
	// Parameters are its arguments in order, the named ones last.
	Parameters []Parameter
	// Description is one sentence without a full stop: what the result is.
	Description string
	// Calls are ways to call it, as they stand behind the `|`: the shortest
	// first, and together with every parameter. Each compiles.
	Calls []string
}

// FilterGroup is a family of filters.
type FilterGroup string

const (
	TextFilters     FilterGroup = "text"
	NumberFilters   FilterGroup = "numbers"
	ListFilters     FilterGroup = "lists"
	DateFilters     FilterGroup = "dates"
	EncodingFilters FilterGroup = "fallbacks and encodings"
)

// Forms are templates that call the filter, in both spellings of an object.
// Each compiles.
func (s *FilterSignature) Forms() []string {
	forms := make([]string, 0, 2*len(s.Calls))
	for _, call := range s.Calls {
		forms = append(forms, "{{ value | "+call+" }}", "<<value | "+call+">>")
	}
	return forms
}

// String returns the call with the names of the parameters, and brackets
// around what may be left out: `replace: old[, new]`.
func (s *FilterSignature) String() string {
	var b strings.Builder
	b.WriteString(s.Name)
	separator, open := ": ", 0
	for _, p := range s.Parameters {
		if p.Optional || p.Named {
			b.WriteByte('[')
		}
		b.WriteString(separator + p.Name)
		separator = ", "
		switch {
		case p.Named:
			b.WriteString(": " + string(p.Kind) + "]")
		case p.Optional:
			open++
		}
	}
	b.WriteString(strings.Repeat("]", open))
	return b.String()
}

// Positional returns the least and the greatest number of arguments that are
// passed without a name.
func (s *FilterSignature) Positional() (least, most int) {
	for _, p := range s.Parameters {
		if p.Named {
			continue
		}
		most++
		if !p.Optional {
			least++
		}
	}
	return least, most
}

// names reports whether the filter takes an argument of this name.
func (s *FilterSignature) names(name string) bool {
	return slices.ContainsFunc(s.Parameters, func(p Parameter) bool { return p.Named && p.Name == name })
}

// filterNames are the names in filterTable, which are sorted within a group only.
var filterNames = func() []string {
	names := make([]string, 0, len(filterTable))
	for i := range filterTable {
		names = append(names, filterTable[i].Name)
	}
	slices.Sort(names)
	return names
}()

// byName :: name -> row of filterTable
var byName = func() map[string]*FilterSignature {
	rows := make(map[string]*FilterSignature, len(filterTable))
	for i := range filterTable {
		rows[filterTable[i].Name] = &filterTable[i]
	}
	return rows
}()

// Filters returns the signatures of all filters, by group. What it returns is
// shared and must not be changed.
func Filters() []FilterSignature { return filterTable }

// FilterByName returns the signature of a filter, or nil where there is none.
func FilterByName(name string) *FilterSignature { return byName[name] }

// Check returns the code and the message of the first mistake in how f is
// called: its name, the names of its arguments, their number. The code is ""
// where there is none. The place of all of them is f.Pos.
func (f *Filter) Check() (code, message string) { return f.CheckWith(nil) }

// CheckWith is [Filter.Check] where there are more filters, by their names.
func (f *Filter) CheckWith(more map[string]*FilterSignature) (code, message string) {
	s := FilterByName(f.Name)
	if s == nil {
		s = more[f.Name]
	}
	if s == nil {
		if near := Nearest(f.Name, slices.AppendSeq(slices.Clone(filterNames), maps.Keys(more))); near != "" {
			return CodeUnknownFilter, "there is no filter " + backquoted(f.Name) + ": did you mean " + backquoted(near) + "?"
		}
		return CodeUnknownFilter, "there is no filter " + backquoted(f.Name) + ": see the list of filters"
	}
	for _, argument := range f.Named {
		if !s.names(argument.Name) {
			return CodeTemplateSyntax, "filter " + backquoted(f.Name) + " has no argument called " + backquoted(argument.Name)
		}
	}
	if least, most := s.Positional(); len(f.Args) < least || len(f.Args) > most {
		return CodeTemplateSyntax, "filter " + backquoted(f.Name) + " takes " + argumentCount(least, most) + ": " + backquoted(s.String())
	}
	return "", ""
}

// argumentCount says how many arguments a filter takes.
func argumentCount(least, most int) string {
	switch {
	case most == 0:
		return "no arguments"
	case least == most:
		return strconv.Itoa(least) + " argument(s)"
	}
	return strconv.Itoa(least) + " to " + strconv.Itoa(most) + " arguments"
}
