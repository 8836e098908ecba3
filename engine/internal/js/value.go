package js

// kind is the type of a [Value].
type kind uint8

const (
	kindUndefined kind = iota
	kindNull
	kindBool
	kindNumber
	kindString
	// kindHole is an element of an array that was never set. It stands in items
	// alone: whoever reads it gets undefined.
	kindHole
	// From here on a value has an [Object].
	kindObject
	kindArray
	kindFunction
	kindRegExp
	kindDate
	kindSet
	kindMap
	kindURL
	kindParams
	kindError
	kindNumberFormat
	kindDateFormat
	kindIterator
	kinds
)

// Value is a value of the language. The zero Value is undefined. It is small
// enough to travel in registers and shares nothing that a copy could change but
// its object.
type Value struct {
	kind kind
	// tainted says that the value depends on a secret. Of an object it says that
	// which object it is does: what the object holds has taints of its own.
	tainted bool
	// num is a number, and a bool as 0 or 1.
	num float64
	// text is a string in UTF-8 where each surrogate without its pair stands by
	// itself (WTF-8). Of a number it is the digits of an integer that num cannot
	// hold; they stay while the number is only passed on.
	text string
	obj  *Object
}

var (
	undefined = Value{}
	null      = Value{kind: kindNull}
	trueV     = Value{kind: kindBool, num: 1}
	falseV    = Value{kind: kindBool}
)

func boolean(b bool) Value {
	if b {
		return trueV
	}
	return falseV
}

func number(f float64) Value   { return Value{kind: kindNumber, num: f} }
func integer(n int) Value      { return Value{kind: kindNumber, num: float64(n)} }
func text(s string) Value      { return Value{kind: kindString, text: s} }
func object(o *Object) Value   { return Value{kind: o.class, obj: o} }
func function(f *Func) Value   { return Value{kind: kindFunction, obj: &f.object} }
func (v Value) isObject() bool { return v.kind >= kindObject }

// isNullish reports whether v is undefined or null.
func (v Value) isNullish() bool { return v.kind <= kindNull }

// with returns v, tainted where it was or tainted is set.
func (v Value) with(tainted bool) Value {
	v.tainted = v.tainted || tainted
	return v
}

// truthy is ToBoolean (ECMA-262, 7.1.2).
func truthy(v Value) bool {
	switch v.kind {
	case kindUndefined, kindNull, kindHole:
		return false
	case kindBool:
		return v.num != 0
	case kindNumber:
		return v.num != 0 && v.num == v.num
	case kindString:
		return v.text != ""
	}
	return true
}

// typeOf is the result of typeof (ECMA-262, 13.5.3).
func typeOf(v Value) string {
	switch v.kind {
	case kindUndefined, kindHole:
		return "undefined"
	case kindBool:
		return "boolean"
	case kindNumber:
		return "number"
	case kindString:
		return "string"
	case kindFunction:
		return "function"
	}
	return "object"
}
