package eval

import (
	"reflect"
	"strings"
)

// StructFields returns the exported fields of a struct by the names that
// encoding/json gives them, and these names in their order.
func StructFields(v reflect.Value) (fields map[string]any, names []string) {
	fields = make(map[string]any, v.NumField())
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch name {
		case "-":
			continue
		case "":
			name = field.Name
		}
		if _, twice := fields[name]; !twice {
			names = append(names, name)
		}
		fields[name] = v.Field(i).Interface()
	}
	return fields, names
}
