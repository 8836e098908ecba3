package cel

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"google.golang.org/protobuf/proto"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// adapter makes CEL values of Go values. To what cel-go knows it adds
// json.Number and, by reflection, any map, slice, pointer and struct.
type adapter struct{ *types.Registry }

// NativeToValue implements types.Adapter.
func (a adapter) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case nil:
		return types.NullValue
	case ref.Val:
		return v
	case string:
		return types.String(v)
	case bool:
		return types.Bool(v)
	case int64:
		return types.Int(v)
	case float64:
		return types.Double(v)
	case map[string]any:
		return sorted(a, v)
	case eval.Ordered:
		if eval.IsNil(v) {
			return types.NullValue
		}
		return written(types.NewStringInterfaceMap(a, v.Map()), v.Keys())
	case []any:
		return types.NewDynamicList(a, v)
	case json.Number:
		return numberValue(v)
	case []byte, time.Time, time.Duration, proto.Message:
		return a.Registry.NativeToValue(v)
	}
	return a.reflected(reflect.ValueOf(value))
}

func (a adapter) reflected(v reflect.Value) ref.Val {
	switch v.Kind() {
	case reflect.Bool:
		return types.Bool(v.Bool())
	case reflect.String:
		return types.String(v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return types.Int(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return types.Uint(v.Uint())
	case reflect.Float32, reflect.Float64:
		return types.Double(v.Float())
	case reflect.Slice, reflect.Array:
		return types.NewDynamicList(a, v.Interface())
	case reflect.Map:
		return sortedByText(types.NewDynamicMap(a, v.Interface()))
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return types.NullValue
		}
		return a.NativeToValue(v.Elem().Interface())
	case reflect.Struct:
		fields, names := eval.StructFields(v)
		return written(types.NewStringInterfaceMap(a, fields), names)
	}
	return types.WrapErr(eval.ErrUnsupported)
}

// numberValue returns the value of a JSON number.
func numberValue(n json.Number) ref.Val {
	v, ok := eval.NumberOf(string(n))
	switch {
	case !ok:
		return types.WrapErr(eval.ErrNumber)
	case v.Kind == eval.Int:
		return types.Int(v.Bits)
	case v.Kind == eval.Uint:
		return types.Uint(v.Bits)
	}
	return types.Double(v.Double())
}
