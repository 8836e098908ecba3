// Package jsonread reads JSON objects strictly and without reflection.
//
// Start with [Decoder.Decode]: it reads one object into a value that lists its fields
// in a [Fields] method. Unlike encoding/json it refuses duplicate keys, keys
// that nobody knows, invalid UTF-8, lone surrogates and anything behind the
// object, and its errors hold places and names of fields, never a value.
package jsonread
