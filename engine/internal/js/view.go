package js

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// view is what an object of a variable or of a secret shows: what the caller
// gave, without a copy. It cannot be changed; an array that is to be sorted in
// place becomes items first ([machine.thaw]).
type view struct {
	list   []any
	fields map[string]any
	// keys are in the order in which they were written; nil until asked for
	// where the caller gave a Go map, whose order is that of the alphabet.
	keys []string
	// kids :: index, or place in keys -> the object that was made of it, so
	// that it is the same one each time.
	kids []*Object
	// first is the kid that was asked for first, by the name firstName: most views
	// are asked for no other. The others are in named.
	first     *Object
	firstName string
	named     map[string]*Object
}

// viewObject is an object and its view in one piece of memory.
type viewObject struct {
	object Object
	view   view
}

// fromGo returns a value of Go as one of the language: what encoding/json decodes
// to, and objects that keep the order of their keys. It charges an object, not
// what is in it.
func (vm *machine) fromGo(at any) (Value, error) {
	switch v := at.(type) {
	case nil:
		return null, nil
	case string:
		return text(v), nil
	case bool:
		return boolean(v), nil
	case float64:
		return number(v), nil
	case json.Number:
		return jsonNumber(string(v))
	case int:
		return wholeNumber(int64(v)), nil
	case int64:
		return wholeNumber(v), nil
	case uint64:
		if v > maxSafe {
			return Value{kind: kindNumber, num: float64(v), text: strconv.FormatUint(v, 10)}, nil
		}
		return number(float64(v)), nil
	case []any:
		made, o, err := vm.newView(kindArray)
		if err != nil {
			return undefined, err
		}
		made.list = v
		return object(o), nil
	case map[string]any:
		return vm.fieldsView(v, nil)
	case eval.Ordered:
		if eval.IsNil(v) {
			return null, nil
		}
		return vm.fieldsView(v.Map(), v.Keys())
	}
	if v, ok := eval.ValueOf(at); ok && v.Kind == eval.Int {
		return wholeNumber(int64(v.Bits)), nil
	}
	return vm.reflected(at)
}

// newView returns an object of a variable and its view, which is empty yet.
func (vm *machine) newView(class kind) (*view, *Object, error) {
	if err := vm.charge(objectBytes + 128); err != nil {
		return nil, nil, err
	}
	v := vm.heap.views.make()
	v.object.class, v.object.variable, v.object.data = class, true, &v.view
	return &v.view, &v.object, nil
}

func (vm *machine) fieldsView(fields map[string]any, keys []string) (Value, error) {
	w, o, err := vm.newView(kindObject)
	if err != nil {
		return undefined, err
	}
	w.fields, w.keys = fields, keys
	return object(o), nil
}

func wholeNumber(n int64) Value {
	if n > maxSafe || n < -maxSafe {
		return Value{kind: kindNumber, num: float64(n), text: strconv.FormatInt(n, 10)}
	}
	return number(float64(n))
}

// jsonNumber returns the number that JSON spells. An integer that a double cannot
// hold keeps its digits.
func jsonNumber(s string) (Value, error) {
	if len(s) < 16 {
		if n, err := strconv.Atoi(s); err == nil && (n != 0 || s == "0") {
			return integer(n), nil
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return undefined, eval.ErrNumber
	}
	v := number(f)
	if digits := s[toInt(s[0] == '-'):]; math.Abs(f) > maxSafe && decimalDigits(digits) {
		v.text = s
	}
	return v, nil
}

func decimalDigits(s string) bool {
	for i := range len(s) {
		if !isDecimal(s[i]) {
			return false
		}
	}
	return true
}

// shown returns the view of o, or nil.
func (o *Object) shown() *view {
	v, _ := o.data.(*view)
	return v
}

// kid returns element i of a view as a value.
func (vm *machine) viewItem(w *view, i int) (Value, error) {
	at := w.list[i]
	switch at := at.(type) {
	case string:
		return text(at), nil
	case float64:
		return number(at), nil
	}
	if !isContainer(at) {
		return vm.fromGo(at)
	}
	if w.kids == nil {
		if err := vm.charge(int64(len(w.list)) * 8); err != nil {
			return undefined, err
		}
		w.kids = vm.heap.kids.make(len(w.list))[:len(w.list)]
	}
	if o := w.kids[i]; o != nil {
		return object(o), nil
	}
	v, err := vm.fromGo(at)
	w.kids[i] = v.obj
	return v, err
}

// plain returns the field key of a view where it is a text or a number, which need no
// object. It is none of these where found is a hole.
func (w *view) plain(key string) (found Value, there bool) {
	at, there := w.fields[key]
	switch at := at.(type) {
	case string:
		return text(at), there
	case float64:
		return number(at), there
	}
	return Value{kind: kindHole}, there
}

// viewField returns the field key of a view as a value.
func (vm *machine) viewField(w *view, key string) (Value, bool, error) {
	at, ok := w.fields[key]
	switch at := at.(type) {
	case string:
		return text(at), true, nil
	case float64:
		return number(at), true, nil
	case bool:
		return boolean(at), true, nil
	case int64:
		return wholeNumber(at), true, nil
	}
	if !ok {
		return undefined, false, nil
	}
	if !isContainer(at) {
		v, err := vm.fromGo(at)
		return v, true, err
	}
	if w.first != nil && w.firstName == key {
		return object(w.first), true, nil
	}
	if o := w.named[key]; o != nil {
		return object(o), true, nil
	}
	v, err := vm.fromGo(at)
	if err != nil {
		return undefined, true, err
	}
	if w.first == nil {
		w.first, w.firstName = v.obj, key
		return v, true, nil
	}
	if w.named == nil {
		w.named = make(map[string]*Object)
	}
	w.named[key] = v.obj
	return v, true, nil
}

func isContainer(at any) bool {
	switch at.(type) {
	case []any, map[string]any, eval.Ordered:
		return true
	case nil, string, bool, float64, int, int64, uint64, json.Number:
		return false
	}
	return isGoContainer(at)
}

// viewKeys returns the keys of a view in the order of the language: array indices
// first (ECMA-262, 10.1.11.1). The slice must not be changed.
func (vm *machine) viewKeys(w *view) ([]string, error) {
	if w.keys == nil && len(w.fields) > 0 {
		if err := vm.charge(int64(len(w.fields)) * 16); err != nil {
			return nil, err
		}
		w.keys = make([]string, 0, len(w.fields))
		for key := range w.fields {
			w.keys = append(w.keys, key)
		}
		slices.Sort(w.keys)
	}
	return ordered(vm, w.keys)
}

// ordered returns keys with the array indices first, by their number.
func ordered(vm *machine, keys []string) ([]string, error) {
	isIndex := func(key string) bool {
		_, ok := arrayIndex(key)
		return ok
	}
	if !slices.ContainsFunc(keys, isIndex) {
		return keys, nil
	}
	if err := vm.charge(int64(len(keys)) * 16); err != nil {
		return nil, err
	}
	keys = slices.Clone(keys)
	slices.SortStableFunc(keys, func(a, b string) int {
		x, isX := arrayIndex(a)
		y, isY := arrayIndex(b)
		switch {
		case isX && isY:
			return x - y
		case isX:
			return -1
		case isY:
			return 1
		}
		return 0
	})
	return keys, nil
}

// thaw makes items of an array that is a view, so that it can be changed in place
// for the rest of the evaluation. It fails at one that Object.freeze was called
// with.
func (vm *machine) thaw(o *Object) error {
	if o.frozen {
		return errFrozenObject
	}
	w := o.shown()
	if w == nil {
		return nil
	}
	if err := vm.charge(int64(len(w.list)) * valueBytes); err != nil {
		return err
	}
	items := make([]Value, len(w.list))
	for i := range items {
		v, err := vm.viewItem(w, i)
		if err != nil {
			return err
		}
		items[i] = v
	}
	o.items, o.data = items, nil
	return nil
}
