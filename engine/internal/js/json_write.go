package js

import (
	"slices"
	"strings"
)

// jsonWriter is one call of JSON.stringify (ECMA-262, 25.5.2).
type jsonWriter struct {
	vm  *machine
	dst []byte
	// replacer is a function that is asked for each value; undefined for none.
	replacer Value
	// only are the keys that are written of objects; nil for all.
	only   []string
	indent string
	// prefix is what the lines of the current level begin with.
	prefix []byte
	// inside are the objects that are being written.
	inside  []*Object
	charged int
}

// maxNesting is how deep values nest at most where they are read or written.
const maxNesting = 1000

var (
	errCircular = typeError("an object that is inside itself has no JSON")
	errNesting  = errDepth
)

// settle charges what was written since it was last called.
func (w *jsonWriter) settle() error {
	n := len(w.dst) - w.charged
	w.charged = len(w.dst)
	// A buffer that grows is copied.
	return w.vm.charge(2 * int64(n))
}

// write appends v as JSON. It reports false, having written nothing, for what JSON
// has no word for. Holder is what has v under key, for toJSON and a replacer.
func (w *jsonWriter) write(holder Value, key string, v Value) (bool, error) {
	vm := w.vm
	if err := vm.step(1); err != nil {
		return false, err
	}
	vm.converts(isTaintedRow(v))
	v, err := w.prepared(holder, key, v)
	if err != nil {
		return false, err
	}
	if vm.see(v); w.replacer.kind == kindFunction && isTaintedRow(v) {
		// What the replacer is called for next is inside v, or not.
		vm.decide()
	}
	switch v.kind {
	case kindUndefined, kindHole, kindFunction:
		return false, nil
	case kindNull:
		w.dst = append(w.dst, "null"...)
	case kindBool:
		if v.num != 0 {
			w.dst = append(w.dst, "true"...)
		} else {
			w.dst = append(w.dst, "false"...)
		}
	case kindNumber:
		switch {
		case v.text != "":
			w.dst = append(w.dst, v.text...)
		case !isFinite(v.num):
			w.dst = append(w.dst, "null"...)
		default:
			w.dst = appendNumber(w.dst, v.num)
		}
	case kindString:
		if err := vm.charge(int64(len(v.text))); err != nil {
			return false, err
		}
		w.dst = appendQuoted(w.dst, v.text)
	default:
		return true, w.nested(v)
	}
	return true, w.settle()
}

// prepared is what toJSON and the replacer make of a value (ECMA-262, 25.5.2.2).
func (w *jsonWriter) prepared(holder Value, key string, v Value) (Value, error) {
	vm := w.vm
	if v.isObject() {
		own, ok := v.obj.own("toJSON")
		vm.see(own)
		switch {
		case ok && own.kind == kindFunction:
			var err error
			if v, err = vm.call(own, v, []Value{text(key)}); err != nil {
				return undefined, err
			}
		case v.kind == kindDate || v.kind == kindURL:
			vm.see(v)
			var err error
			if v, err = jsonOf(vm, v); err != nil {
				return undefined, err
			}
		}
	}
	if w.replacer.kind == kindFunction {
		return vm.call(w.replacer, holder, []Value{text(key), v})
	}
	return v, nil
}

// jsonOf is toJSON of a date and of a URL.
func jsonOf(vm *machine, v Value) (Value, error) {
	if v.kind == kindURL {
		s, err := urlText(vm, v.obj)
		return text(s).with(v.tainted || v.obj.tainted), err
	}
	if ms := dateOf(v.obj); isFinite(ms) {
		return text(isoText(ms)).with(v.tainted || v.obj.tainted), vm.charge(32)
	}
	return null.with(v.tainted || v.obj.tainted), nil
}

// nested writes an array or an object.
func (w *jsonWriter) nested(v Value) error {
	vm, o := w.vm, v.obj
	vm.seen = vm.seen || o.tainted
	if slices.Contains(w.inside, o) {
		return errCircular
	}
	if len(w.inside) >= maxNesting {
		return errNesting
	}
	w.inside = append(w.inside, o)
	outer := len(w.prefix)
	w.prefix = append(w.prefix, w.indent...)
	var err error
	if o.class == kindArray {
		err = w.array(v)
	} else {
		err = w.object(v)
	}
	w.prefix = w.prefix[:outer]
	w.inside = w.inside[:len(w.inside)-1]
	return err
}

// line begins a new line, where there are lines.
func (w *jsonWriter) line() {
	if w.indent != "" {
		w.dst = append(append(w.dst, '\n'), w.prefix...)
	}
}

func (w *jsonWriter) array(v Value) error {
	o := v.obj
	w.dst = append(w.dst, '[')
	n := o.length()
	for i := 0; i < n; i++ {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.line()
		item, err := w.vm.item(o, i)
		if err != nil {
			return err
		}
		key := ""
		if w.replacer.kind == kindFunction || item.isObject() {
			key = numberText(float64(i))
		}
		written, err := w.write(v, key, item)
		if err != nil {
			return err
		}
		if !written {
			w.dst = append(w.dst, "null"...)
			// The indent before it may be long.
			if err := w.settle(); err != nil {
				return err
			}
		}
	}
	w.close(n > 0, ']')
	return w.settle()
}

// close ends an array or an object.
func (w *jsonWriter) close(filled bool, bracket byte) {
	if filled {
		w.prefix = w.prefix[:len(w.prefix)-len(w.indent)]
		w.line()
	}
	w.dst = append(w.dst, bracket)
}

func (w *jsonWriter) object(v Value) error {
	o := v.obj
	w.dst = append(w.dst, '{')
	filled := false
	field := func(key string, x Value) error {
		start := len(w.dst)
		if filled {
			w.dst = append(w.dst, ',')
		}
		w.line()
		if err := w.vm.charge(int64(len(key))); err != nil {
			return err
		}
		if w.dst = append(appendQuoted(w.dst, key), ':'); w.indent != "" {
			w.dst = append(w.dst, ' ')
		}
		written, err := w.write(v, key, x)
		if !written {
			w.dst = w.dst[:start]
			w.charged = min(w.charged, start)
		}
		filled = filled || written
		return err
	}
	if w.only != nil {
		for _, key := range w.only {
			x, ok, err := w.vm.ownMember(o, key)
			if err != nil {
				return err
			}
			if ok {
				if err := field(key, x); err != nil {
					return err
				}
			}
		}
	} else if o.shown() == nil && !o.indexed && len(o.fields) < manyFields {
		// A small object of our own needs no list of its keys. A replacer or a
		// toJSON may add to it meanwhile, which does not count.
		for _, f := range o.fields[:len(o.fields):len(o.fields)] {
			if err := field(f.key, f.value); err != nil {
				return err
			}
		}
	} else if err := w.vm.eachOwn(v, field); err != nil {
		return err
	}
	w.close(filled, '}')
	return w.settle()
}

// appendQuoted is QuoteJSONString (ECMA-262, 25.5.2.3).
func appendQuoted(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c != 0xED {
			i++
			continue
		}
		if c == 0xED {
			r, size := decode(s[i:])
			if !isHigh(r) && !isLow(r) {
				i += size
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', 'u', 'd', digits[r>>8&15], digits[r>>4&15], digits[r&15])
			i += size
			start = i
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// jsonStringify is JSON.stringify.
func jsonStringify(vm *machine, _ Value, args []Value) (Value, error) {
	w := &jsonWriter{vm: vm}
	if err := w.options(argument(args, 1), argument(args, 2)); err != nil {
		return undefined, err
	}
	holder := undefined
	if w.replacer.kind == kindFunction {
		o, err := vm.newObject(1)
		if err != nil {
			return undefined, err
		}
		o.fields = append(o.fields, field{"", argument(args, 0)})
		holder = object(o)
	}
	written, err := w.write(holder, "", argument(args, 0))
	if err != nil || !written {
		return undefined, err
	}
	return text(string(w.dst)), vm.charge(int64(len(w.dst)))
}

// options reads the replacer and the indent.
func (w *jsonWriter) options(replacer, space Value) error {
	vm := w.vm
	switch replacer.kind {
	case kindFunction:
		w.replacer = replacer
	case kindArray:
		vm.seen = vm.seen || isTaintedRow(replacer)
		w.only = []string{}
		known := make(map[string]bool)
		err := vm.each(replacer, func(item Value) error {
			if vm.see(item); item.kind != kindString && item.kind != kindNumber {
				return nil
			}
			key, err := toText(vm, item)
			if err != nil || known[key] {
				return err
			}
			known[key] = true
			w.only = append(w.only, key)
			return vm.charge(int64(len(key)) + 2*fieldBytes)
		})
		if err != nil {
			return err
		}
	}
	vm.see(space)
	switch space.kind {
	case kindNumber:
		f, err := toInteger(vm, space)
		if err != nil {
			return err
		}
		w.indent = strings.Repeat(" ", int(max(0, min(f, 10))))
	case kindString:
		w.indent = space.text
		if textLength(w.indent) > 10 {
			w.indent = sliceText(w.indent, 0, 10)
		}
	}
	return nil
}
