package js

import (
	"math"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

var (
	errFunction = &eval.Failure{Code: eval.Failed, Kind: "a function is no result: call it"}
)

// writer makes of values what encoding/json encodes, as JSON.stringify would see
// them (ECMA-262, 25.5.2).
type writer struct {
	vm   *machine
	room eval.Room
	// tainted says that a value depends on a secret, whether it went out or was left
	// out.
	tainted bool
	// shown leaves functions and the methods toJSON out: what a trace shows runs none.
	shown bool
}

func (w *writer) value(v Value, depth int) (any, error) {
	w.tainted = w.tainted || v.tainted
	if err := w.room.Take(1); err != nil {
		return nil, err
	}
	switch v.kind {
	case kindUndefined, kindNull, kindHole:
		return nil, w.room.Take(4)
	case kindBool:
		return v.num != 0, w.room.Take(4)
	case kindNumber:
		return w.number(v)
	case kindString:
		return wellFormed(v.text), w.room.Take(len(v.text))
	case kindFunction:
		if w.shown {
			return "(function)", w.room.Take(10)
		}
		return nil, errFunction
	}
	if depth >= maxNesting {
		return nil, errNesting
	}
	w.tainted = w.tainted || v.obj.tainted
	if v.kind == kindArray {
		return w.list(v.obj, depth)
	}
	if !w.shown && v.kind == kindObject {
		// The library has no toJSON for a plain object, and JSON holds no function.
		if toJSON, ok := v.obj.own("toJSON"); ok && toJSON.kind == kindFunction {
			return w.toJSON(v, toJSON, depth)
		}
	} else if !w.shown || v.kind == kindDate || v.kind == kindURL {
		toJSON, err := getMember(w.vm, v, "toJSON")
		if err != nil {
			return nil, err
		}
		w.tainted = w.tainted || toJSON.tainted
		if toJSON.kind == kindFunction && (!w.shown || toJSON.fn().library) {
			return w.toJSON(v, toJSON, depth)
		}
	}
	if w.fits(v.obj) {
		return w.small(v.obj, depth)
	}
	return w.object(v.obj, depth)
}

// toJSON is the value that a method makes of another.
func (w *writer) toJSON(v, method Value, depth int) (any, error) {
	w.tainted = w.tainted || method.tainted || v.obj.tainted
	v, err := w.vm.call(method, v, nil)
	if err != nil {
		return nil, err
	}
	return w.value(v, depth+1)
}

// fits reports whether an object needs no list of its keys.
func (w *writer) fits(o *Object) bool { return o.shown() == nil && !o.hidden && !o.indexed }

// small is object for one that fits.
func (w *writer) small(o *Object, depth int) (any, error) {
	// A toJSON may add to it meanwhile, which does not count.
	fields := o.fields[:len(o.fields):len(o.fields)]
	if err := w.room.Hold(len(fields)+2, 2*fieldBytes); err != nil {
		return nil, err
	}
	out := w.target(len(fields))
	for i := range fields {
		if err := w.field(out, fields[i].key, fields[i].value, depth); err != nil {
			return nil, err
		}
	}
	return out.object(), nil
}

// resultObject is what a writer fills: built where it keeps the order of its keys,
// plain where not.
type resultObject struct {
	built eval.Builder
	plain map[string]any
}

func (w *writer) target(size int) resultObject {
	if w.vm.objects != nil {
		return resultObject{built: w.vm.objects(size)}
	}
	return resultObject{plain: make(map[string]any, size)}
}

func (t resultObject) object() any {
	if t.built != nil {
		return t.built
	}
	return t.plain
}

func (w *writer) field(out resultObject, key string, v Value, depth int) error {
	if w.tainted = w.tainted || v.tainted; v.kind == kindUndefined {
		return nil
	}
	if err := w.room.Take(len(key)); err != nil {
		return err
	}
	x, err := w.value(v, depth+1)
	if err != nil {
		return err
	}
	if out.built == nil {
		out.plain[wellFormed(key)] = x
		return nil
	}
	if isBroken(key) {
		// Two keys may become one.
		key = wellFormed(key)
		if _, there := out.built.Get(key); there {
			return nil
		}
	}
	out.built.Add(key, x)
	return nil
}

// number returns a number. An integer that a double cannot hold has its digits still.
func (w *writer) number(v Value) (any, error) {
	if v.text != "" {
		if n, err := strconv.ParseInt(v.text, 10, 64); err == nil {
			return n, w.room.Take(len(v.text))
		}
		if n, err := strconv.ParseUint(v.text, 10, 64); err == nil {
			return n, w.room.Take(len(v.text))
		}
	}
	if math.IsNaN(v.num) || math.IsInf(v.num, 0) {
		if w.shown {
			return numberText(v.num), w.room.Take(9)
		}
		return nil, eval.ErrNoJSON
	}
	// Adding 0 makes a zero of a negative one.
	return v.num + 0, w.room.Take(8)
}

func (w *writer) list(o *Object, depth int) (any, error) {
	n := o.length()
	if err := w.room.Hold(n+1, valueBytes); err != nil {
		return nil, err
	}
	list := make([]any, n)
	for i := range list {
		item, err := w.vm.item(o, i)
		if err != nil {
			return nil, err
		}
		if list[i], err = w.value(item, depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (w *writer) object(o *Object, depth int) (any, error) {
	keys, err := w.vm.ownKeys(o)
	if err != nil {
		return nil, err
	}
	if err := w.room.Hold(len(keys)+2, 2*fieldBytes); err != nil {
		return nil, err
	}
	out := w.target(len(keys))
	for _, key := range keys {
		v, there, err := w.vm.ownMember(o, key)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		if err := w.field(out, key, v, depth); err != nil {
			return nil, err
		}
	}
	return out.object(), nil
}

// isTainted reports whether v, or anything in it, depends on a secret.
func (vm *machine) isTainted(v Value) bool {
	if v.tainted || v.isObject() && v.obj.tainted {
		return true
	}
	if !v.isObject() {
		return false
	}
	left := 10_000
	return holdsTaint(v.obj, &left, 0)
}

// holdsTaint looks through an object. One that is too large to be looked through counts
// as tainted.
func holdsTaint(o *Object, left *int, depth int) bool {
	if o.tainted || depth > 100 {
		return true
	}
	below := func(v Value) bool {
		*left--
		return *left < 0 || v.tainted || v.isObject() && v.kind != kindFunction && holdsTaint(v.obj, left, depth+1)
	}
	for _, v := range o.items {
		if below(v) {
			return true
		}
	}
	for i := range o.fields {
		if below(o.fields[i].value) {
			return true
		}
	}
	if t, ok := o.data.(*table); ok {
		for i := range t.entries {
			if below(t.entries[i].key) || below(t.entries[i].value) {
				return true
			}
		}
	}
	return false
}
