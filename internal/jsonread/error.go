package jsonread

import (
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/macros"
)

// Error is what is wrong with a JSON text. Its text quotes nothing that
// was sent besides the names of fields.
type Error struct {
	// Message says what is wrong and what to do.
	Message string
	// Place is where, in the text that was decoded.
	Place macros.Place
	// Rejected says that the JSON is well-formed and holds a value that cannot be
	// used.
	Rejected bool
	// Early says that the text ends where more of it should follow.
	Early bool
}

// Error returns "line:column: message".
func (e *Error) Error() string { return e.Place.String() + ": " + e.Message }

// maxName is the length of the longest field name that an error repeats.
const maxName = 40

// named returns `field "name"` where name looks like the name of a field, and
// "a field" where it may just as well be a value that stands in a wrong place.
func named(name string) string {
	if !isFieldName(name) {
		return "a field"
	}
	return "field " + strconv.Quote(name)
}

func isFieldName(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == ""
}
