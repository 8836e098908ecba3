package js

// tokenKind is the class of a token (ECMA-262, 12).
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	// tokenName is an identifier or a word that the language reserves.
	tokenName
	// tokenMark is a punctuator.
	tokenMark
	tokenNumber
	tokenText
	// tokenTemplate is the text of a template literal up to `${` or the backquote.
	tokenTemplate
	tokenRegex
)

// token is a piece of the source.
type token struct {
	kind tokenKind
	// pos and end delimit it in the source, in bytes.
	pos, end int
	// text is a name without escapes, a mark, or what a text or a template says.
	// Of a regular expression it is the pattern.
	text string
	// raw is the text of a template as it was written, or the flags of a regular
	// expression.
	raw string
	// number is the value of a number.
	number float64
	// newline says that a line ends before the token.
	newline bool
	// escaped says that a name was written with an escape, so that it is none of
	// the reserved words, or that a template holds an escape that has no meaning.
	escaped bool
	// tail says that a template ends with this piece.
	tail bool
}

func (t *token) is(mark string) bool { return t.kind == tokenMark && t.text == mark }

func (t *token) isWord(word string) bool {
	return t.kind == tokenName && !t.escaped && t.text == word
}

// reserved are the words that name nothing (ECMA-262, 12.7.2). Functions are strict
// everywhere, so that the words of strict code are among them.
var reserved = map[string]bool{
	"break": true, "case": true, "catch": true, "class": true, "const": true, "continue": true,
	"debugger": true, "default": true, "delete": true, "do": true, "else": true, "enum": true,
	"export": true, "extends": true, "false": true, "finally": true, "for": true, "function": true,
	"if": true, "import": true, "in": true, "instanceof": true, "new": true, "null": true,
	"return": true, "super": true, "switch": true, "this": true, "throw": true, "true": true,
	"try": true, "typeof": true, "var": true, "void": true, "while": true, "with": true,
	"let": true, "static": true, "implements": true, "interface": true, "package": true,
	"private": true, "protected": true, "public": true, "yield": true, "await": true,
}
