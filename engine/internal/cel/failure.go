package cel

import (
	"errors"
	"strings"

	"github.com/google/cel-go/common/types"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// errKeyType is what only CEL can fail with: a key of bytes.
var errKeyType = &eval.Failure{Code: eval.Failed, Kind: "the value does not fit"}

// kinds :: how a text of cel-go starts -> what we say instead. An operand never
// stands at the start of a text, so that which row matches tells nothing of one.
var kinds = []struct{ prefix, kind string }{
	{"no such key", "no such key"},
	{"no such attribute", "no such variable"},
	{"no such overload", "no such overload"},
	{"no matching overload", "no such overload"},
	{"no such field", "no such key"},
	{"key missing from map", "no such key"},
	{"index out of", "index out of range"},
	{"index '", "index out of range"},
	{"index ", "index out of range"},
	{"invalid substring range", "index out of range"},
	{"slice(", "index out of range"},
	{"cannot slice", "index out of range"},
	{"unsupported index", "invalid index"},
	{"division by zero", "divide by zero"},
	{"modulus by zero", "divide by zero"},
	{"integer overflow", "overflow"},
	{"unsigned integer overflow", "overflow"},
	{"duration overflow", "overflow"},
	{"timestamp overflow", "overflow"},
	{"strconv.", "conversion"},
	{"type conversion error", "conversion"},
	{"unsupported type conversion", "conversion"},
	{"unsupported conversion", "unsupported value"},
	{"could not convert", "conversion"},
	{"couldn't convert", "conversion"},
	{"cannot convert", "conversion"},
	{"invalid RFC 3339 timestamp", "conversion"},
	{"invalid UTF-8", "conversion"},
	{"illegal base64", "conversion"},
	{"time: invalid duration", "conversion"},
	{"time: unknown unit", "conversion"},
	{"time: missing unit", "conversion"},
	{"parsing time", "conversion"},
	{"unknown time zone", "unknown time zone"},
	{"time: invalid location", "unknown time zone"},
	{"timezone offset", "unknown time zone"},
	{"error parsing regexp", "invalid regex"},
	{"regular expression has", "invalid regex"},
	{"regex ", "invalid regex"},
	{"invalid replacement string", "invalid replacement"},
	{"replacement string", "invalid replacement"},
	{"NaN values", "NaN cannot be ordered"},
	{"optional.none() dereference", "no value in the optional"},
	{"insert failed", "duplicate map key"},
	{"unrecognized formatting clause", "invalid format"},
	{"error while parsing precision", "invalid format"},
	{"error while converting precision", "invalid format"},
	{"could not find end of precision", "invalid format"},
	{"precision ", "invalid format"},
	{"unexpected end of string", "invalid format"},
	{"no formatting function", "invalid format"},
	{"join: invalid input", "no such overload"},
	{"math.bitShift", "negative shift"},
	{"math.@", "empty list"},
	{"got '", "no such overload"},
	{"unsupported comprehension range", "no such overload"},
	{"lists.", "index out of range"},
	{"level must be", "index out of range"},
	{"list elements must", "the elements do not compare"},
	{"error during formatting", "invalid format"},
	{"negative precision", "invalid format"},
	{"error writing", "invalid format"},
	{"field type conversion error", "conversion"},
	{"unsupported field type", "conversion"},
	{"cannot initialize optional", "no such overload"},
}

// kindOf says what went wrong in words of our own.
func kindOf(err error) string {
	var own *eval.Failure
	if errors.As(err, &own) {
		return own.Kind
	}
	// The text may quote an operand: it is compared with fixed texts and dropped.
	text := err.Error()
	for _, k := range kinds {
		if strings.HasPrefix(text, k.prefix) {
			return k.kind
		}
	}
	return "the value does not fit"
}

// codeOf returns the code of our own failures, and Failed for cel-go's.
func codeOf(err error) eval.Code {
	var own *eval.Failure
	if errors.As(err, &own) {
		return own.Code
	}
	return eval.Failed
}

// nodeOf returns the node that raised err, or 0.
func nodeOf(err error) int64 {
	var labelled *types.Err
	if errors.As(err, &labelled) && labelled.NodeID() > 0 {
		return labelled.NodeID()
	}
	return 0
}
