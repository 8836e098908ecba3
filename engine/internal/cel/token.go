package cel

import "sort"

// kind is the class of a token.
type kind uint8

const (
	word kind = iota
	number
	text                   // a string or bytes literal
	punct                  // anything else, brackets included
	root                   // `secrets` where it names the secrets
	alias                  // the alias behind `secrets.`
	macro                  // `<<secrets.name>>`
	noSubstitutionTemplate // `text` between backquotes without ${
	templateHead           // `text${
	templateMiddle         // }text${
	templateTail           // }text`
)

// token is a piece of the author's source, source[pos:end].
type token struct {
	kind kind
	pos  int
	end  int
	// match is the index of the bracket that closes or opens this one; for
	// any other token its own index. A template literal is a bracket too.
	match int
	// path is what a macro or a text names; see [macroPath].
	path *macroPath
}

// closes reports whether the token ends a level of nesting.
func (t token) closes(source string) bool {
	if t.kind == templateTail {
		return true
	}
	c := source[t.pos]
	return t.kind == punct && (c == ')' || c == ']' || c == '}')
}

// tokenAt returns the index of the last token that starts at or before pos.
func tokenAt(tokens []token, pos int) int {
	return sort.Search(len(tokens), func(i int) bool { return tokens[i].pos > pos }) - 1
}
