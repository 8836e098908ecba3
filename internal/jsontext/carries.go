package jsontext

import "unicode/utf8"

// Carries reports whether JSON can carry value as it is: whether each text in it, names
// too, is UTF-8. encoding/json would write other bytes as U+FFFD.
func Carries(value any) bool {
	switch v := value.(type) {
	case string:
		return utf8.ValidString(v)
	case []any:
		for _, item := range v {
			if !Carries(item) {
				return false
			}
		}
	case map[string]any:
		for name, item := range v {
			if !utf8.ValidString(name) || !Carries(item) {
				return false
			}
		}
	case keyed:
		for _, name := range v.Keys() {
			if item, _ := v.Get(name); !utf8.ValidString(name) || !Carries(item) {
				return false
			}
		}
	}
	return true
}

// keyed is an object that keeps the order of its names.
type keyed interface {
	Keys() []string
	Get(name string) (any, bool)
}
