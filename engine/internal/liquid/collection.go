package liquid

import (
	"maps"
	"math"
	"slices"
	"unicode/utf8"
)

// maxDataDepth bounds how deep lists and hashes are followed when they are
// printed, compared or flattened. Deeper data, or data that holds itself,
// ends there.
const maxDataDepth = 64

// len returns the number of items of a list, range or hash, and 0 for others.
func (v value) len() int {
	switch v.kind {
	case kindList:
		switch list := v.ref.(type) {
		case []any:
			return len(list)
		case []value:
			return len(list)
		case pair:
			return 2
		case reflectList:
			return list.Len()
		}
	case kindRange:
		return rangeLen(v.num, int64(v.ref.(upTo)))
	case kindHash:
		switch hash := v.ref.(type) {
		case map[string]any:
			return len(hash)
		case ordered:
			return len(hash.Keys())
		}
		return len(v.keys())
	}
	return 0
}

func rangeLen(from, to int64) int {
	if to < from {
		return 0
	}
	// A range may be longer than an int counts, on 32 bits at the latest. Cut
	// short it is still longer than any limit lets a template walk.
	n := uint64(to) - uint64(from)
	return int(min(n, math.MaxInt/2+1) + 1)
}

// at returns item i of a list or range, which must exist, with v's taint.
func (v value) at(i int) value {
	if v.kind == kindRange {
		return intValue(v.num + int64(i)).with(v.taint)
	}
	var item value
	switch list := v.ref.(type) {
	case []any:
		item = valueOf(list[i])
	case []value:
		item = list[i]
	case pair:
		item = list[i]
	case reflectList:
		item = list.at(i)
	}
	if v.taint != nil {
		item.taint = joinTaint(item.taint, v.taint)
	}
	return item
}

// keys returns the keys of a hash in its order: its own where it is ordered, else
// sorted, so that output never depends on chance.
func (v value) keys() []string {
	switch hash := v.ref.(type) {
	case map[string]any:
		return slices.Sorted(maps.Keys(hash))
	case ordered:
		return hash.Keys()
	case reflectMap:
		return hash.keys()
	case drop:
		return hash.keys()
	}
	return nil
}

// get returns what a hash holds under key, with v's taint.
func (v value) get(key string) (value, bool) {
	var item value
	switch hash := v.ref.(type) {
	case map[string]any:
		x, ok := hash[key]
		if !ok {
			return value{}, false
		}
		item = valueOf(x)
	case ordered:
		x, ok := hash.Get(key)
		if !ok {
			return value{}, false
		}
		item = valueOf(x)
	case *loop:
		return hash.get(key)
	case reflectMap:
		x, ok := hash.get(key)
		if !ok {
			return value{}, false
		}
		item = x
	case drop:
		x, ok := hash.get(key)
		if !ok {
			return value{}, false
		}
		item = x
	default:
		return value{}, false
	}
	if v.taint != nil {
		item.taint = joinTaint(item.taint, v.taint)
	}
	return item, true
}

// pairs returns a hash as a list of key and value.
func (v value) pairs() []value {
	keys := v.keys()
	list := make([]value, len(keys))
	for i, key := range keys {
		item, _ := v.get(key)
		list[i] = value{kind: kindList, ref: pair{stringValue(key).with(v.taint), item}, taint: v.taint}
	}
	return list
}

// field returns what `.key` yields on v, including the commands size, first
// and last.
func (v value) field(key string) value {
	if v.kind == kindHash {
		if item, ok := v.get(key); ok {
			return item
		}
	}
	var item value
	switch key {
	case "size":
		item = v.size()
	case "first":
		item = v.first()
	case "last":
		item = v.last()
	}
	return item.with(v.taint)
}

func (v value) size() value {
	switch v.kind {
	case kindString:
		return intValue(int64(utf8.RuneCountInString(v.text)))
	case kindList, kindRange:
		return intValue(int64(v.len()))
	case kindHash:
		if _, ok := v.ref.(*loop); !ok {
			return intValue(int64(v.len()))
		}
	}
	return value{}
}

// first and last of a range are its ends, also where that holds nothing because
// it runs backwards, as in Ruby.
func (v value) first() value {
	switch v.kind {
	case kindRange:
		return intValue(v.num).with(v.taint)
	case kindList:
		if v.len() > 0 {
			return v.at(0)
		}
	case kindHash:
		if keys := v.keys(); len(keys) > 0 {
			item, _ := v.get(keys[0])
			return value{kind: kindList, ref: pair{stringValue(keys[0]), item}}
		}
	case kindString:
		_, size := utf8.DecodeRuneInString(v.text)
		return stringValue(v.text[:size])
	}
	return value{}
}

func (v value) last() value {
	switch v.kind {
	case kindRange:
		return intValue(int64(v.ref.(upTo))).with(v.taint)
	case kindList:
		if n := v.len(); n > 0 {
			return v.at(n - 1)
		}
	case kindString:
		_, size := utf8.DecodeLastRuneInString(v.text)
		return stringValue(v.text[len(v.text)-size:])
	}
	return value{}
}

// index returns what `[key]` yields on v.
func (v value) index(key value) value {
	var item value
	switch {
	case v.kind == kindHash && key.kind == kindString:
		item, _ = v.get(key.text)
	case (v.kind == kindList || v.kind == kindRange) && key.kind == kindInt:
		n, i := int64(v.len()), key.num
		if i < 0 {
			i += n
		}
		if i >= 0 && i < n {
			item = v.at(int(i))
		}
	}
	return item.with(v.taint).with(key.taint)
}
