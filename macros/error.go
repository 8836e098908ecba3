package macros

// Codes of the mistakes that the language itself can tell. They are codes of
// the HTTP API and never change.
const (
	CodeTemplateSyntax = "template_syntax"
	CodeUnknownFilter  = "unknown_filter"
)

// Error is one mistake in a template: what is wrong and where. Its text is
// built from the author's own source, never from a variable or a secret.
type Error struct {
	// Code is one of the Code constants.
	Code string
	// Message says what is wrong and what to do, without the place.
	Message string
	// Place is where the mistake starts.
	Place Place
}

// Error returns "line:column: message".
func (e *Error) Error() string {
	return e.Place.String() + ": " + e.Message
}
