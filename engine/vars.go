package engine

import (
	"errors"

	"github.com/sotto-render/sotto/internal/jsonread"
)

// varsDecoder reads the variables of [DecodeVars].
var varsDecoder = jsonread.Decoder{
	Subject:   "the JSON of the variables",
	MaxDepth:  1000,
	NewObject: func() jsonread.Object { return new(Object) },
	Verbatim:  true,
}

// DecodeVars decodes the variables of a request from a JSON object. Objects
// inside it become [*Object] and keep the order of their keys; numbers become
// json.Number and keep every digit. It refuses what JSON readers do not agree
// on: names that stand twice in one object, half of a surrogate pair, text that
// is not UTF-8; and nesting of more than 1,000 levels. The error is an [*Error]
// with the place; it never quotes data. Its code is [InvalidRequest], and
// [ValueRejected] for a number that no double holds or that is longer than 400
// characters. A Go map forgets the order of the outer object, in which an
// expression walks `vars`: [DecodeObject] keeps it.
func DecodeVars(data []byte) (map[string]any, error) {
	values, err := varsDecoder.DecodeMap(string(data))
	return values, decodingError(err)
}

// DecodeObject is [DecodeVars] that keeps the order of the outer object too: the
// Map and the Keys of the result are the Vars and the Order of a [Request].
func DecodeObject(data []byte) (*Object, error) {
	object, err := varsDecoder.DecodeObject(string(data))
	if err != nil {
		return nil, decodingError(err)
	}
	return object.(*Object), nil
}

func decodingError(err error) error {
	var wrong *jsonread.Error
	if errors.As(err, &wrong) {
		code := InvalidRequest
		if wrong.Rejected {
			code = ValueRejected
		}
		return &Error{Code: code, Details: []Detail{{
			Code: code, Message: wrong.Message, Line: wrong.Place.Line, Column: wrong.Place.Column,
		}}}
	}
	return err
}
