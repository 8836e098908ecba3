package liquid

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/redact"
)

// kind says which fields of a value count.
type kind uint8

const (
	kindMissing kind = iota // a variable, field or item that does not exist
	kindNil
	kindBool  // num is 0 or 1
	kindInt   // num
	kindFloat // num holds the bits; text the author's spelling, or ""
	kindBig   // ref is a *big.Int
	kindString
	kindRange // num to upTo(ref)
	kindTime  // ref is a time.Time
	kindList  // ref is []any, []value, pair or reflectList
	kindHash  // ref is map[string]any, ordered, drop, reflectMap or *loop
)

// value is what an expression of a template yields. Strings and numbers need
// no allocation. The zero value is a missing one.
type value struct {
	kind    kind
	content escape.Content
	num     int64
	text    string
	ref     any
	// taint are the secrets that the value is made of; nil for none.
	taint *taint
}

// taint is a set of secrets. It is immutable.
type taint struct{ secrets []redact.Secret }

// upTo is the end of a range, inclusive.
type upTo int64

// pair is a key and its value, as a loop over a hash yields them.
type pair [2]value

var nilValue = value{kind: kindNil}

func boolValue(b bool) value {
	if b {
		return value{kind: kindBool, num: 1}
	}
	return value{kind: kindBool}
}

func intValue(n int64) value          { return value{kind: kindInt, num: n} }
func stringValue(s string) value      { return value{kind: kindString, text: s} }
func listValue(items []value) value   { return value{kind: kindList, ref: items} }
func rangeValue(from, to int64) value { return value{kind: kindRange, num: from, ref: upTo(to)} }

func floatValue(f float64) value {
	return value{kind: kindFloat, num: int64(math.Float64bits(f))}
}

func bigValue(n *big.Int) value {
	if n.IsInt64() {
		return intValue(n.Int64())
	}
	return value{kind: kindBig, ref: n}
}

func (v value) float() float64 { return math.Float64frombits(uint64(v.num)) }
func (v value) bool() bool     { return v.num != 0 }
func (v value) nothing() bool  { return v.kind <= kindNil }

// truthy reports Liquid's truth: all but nil and false.
func (v value) truthy() bool {
	return v.kind > kindBool || v.kind == kindBool && v.num != 0
}

// wholeFloats are the floats that decoding a JSON integer can have yielded
// without loss.
const wholeFloats = 1 << 53

// valueOf returns the value of Go data. A float64 that is a whole number
// counts as an integer, because encoding/json decodes integers to float64.
func valueOf(data any) value {
	switch x := data.(type) {
	case string:
		return stringValue(x)
	case nil:
		return nilValue
	case bool:
		return boolValue(x)
	case int64:
		return intValue(x)
	case int:
		return intValue(int64(x))
	case float64:
		if x == math.Trunc(x) && math.Abs(x) <= wholeFloats {
			return intValue(int64(x))
		}
		return floatValue(x)
	case json.Number:
		return numberValue(string(x))
	case []any:
		return value{kind: kindList, ref: data}
	case map[string]any:
		if x == nil {
			return nilValue
		}
		return value{kind: kindHash, ref: data}
	case time.Time:
		return value{kind: kindTime, ref: x}
	case *big.Int:
		if x == nil {
			return nilValue
		}
		return bigValue(x)
	case redact.Secret:
		return secretValue(x.Ordered(), x)
	case redact.Sensitive[string]:
		return stringValue(x.Reveal())
	case value:
		return x
	case ordered:
		if isNil(x) {
			return nilValue
		}
		return value{kind: kindHash, ref: x}
	}
	return reflected(reflect.ValueOf(data))
}

// secretValue returns data that came out of secret.
func secretValue(data any, secret redact.Secret) value {
	v := valueOf(data)
	v.taint = &taint{secrets: []redact.Secret{secret}}
	return v
}

// maxNumberBytes bounds the spelling of a number, because arithmetic on long
// ones is slow.
const maxNumberBytes = 400

// numberValue returns the value of a JSON number, exactly.
func numberValue(spelling string) value {
	if n, err := strconv.ParseInt(spelling, 10, 64); err == nil {
		return intValue(n)
	}
	if len(spelling) > maxNumberBytes {
		return stringValue(spelling)
	}
	if !strings.ContainsAny(spelling, ".eE") {
		if n, ok := new(big.Int).SetString(spelling, 10); ok {
			return bigValue(n)
		}
		return stringValue(spelling)
	}
	f, err := strconv.ParseFloat(spelling, 64)
	if err != nil {
		return stringValue(spelling)
	}
	v := floatValue(f)
	v.text = spelling
	return v
}

// with returns v with the secrets of from added to its taint.
func (v value) with(from *taint) value {
	v.taint = joinTaint(v.taint, from)
	return v
}

func joinTaint(a, b *taint) *taint {
	switch {
	case b == nil || a == b:
		return a
	case a == nil:
		return b
	}
	secrets := a.secrets[:len(a.secrets):len(a.secrets)]
add:
	for _, secret := range b.secrets {
		for _, known := range a.secrets {
			if known == secret {
				continue add
			}
		}
		secrets = append(secrets, secret)
	}
	if len(secrets) == len(a.secrets) {
		return a
	}
	return &taint{secrets: secrets}
}

// derive makes text known to everyone who knows the secrets it was made of, unless it
// stands in a source or among the variables.
func (st *state) derive(t *taint, text string) {
	if t == nil || !redact.MayDerive(text) {
		return
	}
	for i := range st.template.sources {
		if request.IsWritten(text, st.template.sources[i].Text, st.vars) {
			return
		}
	}
	for _, secret := range t.secrets {
		secret.Derive(text)
	}
}

// register does for every text inside v what derive does for one.
func (st *state) register(v value, depth int) {
	if v.taint == nil || depth > maxDataDepth {
		return
	}
	if st.tick(16); st.err != nil {
		return
	}
	switch v.kind {
	case kindString:
		st.derive(v.taint, v.text)
		st.registerParts(v)
	case kindInt, kindFloat, kindBig, kindTime:
		st.derive(v.taint, v.string())
	case kindList:
		for i := 0; i < v.len() && st.err == nil; i++ {
			st.register(v.at(i), depth+1)
		}
	}
}

// registerParts does the same for the parts of a text that are escaped apart
// when it is printed, but not for markup, which only an author writes.
func (st *state) registerParts(v value) {
	escaped, _ := v.ref.(escape.Spans)
	if len(escaped) == 0 {
		return
	}
	parts := escape.Text{String: v.text, Escaped: escaped}.Parts()
	for _, p := range parts[:min(len(parts), maxRegistered)] {
		if !p.Escaped || strings.IndexByte(p.Text, '<') < 0 {
			st.derive(v.taint, p.Text)
		}
	}
}

// maxRegistered bounds the parts of one text that are made known.
const maxRegistered = 100
