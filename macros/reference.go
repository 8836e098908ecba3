package macros

import "strings"

// Reference is one mention of a secret in a template or an expression.
type Reference struct {
	// Alias is the canonical alias, or "" where Computed is set.
	Alias string
	// Display is the alias as the author wrote it.
	Display string
	// Computed is the expression that yields the alias in `secrets[name]`;
	// nil for an alias that is written out.
	Computed Expr
	// Path leads from the secret to a field of it.
	Path []Segment
	// Pos is the offset of the first letter of `secrets`.
	Pos Pos
	// Guarded says that the secret needs to exist only when rendering
	// reaches it: it stands in a branch or a loop, in the argument of
	// `default`, or is itself Covered.
	Guarded bool
	// Covered says that a `default` behind it, or an optional operator of
	// an expression, takes its place where it is missing or archived or
	// lacks the field. Covered implies Guarded.
	Covered bool
	// Asked says that only its truth is asked, as in `{% if secrets.x %}`: it is
	// false where the secret is missing. Asked implies Covered.
	Asked bool
	// Hyphenated is the alias that the author may have meant instead, where a
	// minus stands right behind Display: `secrets.weather-fx` in JavaScript.
	Hyphenated string
	// Whole says that the reference is used where credentials may stand
	// without a field, as in `secrets.smtp | basic_auth`.
	Whole bool
}

// Field spells the path behind the alias as an author would, without the first
// dot: `db.hosts[0]`. An index that is computed is left out: `db[]`.
func (r *Reference) Field() string { return fieldName(r.Path, false) }

// fieldName spells path, with the first dot if dotted.
func fieldName(path []Segment, dotted bool) string {
	var b strings.Builder
	for _, s := range path {
		if s.Index == nil {
			if dotted {
				b.WriteByte('.')
			}
			b.WriteString(s.Key)
		} else {
			b.WriteByte('[')
			if n, ok := s.Index.(*Literal); ok {
				p := printer{}
				p.literal(n.Value)
				b.Write(p.out)
			}
			b.WriteByte(']')
		}
		dotted = true
	}
	return b.String()
}
