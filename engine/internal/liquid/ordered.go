package liquid

import "reflect"

// ordered is an object that keeps its keys in order, as the engine's Object
// does. Templates read it as any other hash, in its order.
type ordered interface {
	Keys() []string
	Get(key string) (any, bool)
	Map() map[string]any
}

// isNil reports whether o is a nil pointer, which has no keys to ask for.
func isNil(o ordered) bool {
	r := reflect.ValueOf(o)
	return r.Kind() == reflect.Pointer && r.IsNil()
}
