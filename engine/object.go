package engine

import "encoding/json"

// Object is a JSON object that keeps its keys in order, so that a loop over it
// sees them as they were written. [DecodeVars] makes them; a Go map does as
// well where order does not matter. It must not be changed while it is used. A
// nil Object is read as an empty one.
type Object struct {
	keys   []string
	values map[string]any
}

// Len returns the number of keys.
func (o *Object) Len() int { return len(o.Keys()) }

// Get returns the value of key and whether there is one.
func (o *Object) Get(key string) (any, bool) {
	x, ok := o.Map()[key]
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
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// Map returns the object without its order. The map must not be changed.
func (o *Object) Map() map[string]any {
	if o == nil {
		return nil
	}
	return o.values
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

// membersOf returns what x holds where it is an Object, and nil else.
func membersOf(x any) map[string]any {
	o, _ := x.(*Object)
	return o.Map()
}
