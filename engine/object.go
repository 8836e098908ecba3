package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Object is a JSON object that keeps its keys in order, so that a loop over it
// sees them as they were written. [DecodeVars] makes them; a Go map does as
// well where order does not matter. It must not be changed while it is used.
type Object struct {
	keys   []string
	values map[string]any
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.keys) }

// Get returns the value of key and whether there is one.
func (o *Object) Get(key string) (any, bool) {
	x, ok := o.values[key]
	return x, ok
}

// Set gives key a value. A new key comes last.
func (o *Object) Set(key string, x any) {
	if o.values == nil {
		o.values = make(map[string]any)
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = x
}

// Keys returns the keys in order. The slice must not be changed.
func (o *Object) Keys() []string { return o.keys }

// Map returns the object without its order. The map must not be changed.
func (o *Object) Map() map[string]any { return o.values }

// MarshalJSON writes the object with its keys in order.
func (o *Object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		item, err := json.Marshal(o.values[key])
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), item...)
	}
	return append(b, '}'), nil
}

// errVars does not wrap the decoder's error, which may quote the input.
var errVars = errors.New("engine: the variables are not one JSON object")

// DecodeVars decodes the variables of a request from a JSON object. Objects
// inside it become [*Object] and keep the order of their keys; numbers become
// json.Number and keep every digit. The error never quotes data.
func DecodeVars(data []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errVars
	}
	object, err := decodeObject(dec, 0)
	if err != nil {
		return nil, errVars
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errVars
	}
	if object.values == nil {
		return map[string]any{}, nil
	}
	return object.values, nil
}

// maxVarsDepth bounds the nesting of variables.
const maxVarsDepth = 1000

func decodeObject(dec *json.Decoder, depth int) (*Object, error) {
	if depth > maxVarsDepth {
		return nil, errVars
	}
	object := &Object{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, errVars
		}
		x, err := decodeAny(dec, depth)
		if err != nil {
			return nil, err
		}
		object.Set(key, x)
	}
	_, err := dec.Token()
	return object, err
}

func decodeAny(dec *json.Decoder, depth int) (any, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return decodeObject(dec, depth+1)
	case json.Delim('['):
		if depth > maxVarsDepth {
			return nil, errVars
		}
		list := []any{}
		for dec.More() {
			x, err := decodeAny(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, x)
		}
		_, err := dec.Token()
		return list, err
	}
	return t, nil
}
