package liquid

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sotto-render/sotto/redact"
)

// reflectList is a Go slice or array that is no []any.
type reflectList struct{ reflect.Value }

func (l reflectList) at(i int) value { return reflected(l.Index(i)) }

// reflectMap is a Go map that is no map[string]any.
type reflectMap struct{ reflect.Value }

func (m reflectMap) get(key string) (value, bool) {
	if m.Type().Key().Kind() != reflect.String {
		return value{}, false
	}
	item := m.MapIndex(reflect.ValueOf(key).Convert(m.Type().Key()))
	if !item.IsValid() {
		return value{}, false
	}
	return reflected(item), true
}

func (m reflectMap) keys() []string {
	if m.Type().Key().Kind() != reflect.String {
		return nil
	}
	keys := make([]string, 0, m.Len())
	for _, key := range m.MapKeys() {
		keys = append(keys, key.String())
	}
	slices.Sort(keys)
	return keys
}

// drop is a Go struct, read by the names of its fields.
type drop struct{ reflect.Value }

func (d drop) get(name string) (value, bool) {
	index, ok := fieldsOf(d.Type()).index[name]
	if !ok {
		return value{}, false
	}
	field, err := d.FieldByIndexErr(index)
	if err != nil {
		return nilValue, true
	}
	return reflected(field), true
}

func (d drop) keys() []string { return fieldsOf(d.Type()).names }

// structFields are the names by which templates know a struct's fields: the
// `liquid` or `json` tag, else the name in Go and in snake case.
type structFields struct {
	names []string
	index map[string][]int
}

// structs :: reflect.Type -> *structFields
var structs sync.Map

func fieldsOf(t reflect.Type) *structFields {
	if known, ok := structs.Load(t); ok {
		return known.(*structFields)
	}
	fields := &structFields{index: make(map[string][]int)}
	for _, field := range reflect.VisibleFields(t) {
		if !field.IsExported() || field.Anonymous {
			continue
		}
		name, tagged := tagName(field.Tag)
		switch {
		case name == "-":
			continue
		case tagged:
			fields.index[name] = field.Index
		default:
			name = snakeCase(field.Name)
			fields.index[name], fields.index[field.Name] = field.Index, field.Index
		}
		fields.names = append(fields.names, name)
	}
	known, _ := structs.LoadOrStore(t, fields)
	return known.(*structFields)
}

func tagName(tag reflect.StructTag) (string, bool) {
	for _, key := range []string{"liquid", "json"} {
		name, _, _ := strings.Cut(tag.Get(key), ",")
		if name != "" {
			return name, true
		}
	}
	return "", false
}

// snakeCase turns UserID into user_id.
func snakeCase(name string) string {
	var b strings.Builder
	upper := func(i int) bool { return i < len(name) && 'A' <= name[i] && name[i] <= 'Z' }
	for i := range len(name) {
		if upper(i) && i > 0 && (!upper(i-1) || i+1 < len(name) && !upper(i+1)) {
			b.WriteByte('_')
		}
		b.WriteByte(name[i])
	}
	return strings.ToLower(b.String())
}

// reflected returns the value of Go data that valueOf has no case for.
func reflected(r reflect.Value) value {
	for depth := 0; r.Kind() == reflect.Pointer || r.Kind() == reflect.Interface; depth++ {
		if r.IsNil() || depth > maxDataDepth {
			return nilValue
		}
		if v, ok := known(r); ok {
			return v
		}
		r = r.Elem()
	}
	if !r.IsValid() {
		return nilValue
	}
	if v, ok := known(r); ok {
		return v
	}
	switch r.Kind() {
	case reflect.Bool:
		return boolValue(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return intValue(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return numberValue(fmt.Sprint(r.Uint()))
	case reflect.Float32, reflect.Float64:
		return valueOf(r.Float())
	case reflect.String:
		return stringValue(r.String())
	case reflect.Slice, reflect.Array:
		if r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 {
			return stringValue(string(r.Bytes()))
		}
		return value{kind: kindList, ref: reflectList{r}}
	case reflect.Map:
		return value{kind: kindHash, ref: reflectMap{r}}
	case reflect.Struct:
		return value{kind: kindHash, ref: drop{r}}
	}
	return nilValue
}

// known returns the value of the types that valueOf knows by name, and of
// those that know their own text.
func known(r reflect.Value) (value, bool) {
	if !r.CanInterface() {
		return nilValue, true
	}
	x := r.Interface()
	switch x.(type) {
	case string, bool, int, int64, float64, []any, map[string]any, ordered, time.Time,
		json.Number, *big.Int, redact.Secret, redact.Sensitive[string]:
		return valueOf(x), true
	}
	switch x := x.(type) {
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		return stringValue(string(text)), err == nil
	case fmt.Stringer:
		return stringValue(x.String()), true
	}
	return value{}, false
}
