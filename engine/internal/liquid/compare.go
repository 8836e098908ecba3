package liquid

import (
	"strings"
	"time"
	"unicode"
)

// equal is Liquid's `==` between two values.
func (v value) equal(w value, depth int) bool {
	if v.nothing() || w.nothing() {
		return v.nothing() && w.nothing()
	}
	if v.numeric() && w.numeric() {
		return v.kind == kindInt && w.kind == kindInt && v.num == w.num ||
			v.kind+w.kind != 2*kindInt && v.number().compare(w.number()) == 0
	}
	if v.kind != w.kind || depth > maxDataDepth {
		return false
	}
	switch v.kind {
	case kindString:
		return v.text == w.text
	case kindBool:
		return v.num == w.num
	case kindRange:
		return v.num == w.num && v.ref == w.ref
	case kindTime:
		return v.ref.(time.Time).Equal(w.ref.(time.Time))
	case kindList:
		n := v.len()
		if n != w.len() {
			return false
		}
		for i := range n {
			if !v.at(i).equal(w.at(i), depth+1) {
				return false
			}
		}
		return true
	case kindHash:
		return equalHashes(v, w, depth)
	}
	return false
}

func equalHashes(v, w value, depth int) bool {
	if l, ok := v.ref.(*loop); ok {
		m, same := w.ref.(*loop)
		return same && l == m
	}
	if v.len() != w.len() {
		return false
	}
	for _, key := range v.keys() {
		item, _ := v.get(key)
		other, ok := w.get(key)
		if !ok || !item.equal(other, depth+1) {
			return false
		}
	}
	return true
}

func (v value) numeric() bool { return kindInt <= v.kind && v.kind <= kindBig }

// empty is `v == empty`.
func (v value) empty() bool {
	switch v.kind {
	case kindString:
		return v.text == ""
	case kindList, kindHash:
		return v.len() == 0
	}
	return false
}

// blank is `v == blank`.
func (v value) blank() bool {
	switch v.kind {
	case kindMissing, kindNil:
		return true
	case kindBool:
		return !v.bool()
	case kindString:
		return strings.TrimFunc(v.text, unicode.IsSpace) == ""
	}
	return v.empty()
}

// compare orders two values and reports whether they have an order.
func (v value) compare(w value) (int, bool) {
	switch {
	case v.numeric() && w.numeric():
		if v.kind == kindInt && w.kind == kindInt {
			return number{small: v.num}.compare(number{small: w.num}), true
		}
		return v.number().compare(w.number()), true
	case v.kind == kindString && w.kind == kindString:
		return strings.Compare(v.text, w.text), true
	case v.kind == kindTime && w.kind == kindTime:
		return v.ref.(time.Time).Compare(w.ref.(time.Time)), true
	case v.kind == kindList && w.kind == kindList:
		for i := range min(v.len(), w.len()) {
			if order, ok := v.at(i).compare(w.at(i)); !ok || order != 0 {
				return order, ok
			}
		}
		return v.len() - w.len(), true
	}
	return 0, v.equal(w, 0)
}

// orderable reports whether `<` is defined for v.
func (v value) orderable() bool {
	return v.numeric() || v.kind == kindString || v.kind == kindTime
}

// contains is Liquid's `contains`.
func (st *state) contains(v, w value) bool {
	if w.nothing() || w.kind == kindBool && !w.bool() {
		return false
	}
	switch v.kind {
	case kindString:
		return st.printable(w) && strings.Contains(v.text, w.string())
	case kindList:
		for i := range v.len() {
			if st.equal(v.at(i), w) {
				return true
			}
		}
	case kindRange:
		return w.kind == kindInt && v.num <= w.num && w.num <= int64(v.ref.(upTo))
	case kindHash:
		_, ok := v.get(w.text)
		return ok && w.kind == kindString
	}
	return false
}
