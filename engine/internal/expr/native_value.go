package expr

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/google/cel-go/common/types"
)

// nativeKind is the type of a value.
type nativeKind uint8

const (
	isNull nativeKind = iota
	isBool
	isInt
	isUint
	isDouble
	isText
	// isTree is a map[string]any or a []any of variables, secrets or literals.
	isTree
)

// value is what a native node yields.
type value struct {
	kind    nativeKind
	tainted bool
	// bits is a bool as 0 or 1, an int, a uint or the bits of a double.
	bits uint64
	text string
	tree any
	// made says that tree is of our own making and in terms of results.
	made bool
}

func boolValue(b, tainted bool) value {
	v := value{kind: isBool, tainted: tainted}
	if b {
		v.bits = 1
	}
	return v
}

func (v value) isTrue() bool    { return v.bits != 0 }
func (v value) double() float64 { return math.Float64frombits(v.bits) }

// valueOf makes a value of a Go value. It knows what encoding/json decodes.
func valueOf(v any) (value, bool) {
	switch v := v.(type) {
	case string:
		return value{kind: isText, text: v}, true
	case bool:
		return boolValue(v, false), true
	case json.Number:
		return numberOf(string(v))
	case int64:
		return value{kind: isInt, bits: uint64(v)}, true
	case int:
		return value{kind: isInt, bits: uint64(v)}, true
	case float64:
		return value{kind: isDouble, bits: math.Float64bits(v)}, true
	case nil:
		return value{kind: isNull}, true
	case map[string]any, []any:
		return value{kind: isTree, tree: v}, true
	case ordered:
		return value{kind: isTree, tree: v.Map()}, true
	}
	return value{}, false
}

// numberOf is numberValue for the fast path.
func numberOf(text string) (value, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value{kind: isInt, bits: uint64(n)}, true
	}
	switch n := numberValue(json.Number(text)).(type) {
	case types.Double:
		return value{kind: isDouble, bits: math.Float64bits(float64(n))}, true
	case types.Uint:
		return value{kind: isUint, bits: uint64(n)}, true
	}
	return value{}, false
}

// result returns v as a value of an [Outcome].
func (v value) result() (any, bool) {
	switch v.kind {
	case isNull:
		return nil, true
	case isBool:
		return v.bits != 0, true
	case isInt:
		return int64(v.bits), true
	case isUint:
		return v.bits, true
	case isDouble:
		f := v.double()
		return f, !math.IsNaN(f) && !math.IsInf(f, 0)
	case isText:
		return v.text, true
	}
	if v.made {
		return v.tree, true
	}
	return copied(v.tree)
}

// copied returns a copy of what a variable or a secret holds, in terms of
// results. It leaves all but small trees to cel-go, which counts them.
func copied(tree any) (any, bool) {
	const small = 64
	switch t := tree.(type) {
	case map[string]any:
		if len(t) > small {
			return nil, false
		}
		object := make(map[string]any, len(t))
		for key, field := range t {
			v, ok := leaf(field)
			if !ok {
				return nil, false
			}
			object[key] = v
		}
		return object, true
	case []any:
		if len(t) > small {
			return nil, false
		}
		list := make([]any, len(t))
		for i, element := range t {
			v, ok := leaf(element)
			if !ok {
				return nil, false
			}
			list[i] = v
		}
		return list, true
	}
	return nil, false
}

func leaf(v any) (any, bool) {
	scalar, ok := valueOf(v)
	if !ok || scalar.kind == isTree {
		return nil, false
	}
	return scalar.result()
}

// asText returns the text of v inside a template literal.
func (v value) asText() (string, bool) {
	switch v.kind {
	case isText:
		return v.text, true
	case isInt:
		return strconv.FormatInt(int64(v.bits), 10), true
	case isUint:
		return strconv.FormatUint(v.bits, 10), true
	case isBool:
		return strconv.FormatBool(v.bits != 0), true
	case isNull:
		return "null", true
	}
	if v.kind == isTree && v.text != "" {
		return v.text, true
	}
	result, ok := v.result()
	if !ok {
		return "", false
	}
	text, err := appendNative(nil, result)
	return string(text), err == nil
}
