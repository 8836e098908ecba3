package eval

import (
	"slices"
	"strings"

	"github.com/sotto-render/sotto/macros"
)

// Signature says what a function of a language does and how it is written.
type Signature struct {
	// Name is what an author writes, with what always stands before it, as in
	// math.abs; a method has no more than its own.
	Name string
	// Description is one sentence without a full stop: what the result is.
	Description string
	// Forms are expressions that call the function. Each compiles.
	Forms []string
}

// SignatureOf returns a row of a language's table.
func SignatureOf(name, description string, forms ...string) Signature {
	return Signature{name, description, forms}
}

// OwnSignatures are the functions that take other arguments, or make something else,
// than the filters of their names.
var OwnSignatures = []Signature{
	SignatureOf("basic_auth", "the credentials of HTTP Basic, from a user and a password or a secret with both", "basic_auth(username, password)", "basic_auth(secrets.smtp)"),
	SignatureOf("jwt", "a JSON Web Token of claims, an object or its JSON, signed by `HS256`, or by `RS256` or `ES256` with a key in PEM",
		`jwt(claims, secrets.signing_key, "HS256")`, `jwt(claims, secrets.signing_key, "HS256", "ABC123")`),
	SignatureOf("url_encode", "percent-encoded; a space is `%20`", "url_encode(text)"),
}

// variables :: what a filter takes before the `|` -> what its function's first
// argument is called in forms
var variables = map[macros.Kind]string{macros.AnyKind: "value", macros.TextKind: "text", macros.NumberKind: "number", macros.ListKind: "items"}

// FilterSignature returns the function that does what a filter does, the value before
// the `|` being its first argument and the named arguments its last.
func FilterSignature(filter *macros.FilterSignature) Signature {
	s := Signature{Name: filter.Name, Description: filter.Description}
	for _, call := range filter.Calls {
		_, args, more := strings.Cut(call, ": ")
		for _, p := range filter.Parameters {
			if p.Named {
				args = strings.ReplaceAll(args, ", "+p.Name+": ", ", ")
			}
		}
		form := filter.Name + "(" + variables[filter.Takes]
		if more {
			form += ", " + args
		}
		s.Forms = append(s.Forms, form+")")
	}
	return s
}

// Signatures returns the table of a language with the functions that do what filters
// do, those of filter names that exist: exists reports whether a form of theirs does.
// A row of the table comes before the filter, whose forms it gets where it has none
// but a method's.
func Signatures(table []Signature, exists func(name, form string) bool) []Signature {
	all := slices.Concat(table, OwnSignatures)
	rows := len(all)
	for i := range all {
		all[i].Forms = slices.Clone(all[i].Forms)
	}
	filters := macros.Filters()
	for i := range filters {
		s := FilterSignature(&filters[i])
		s.Forms = slices.DeleteFunc(s.Forms, func(form string) bool { return !exists(s.Name, form) })
		if len(s.Forms) == 0 {
			continue
		}
		at := slices.IndexFunc(all[:rows], func(row Signature) bool { return row.Name == s.Name })
		if at < 0 {
			all = append(all, s)
		} else if called := s.Name + "("; !slices.ContainsFunc(all[at].Forms, func(form string) bool { return strings.HasPrefix(form, called) }) {
			all[at].Forms = append(all[at].Forms, s.Forms...)
		}
	}
	slices.SortFunc(all, func(a, b Signature) int { return strings.Compare(a.Name, b.Name) })
	return all
}
