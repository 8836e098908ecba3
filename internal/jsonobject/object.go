// Package jsonobject decodes JSON whose objects keep the order of their names,
// for whoever walks them. Use [Decode].
package jsonobject

import (
	"encoding/json"
	"errors"
	"strings"
)

// Object is a JSON object in written order. A name that stands twice is there
// once, in its first place and with its last value, as encoding/json takes it. It
// MUST NOT be changed.
type Object struct {
	keys   []string
	values map[string]any
}

// Keys returns the names in order.
func (o *Object) Keys() []string { return o.keys }

// Get returns the value of a name and whether there is one.
func (o *Object) Get(name string) (any, bool) {
	x, ok := o.values[name]
	return x, ok
}

// Map returns the object without its order.
func (o *Object) Map() map[string]any { return o.values }

// errJSON quotes nothing of what was read.
var errJSON = errors.New("the text is no JSON value")

// Decode reads one JSON value, as encoding/json does but for its objects, which
// are an [*Object] each; numbers are a [json.Number]. The error quotes nothing.
func Decode(text string) (any, error) {
	// The whole text first: it bounds the nesting, and refuses what a reader of
	// tokens lets pass.
	if !json.Valid([]byte(text)) {
		return nil, errJSON
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return value(d)
}

func value(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errJSON
	}
	switch token {
	case json.Delim('{'):
		return object(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := value(d)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		return list, closed(d)
	}
	return token, nil
}

func object(d *json.Decoder) (any, error) {
	o := &Object{values: map[string]any{}}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errJSON
		}
		key, _ := name.(string)
		x, err := value(d)
		if err != nil {
			return nil, err
		}
		if _, twice := o.values[key]; !twice {
			o.keys = append(o.keys, key)
		}
		o.values[key] = x
	}
	return o, closed(d)
}

// closed reads the bracket that closes an object or a list.
func closed(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return errJSON
	}
	return nil
}
