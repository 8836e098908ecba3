package request

import "strings"

// IsWritten reports whether text stands in source, or is the value of a variable: who made
// the request knows it, and what a secret chooses or cuts out of such texts is nothing that
// was made of the secret. Only the first thousand values of vars are looked at, so that the
// cost of a question is bounded.
func IsWritten(text, source string, vars map[string]any) bool {
	if strings.Contains(source, text) {
		return true
	}
	left := manyValues
	return holds(vars, text, &left)
}

const manyValues = 1000

func holds(v any, text string, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch v := v.(type) {
	case string:
		return v == text
	case []any:
		for _, item := range v {
			if holds(item, text, left) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if holds(item, text, left) {
				return true
			}
		}
	case interface{ Map() map[string]any }:
		return holds(v.Map(), text, left)
	}
	return false
}
