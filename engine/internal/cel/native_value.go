package cel

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/google/cel-go/common/types"
	"github.com/sotto-render/sotto/internal/jsontext"
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
	// made says that held is a tree of our own making and in terms of results.
	made bool
	// bits is a bool as 0 or 1, an int, a uint or the bits of a double. Of a
	// tree that was made it is about how many bytes the texts in it have.
	bits uint64
	// text is that of a text, and that of a JSON secret as it was spelled.
	text string
	// held is a tree. Of any other kind it is the value in terms of results
	// where it came as that, so that it needs no new interface.
	held any
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
func valueOf(at any) (value, bool) {
	switch v := at.(type) {
	case string:
		return value{kind: isText, text: v, held: at}, true
	case bool:
		return boolValue(v, false), true
	case json.Number:
		return numberOf(string(v))
	case int64:
		return value{kind: isInt, bits: uint64(v), held: at}, true
	case int:
		return value{kind: isInt, bits: uint64(v)}, true
	case float64:
		return value{kind: isDouble, bits: math.Float64bits(v), held: at}, true
	case nil:
		return value{kind: isNull}, true
	case map[string]any, []any:
		return value{kind: isTree, held: at}, true
	case ordered:
		return value{kind: isTree, held: v.Map()}, true
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
	case isDouble:
		if f := v.double(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false
		}
	case isTree:
		if !v.made {
			return copied(v.held)
		}
	}
	if v.held != nil {
		return v.held, true
	}
	switch v.kind {
	case isInt:
		return int64(v.bits), true
	case isUint:
		return v.bits, true
	case isDouble:
		return v.double(), true
	}
	return v.text, true
}

// take notes that part went into the tree v.
func (v *value) take(part value) {
	v.tainted = v.tainted || part.tainted
	v.bits += uint64(len(part.text))
	switch {
	case part.made:
		v.bits += part.bits
	case part.kind == isTree:
		v.bits += smallBytes
	}
}

// Trees of variables and secrets are small up to here.
const (
	smallTree  = 64      // fields or elements
	smallBytes = 4 << 10 // bytes of their texts together
)

// copied returns a copy of what a variable or a secret holds, in terms of
// results. It leaves all but small trees to cel-go, which counts them.
func copied(tree any) (any, bool) {
	left := smallBytes
	switch t := tree.(type) {
	case map[string]any:
		if len(t) > smallTree {
			return nil, false
		}
		object := make(map[string]any, len(t))
		for key, field := range t {
			v, ok := leaf(field, &left)
			if left -= len(key); !ok || left < 0 {
				return nil, false
			}
			object[key] = v
		}
		return object, true
	case []any:
		if len(t) > smallTree {
			return nil, false
		}
		list := make([]any, len(t))
		for i, element := range t {
			v, ok := leaf(element, &left)
			if !ok || left < 0 {
				return nil, false
			}
			list[i] = v
		}
		return list, true
	}
	return nil, false
}

func leaf(at any, left *int) (any, bool) {
	v, ok := valueOf(at)
	*left -= len(v.text)
	if !ok || v.kind == isTree {
		return nil, false
	}
	return v.result()
}

// asText returns the text of v inside a template literal.
func (v value) asText() (string, bool) {
	switch {
	case v.text != "" || v.kind == isText:
		return v.text, true
	case v.kind == isInt:
		return strconv.FormatInt(int64(v.bits), 10), true
	}
	text, ok := v.appendJSON(nil)
	return string(text), ok
}

// appendText appends the text of v inside a template literal.
func (v value) appendText(dst []byte) ([]byte, bool) {
	if v.text != "" || v.kind == isText {
		return append(dst, v.text...), true
	}
	return v.appendJSON(dst)
}

func (v value) appendJSON(dst []byte) ([]byte, bool) {
	switch v.kind {
	case isNull:
		return append(dst, "null"...), true
	case isBool:
		return strconv.AppendBool(dst, v.isTrue()), true
	case isInt:
		return strconv.AppendInt(dst, int64(v.bits), 10), true
	case isUint:
		return strconv.AppendUint(dst, v.bits, 10), true
	case isText:
		return jsontext.AppendString(dst, v.text), true
	}
	result, ok := v.result()
	if !ok {
		return dst, false
	}
	out, err := appendNative(dst, result)
	if err != nil {
		return dst, false
	}
	return out, true
}

// isShort reports whether v stays under a limit of a result's length. A tree
// is judged from afar: cel-go counts one that comes near.
func (v value) isShort(limit int) bool {
	if v.made {
		return v.bits <= uint64(limit/8)
	}
	return len(v.text) <= limit
}
