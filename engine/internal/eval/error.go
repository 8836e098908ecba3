package eval

// Code is the class of an [Error].
type Code uint8

const (
	// Syntax means that the source is no expression.
	Syntax Code = iota
	// Failed means that the evaluation met values that it cannot work with.
	Failed
	// Rejected means that a function was asked for what it does not know, such as a
	// time zone, or was given what it cannot read, such as broken JSON.
	Rejected
	// Limit means that the source or the evaluation is too large.
	Limit
	// Missing, Archived, Undeclared, FieldRequired and FieldMissing tell what
	// is wrong with a reference that the evaluation reached.
	Missing
	Archived
	Undeclared
	FieldRequired
	FieldMissing
	// Canceled means that the caller's context ended.
	Canceled
	// Internal means that a function panicked.
	Internal
)

// Error is what is wrong with an expression and where. Message never quotes a
// value: it is made of the author's own words and of fixed ones.
type Error struct {
	Code    Code
	Message string
	// Pos is the offset in the author's source.
	Pos int
	// Alias and Field name the secret where the error is about one.
	Alias, Field string
}

// Error returns the message without its place.
func (e *Error) Error() string { return e.Message }

// SyntaxError returns the error of a source that is no expression.
func SyntaxError(pos int, message string) *Error {
	return &Error{Code: Syntax, Pos: pos, Message: message}
}

// TooLarge returns the error of a source that exceeds a limit.
func TooLarge(pos int, message string) *Error {
	return &Error{Code: Limit, Pos: pos, Message: message}
}

// BareSecrets is said wherever `secrets` would be a value.
const BareSecrets = "`secrets` alone is no value: name one secret, as in `secrets.alias`"

// MaxMistakes is how many mistakes are found in one source at most.
const MaxMistakes = 100

// Variable is a place where an expression names a variable.
type Variable struct {
	Name string
	// Node is what the program that returned it finds the place by.
	Node int64
}
