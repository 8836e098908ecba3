package js

import "strconv"

// Object is whatever has an identity: a plain object, an array, a function, a
// date. It belongs to one evaluation, but for those of the library, which are
// frozen and never written to.
type Object struct {
	class kind
	// tainted says that the keys, their order or the length depend on a secret:
	// so does then whatever is read.
	tainted bool
	// frozen refuses every change. A view of a variable is not frozen by this:
	// see variable.
	frozen bool
	// sealed refuses new properties.
	sealed bool
	// hidden says that the fields are not listed: those of the library.
	hidden bool
	// variable says that it came with the request, so that no assignment changes
	// it. Methods such as sort change arrays all the same, for the evaluation.
	variable bool
	// indexed says that a key is an array index, which comes first in order.
	indexed bool
	// fields are the own properties in the order in which they were made. Those
	// of an array are besides its items.
	fields []field
	// index :: key -> place in fields, once there are many.
	index map[string]int
	// items are the elements of an array, or nil where it is a view.
	items []Value
	// data is what the class needs: *Func, *regExp, *view, *date, ...
	data any
}

// field is one own property. One that is hidden is not listed (index and input
// of a match).
type field struct {
	key   string
	value Value
}

// What objects take, for [machine.charge].
const (
	objectBytes = 96
	fieldBytes  = 64
	valueBytes  = 40
	// manyFields is from where on fields are looked up by a map.
	manyFields = 12
)

// newObject returns an empty object with room for n fields, which is charged.
func (vm *machine) newObject(n int) (*Object, error) {
	if err := vm.charge(objectBytes + int64(n)*fieldBytes); err != nil {
		return nil, err
	}
	o := vm.heap.objects.make()
	o.class = kindObject
	if n > 0 {
		o.fields = vm.heap.fields.make(n)
	}
	return o, nil
}

// newArray returns an empty array with room for n items, which is charged.
func (vm *machine) newArray(n int) (*Object, error) {
	if err := vm.charge(objectBytes + int64(n)*valueBytes); err != nil {
		return nil, err
	}
	o := vm.heap.objects.make()
	o.class, o.items = kindArray, vm.heap.values.make(n)
	return o, nil
}

// arrayOf returns an array that takes over items, which were charged.
func arrayOf(items []Value) *Object {
	if items == nil {
		items = []Value{}
	}
	return &Object{class: kindArray, items: items}
}

// push appends v to an array of our own making and charges what it grows by.
func (vm *machine) push(o *Object, v Value) error {
	if len(o.items) == cap(o.items) {
		if err := vm.charge(int64(max(4, cap(o.items))) * valueBytes); err != nil {
			return err
		}
		o.items = vm.heap.values.grow(o.items, max(4, cap(o.items)))
	}
	o.items = append(o.items, v)
	return nil
}

// find returns the place of key among the fields, or -1.
func (o *Object) find(key string) int {
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.fields {
		if o.fields[i].key == key {
			return i
		}
	}
	return -1
}

// own returns the field key of a plain object or of any other, without its view.
func (o *Object) own(key string) (Value, bool) {
	if i := o.find(key); i >= 0 {
		return o.fields[i].value, true
	}
	return undefined, false
}

// put sets the field key of an object of our own making, and charges a new one.
func (vm *machine) put(o *Object, key string, v Value) error {
	if i := o.find(key); i >= 0 {
		o.fields[i].value = v
		return nil
	}
	if len(o.fields) == cap(o.fields) {
		if err := vm.charge(int64(max(4, cap(o.fields))) * fieldBytes); err != nil {
			return err
		}
		o.fields = vm.heap.fields.grow(o.fields, max(4, cap(o.fields)))
	}
	o.fields = append(o.fields, field{key, v})
	if !o.indexed {
		_, o.indexed = arrayIndex(key)
	}
	switch n := len(o.fields); {
	case o.index != nil:
		if err := vm.charge(fieldBytes); err != nil {
			return err
		}
		o.index[key] = n - 1
	case n > manyFields:
		if err := vm.charge(int64(n) * fieldBytes); err != nil {
			return err
		}
		o.index = make(map[string]int, 2*n)
		for i := range o.fields {
			o.index[o.fields[i].key] = i
		}
	}
	return nil
}

// arrayIndex returns the array index that key spells (ECMA-262, 6.1.7).
func arrayIndex(key string) (int, bool) {
	if key == "" || len(key) > 10 || key[0] < '0' || key[0] > '9' || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(key, 10, 64)
	if err != nil || n >= 1<<32-1 {
		return 0, false
	}
	return int(n), true
}
