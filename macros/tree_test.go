package macros_test

import (
	"math/big"
	"reflect"

	"github.com/sotto-render/sotto/macros"
)

// plain turns a tree into maps and lists that encoding/json can write, with
// the type of each node in it and without offsets.
func plain(v any) any { return plainValue(reflect.ValueOf(v)) }

func plainValue(v reflect.Value) any {
	if v.IsValid() && v.CanInterface() {
		if n, ok := v.Interface().(*big.Int); ok {
			return n.String()
		}
	}
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Interface:
		return plainValue(v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plainValue(v.Elem())
	case reflect.Slice:
		return plainList(v)
	case reflect.Struct:
		fields := map[string]any{"": v.Type().Name()}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			_, computed := v.Interface().(macros.Reference)
			if name == "Pos" || computed && name == "Display" {
				continue
			}
			fields[name] = plainValue(v.Field(i))
		}
		return fields
	case reflect.Float64:
		return map[string]any{"float": v.Float()}
	}
	return v.Interface()
}

// plainList joins texts that stand side by side.
func plainList(v reflect.Value) []any {
	list := make([]any, 0, v.Len())
	for i := range v.Len() {
		item := plainValue(v.Index(i))
		text, ok := item.(map[string]any)
		if ok && text[""] == "Text" && len(list) > 0 {
			if last, ok := list[len(list)-1].(map[string]any); ok && last[""] == "Text" {
				last["Text"] = last["Text"].(string) + text["Text"].(string)
				continue
			}
		}
		list = append(list, item)
	}
	return list
}
