package eval

import "github.com/sotto-render/sotto/macros"

// Failure is what goes wrong inside an evaluation, before it is known where: a
// language adds the place and makes an [Error] of it. Its text is fixed, so that
// none can carry an operand.
type Failure struct {
	Code Code
	Kind string
}

// Error returns the kind.
func (f *Failure) Error() string { return f.Kind }

// What may go wrong in any language.
var (
	ErrNumber      = &Failure{Failed, "number out of range"}
	ErrUnsupported = &Failure{Failed, "unsupported value"}
	ErrConversion  = &Failure{Failed, "conversion"}
	ErrJSONText    = &Failure{Rejected, "invalid JSON"}
	ErrRegex       = &Failure{Failed, "invalid regex"}
	ErrKeys        = &Failure{Failed, "two keys of a map are the same in JSON"}
	ErrDigits      = &Failure{Rejected, "the digits are out of range"}
	ErrIndent      = &Failure{Rejected, "the indent is out of range"}
	ErrProperty    = &Failure{Failed, "an item has no properties"}
	ErrOrder       = &Failure{Failed, "the items have no order between them"}
	ErrColon       = &Failure{Failed, "the user name holds a colon"}
	ErrNoJSON      = &Failure{Failed, "no JSON value"}
	ErrExceeded    = &Failure{Limit, "the evaluation takes too long or too much memory"}
	ErrOutput      = &Failure{Limit, "the result is too long"}
	ErrRegexSize   = &Failure{Limit, "the regular expression is too large"}
	ErrCanceled    = &Failure{Canceled, "the evaluation was canceled"}
	ErrPanic       = &Failure{Internal, "a function failed"}
	ErrUndeclared  = &Failure{Undeclared, "a computed alias is not listed in required_secrets: add it there"}
	ErrMissing     = &Failure{Missing, "the secret does not exist in this scope: create it or correct the name"}
	ErrArchived    = &Failure{Archived, "the secret is archived: restore it or use another"}
	ErrWhole       = &Failure{FieldRequired, "the secret is a username and a password: write .username or .password behind it"}
)

// Refusal is the failure of a function whose error has a fixed text.
func Refusal(err error) *Failure { return &Failure{Rejected, err.Error()} }

// Absent is the failure of reaching a secret of this status, which is not known.
func Absent(status macros.Status) *Failure {
	if status == macros.Archived {
		return ErrArchived
	}
	return ErrMissing
}
