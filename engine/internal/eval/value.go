package eval

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/sotto-render/sotto/internal/jsontext"
)

// Ordered is an object that keeps the order of its keys.
type Ordered interface {
	Map() map[string]any
	Keys() []string
}

// IsNil reports whether o is a nil pointer, which has no keys to ask for.
func IsNil(o Ordered) bool {
	r := reflect.ValueOf(o)
	return r.Kind() == reflect.Pointer && r.IsNil()
}

// Kind is the type of a [Value].
type Kind uint8

// The kinds are those of results. A language that has others, such as
// functions, numbers them from [Own] on.
const (
	Null Kind = iota
	Bool
	Int
	Uint
	Double
	Text
	// Tree is a map[string]any or a []any of variables, secrets or literals.
	Tree
	// Own is the first kind that is a language's own. What it is, only that
	// language's evaluator knows: here it has no text and no result.
	Own
)

// Value is what a part of an expression yields, without an interface around
// what is small and with its taint.
type Value struct {
	Kind Kind
	// Tainted says that the value depends on a secret.
	Tainted bool
	// Made says that Held is a tree of our own making and in terms of results.
	Made bool
	// Bits is a bool as 0 or 1, an int, a uint or the bits of a double. Of a
	// tree that was made it is about how many bytes the texts in it have.
	Bits uint64
	// Text is that of a text, and that of a JSON secret as it was spelled.
	Text string
	// Held is a tree. Of any other kind it is the value in terms of results
	// where it came as that, so that it needs no new interface.
	Held any
}

// BoolValue returns b as a value.
func BoolValue(b, tainted bool) Value {
	v := Value{Kind: Bool, Tainted: tainted}
	if b {
		v.Bits = 1
	}
	return v
}

// IsTrue returns a bool.
func (v Value) IsTrue() bool { return v.Bits != 0 }

// Double returns a double.
func (v Value) Double() float64 { return math.Float64frombits(v.Bits) }

// ValueOf makes a value of a Go value. It knows what encoding/json decodes.
func ValueOf(at any) (Value, bool) {
	switch v := at.(type) {
	case string:
		return Value{Kind: Text, Text: v, Held: at}, true
	case bool:
		return BoolValue(v, false), true
	case json.Number:
		return NumberOf(string(v))
	case int64:
		return Value{Kind: Int, Bits: uint64(v), Held: at}, true
	case int:
		return Value{Kind: Int, Bits: uint64(v)}, true
	case float64:
		return Value{Kind: Double, Bits: math.Float64bits(v), Held: at}, true
	case nil:
		return Value{Kind: Null}, true
	case map[string]any, []any:
		return Value{Kind: Tree, Held: at}, true
	case Ordered:
		if IsNil(v) {
			return Value{Kind: Null}, true
		}
		return Value{Kind: Tree, Held: v.Map()}, true
	}
	return Value{}, false
}

// NumberOf returns the value of a JSON number: an int where it is written as
// one and fits, a uint where only that fits, and a double for one with a
// fraction or an exponent. An integer beyond both is none, because a double
// would change its digits.
func NumberOf(text string) (Value, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Value{Kind: Int, Bits: uint64(n)}, true
	}
	if strings.ContainsAny(text, ".eE") {
		f, err := strconv.ParseFloat(text, 64)
		return Value{Kind: Double, Bits: math.Float64bits(f)}, err == nil
	}
	u, err := strconv.ParseUint(text, 10, 64)
	return Value{Kind: Uint, Bits: u}, err == nil
}

// Result returns v as the value of an [Outcome]. It is not ok for a number that
// JSON does not have, and for a tree of variables or secrets that is not small.
func (v Value) Result() (any, bool) {
	switch v.Kind {
	case Null:
		return nil, true
	case Bool:
		return v.Bits != 0, true
	case Double:
		if f := v.Double(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, false
		}
	case Tree:
		// What belongs to the caller or to a secret is copied: a result is its
		// receiver's to change.
		if !v.Made {
			return copied(v.Held)
		}
	}
	if v.Kind >= Own {
		return nil, false
	}
	if v.Held != nil {
		return v.Held, true
	}
	switch v.Kind {
	case Int:
		return int64(v.Bits), true
	case Uint:
		return v.Bits, true
	case Double:
		return v.Double(), true
	}
	return v.Text, true
}

// Take notes that part went into the tree v.
func (v *Value) Take(part Value) {
	v.Tainted = v.Tainted || part.Tainted
	v.Bits += uint64(len(part.Text))
	switch {
	case part.Made:
		v.Bits += part.Bits
	case part.Kind == Tree:
		v.Bits += smallBytes
	}
}

// Trees of variables and secrets are small up to here.
const (
	smallTree  = 64      // fields or elements
	smallBytes = 4 << 10 // bytes of their texts together
)

// copied returns a copy of what a variable or a secret holds, in terms of
// results. All but small trees are left to a conversion that counts them.
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
	v, ok := ValueOf(at)
	*left -= len(v.Text)
	if !ok || v.Kind == Tree {
		return nil, false
	}
	return v.Result()
}

// AsText returns the text of v inside a template literal.
func (v Value) AsText() (string, bool) {
	switch {
	case v.Text != "" || v.Kind == Text:
		return v.Text, true
	case v.Kind == Int:
		return strconv.FormatInt(int64(v.Bits), 10), true
	}
	text, ok := v.AppendJSON(nil)
	return string(text), ok
}

// AppendText appends the text of v inside a template literal.
func (v Value) AppendText(dst []byte) ([]byte, bool) {
	if v.Text != "" || v.Kind == Text {
		return append(dst, v.Text...), true
	}
	return v.AppendJSON(dst)
}

// AppendJSON appends v as JSON.
func (v Value) AppendJSON(dst []byte) ([]byte, bool) {
	switch v.Kind {
	case Null:
		return append(dst, "null"...), true
	case Bool:
		return strconv.AppendBool(dst, v.IsTrue()), true
	case Int:
		return strconv.AppendInt(dst, int64(v.Bits), 10), true
	case Uint:
		return strconv.AppendUint(dst, v.Bits, 10), true
	case Text:
		return jsontext.AppendString(dst, v.Text), true
	}
	result, ok := v.Result()
	if !ok {
		return dst, false
	}
	out, err := AppendJSON(dst, result)
	if err != nil {
		return dst, false
	}
	return out, true
}

// IsShort reports whether v stays under a limit of a result's length. A tree
// is judged from afar: one that comes near is left to a conversion that counts.
func (v Value) IsShort(limit int) bool {
	if v.Made {
		return v.Bits <= uint64(limit/8)
	}
	return len(v.Text) <= limit
}
