package js

import (
	"errors"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// exception is an error that the language throws. Its text is fixed: no value is
// in it. Limits are no exceptions, but an [eval.Failure].
type exception struct {
	// class is the constructor that JavaScript throws an object of.
	class string
	text  string
}

func (e *exception) Error() string { return e.text }

func typeError(text string) error   { return &exception{"TypeError", text} }
func rangeError(text string) error  { return &exception{"RangeError", text} }
func syntaxError(text string) error { return &exception{"SyntaxError", text} }
func uriError(text string) error    { return &exception{"URIError", text} }

// What any part of an evaluation may end in.
var (
	errNotFunction    = typeError("this is no function")
	errNotConstructor = typeError("`new` takes Date, Set, Map, RegExp, Array, URL, URLSearchParams, Error, Intl.NumberFormat or Intl.DateTimeFormat")
	errNotIterable    = typeError("this cannot be iterated over")
	errNullish        = typeError("null and undefined have no properties")
	// errFrozen is the change of a variable, errFrozenObject that of what
	// Object.freeze was called with or what the library owns.
	errFrozen       = typeError("variables cannot be changed: make a new object, as in {...user, x: 1}")
	errFrozenObject = typeError("the object is frozen")
	errFixed        = typeError("this property cannot be set")
	errPrimitive    = typeError("the object has no primitive value")
	errLength       = rangeError("the length of an array is a whole number below 4294967296")
	errThis         = typeError("the method is called on a value of another kind")
	errDepth        = &eval.Failure{Code: eval.Limit, Kind: "the calls are nested too deeply"}
)

// placeholderNumber is what the conversion of a placeholder to a number ends in. The call
// or operator that asked yields the placeholder.
type placeholderNumber struct{ placeholder Value }

func (*placeholderNumber) Error() string { return "a placeholder is no number" }

// absorb returns the placeholder where err is one, and err else.
func absorb(err error) (Value, error) {
	var a *placeholderNumber
	if errors.As(err, &a) {
		return a.placeholder, nil
	}
	return undefined, err
}
