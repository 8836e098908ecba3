package js

import (
	"reflect"
	"time"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// reflected returns a value of a Go type that encoding/json does not decode to: a list or
// a struct of any type, a map with texts for keys, a pointer to such a one, and what has
// the kind of a text, a number or a bool. A time is its text, as in JSON.
func (vm *machine) reflected(at any) (Value, error) {
	v := reflect.ValueOf(at)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if t, ok := at.(time.Time); ok {
		return text(t.Format(time.RFC3339Nano)), nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if v.IsNil() {
			return null, nil
		}
	}
	switch v.Kind() {
	case reflect.String:
		return text(v.String()), nil
	case reflect.Bool:
		return boolean(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return wholeNumber(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return vm.fromGo(v.Uint())
	case reflect.Float32, reflect.Float64:
		return number(v.Float()), nil
	case reflect.Slice, reflect.Array:
		if err := vm.charge(int64(v.Len()) * valueBytes); err != nil {
			return undefined, err
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = v.Index(i).Interface()
		}
		return vm.fromGo(list)
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		if err := vm.charge(int64(v.Len()) * fieldBytes); err != nil {
			return undefined, err
		}
		fields := make(map[string]any, v.Len())
		for key, item := range v.Seq2() {
			fields[key.String()] = item.Interface()
		}
		return vm.fromGo(fields)
	case reflect.Struct:
		fields, names := eval.StructFields(v)
		if err := vm.charge(int64(len(names)) * fieldBytes); err != nil {
			return undefined, err
		}
		return vm.fieldsView(fields, names)
	}
	return undefined, eval.ErrUnsupported
}

// isGoContainer reports whether a value of such a type becomes an object.
func isGoContainer(at any) bool {
	t := reflect.TypeOf(at)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		return true
	}
	return false
}
