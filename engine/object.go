package engine

import (
	"bytes"
	"encoding/json"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// Object is a JSON object that keeps its keys in order, so that a loop over it
// sees them as they were written. [DecodeVars] makes them, and an evaluation whose
// [Request] asks for it; a Go map does as well where order does not matter. It must
// not be changed while it is used. A nil Object is read as an empty one.
type Object struct {
	keys []string
	// values :: key -> value; nil where list has the values, in the order of keys
	values map[string]any
	list   []any
}

// fewKeys is up to where values are found faster in a list than in a map.
const fewKeys = 8

// newResult returns an empty object for a result of so many keys.
func newResult(size int) eval.Builder {
	switch {
	case size <= 4:
		small := new(struct {
			Object
			names [4]string
			items [4]any
		})
		small.keys, small.list = small.names[:0], small.items[:0]
		return &small.Object
	case size <= fewKeys:
		return &Object{keys: make([]string, 0, size), list: make([]any, 0, size)}
	}
	return &Object{keys: make([]string, 0, size), values: make(map[string]any, size)}
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.Keys()) }

// Get returns the value of key and whether there is one.
func (o *Object) Get(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	for i := range o.list {
		if o.keys[i] == key {
			return o.list[i], true
		}
	}
	x, ok := o.values[key]
	return x, ok
}

// Set gives key a value. A new key comes last.
func (o *Object) Set(key string, x any) {
	if o.values == nil {
		o.values, o.list = o.Map(), nil
	}
	if o.values == nil {
		o.values = make(map[string]any)
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = x
}

// Add is Set for a key that o does not have.
func (o *Object) Add(key string, x any) {
	if o.list == nil {
		o.Set(key, x)
		return
	}
	o.keys, o.list = append(o.keys, key), append(o.list, x)
}

// Keys returns the keys in order. The slice must not be changed.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// Map returns the object without its order. The map must not be changed.
func (o *Object) Map() map[string]any {
	switch {
	case o == nil:
		return nil
	case o.list == nil:
		return o.values
	}
	values := make(map[string]any, len(o.list))
	for i, x := range o.list {
		values[o.keys[i]] = x
	}
	return values
}

// MarshalJSON writes the object with its keys in order.
func (o *Object) MarshalJSON() ([]byte, error) {
	if o == nil {
		return []byte("null"), nil
	}
	b := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			b = append(b, ',')
		}
		item, _ := o.Get(key)
		var err error
		if b, err = appendItem(append(jsontext.AppendString(b, key), ':'), item); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendItem appends any value as JSON, with no more escapes than are needed: who wants
// others for HTML encodes the object with them.
func appendItem(b []byte, item any) ([]byte, error) {
	if longer, err := eval.AppendJSON(b, item); err == nil {
		return longer, nil
	}
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(item)
	return append(b, bytes.TrimSuffix(buffer.Bytes(), []byte{'\n'})...), err
}

// membersOf returns what x holds where it is an Object, and nil else.
func membersOf(x any) map[string]any {
	o, _ := x.(*Object)
	return o.Map()
}
