package js

import "strings"

// jsonReader is one call of JSON.parse (ECMA-262, 25.5.1).
type jsonReader struct {
	vm    *machine
	text  string
	pos   int
	depth int
}

var errJSON = syntaxError("the text is no JSON")

// jsonParse is JSON.parse. Its error tells nothing of the text.
func jsonParse(vm *machine, _ Value, args []Value) (Value, error) {
	s, err := toText(vm, argument(args, 0))
	if err != nil {
		return undefined, err
	}
	r := &jsonReader{vm: vm, text: s}
	r.skip()
	v, err := r.value()
	if err != nil {
		return undefined, err
	}
	if r.skip(); r.pos < len(s) {
		return undefined, errJSON
	}
	if fn := argument(args, 1); fn.kind == kindFunction {
		return vm.revive(v, fn)
	}
	if v.isObject() {
		return vm.fresh(v.obj), nil
	}
	return v, nil
}

func (r *jsonReader) skip() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\n\r", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

// next returns the byte that comes next, or 0.
func (r *jsonReader) next() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

func (r *jsonReader) value() (Value, error) {
	if err := r.vm.step(1); err != nil {
		return undefined, err
	}
	switch c := r.next(); {
	case c == '"':
		s, err := r.string()
		return text(s), err
	case c == '{' || c == '[':
		if r.depth++; r.depth > maxNesting {
			return undefined, errNesting
		}
		r.pos++
		var o *Object
		var err error
		if c == '{' {
			o, err = r.object()
		} else {
			o, err = r.array()
		}
		if r.depth--; err != nil {
			return undefined, err
		}
		return object(o), nil
	case c == '-' || isDecimal(c):
		return r.number()
	}
	for word, v := range map[string]Value{"null": null, "true": trueV, "false": falseV} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			return v, nil
		}
	}
	return undefined, errJSON
}

// end reads what comes behind an element: a comma, or the bracket that ends all.
func (r *jsonReader) end(bracket byte) (done bool, err error) {
	r.skip()
	switch r.next() {
	case bracket:
		r.pos++
		return true, nil
	case ',':
		r.pos++
		r.skip()
		return false, nil
	}
	return false, errJSON
}

func (r *jsonReader) object() (*Object, error) {
	o, err := r.vm.newObject(0)
	if err != nil {
		return nil, err
	}
	if r.skip(); r.next() == '}' {
		r.pos++
		return o, nil
	}
	for {
		if r.next() != '"' {
			return nil, errJSON
		}
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		if r.skip(); r.next() != ':' {
			return nil, errJSON
		}
		r.pos++
		r.skip()
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		if err := r.vm.put(o, key, v); err != nil {
			return nil, err
		}
		if done, err := r.end('}'); done || err != nil {
			return o, err
		}
	}
}

func (r *jsonReader) array() (*Object, error) {
	o, err := r.vm.newArray(0)
	if err != nil {
		return nil, err
	}
	if r.skip(); r.next() == ']' {
		r.pos++
		return o, nil
	}
	for {
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		if err := r.vm.push(o, v); err != nil {
			return nil, err
		}
		if done, err := r.end(']'); done || err != nil {
			return o, err
		}
	}
}

func (r *jsonReader) number() (Value, error) {
	start := r.pos
	if r.next() == '-' {
		r.pos++
	}
	first := r.pos
	digits := func() int {
		from := r.pos
		for isDecimal(r.next()) {
			r.pos++
		}
		return r.pos - from
	}
	n := digits()
	if n == 0 || n > 1 && r.text[first] == '0' {
		return undefined, errJSON
	}
	if r.next() == '.' {
		if r.pos++; digits() == 0 {
			return undefined, errJSON
		}
	}
	if r.next()|0x20 == 'e' {
		if r.pos++; r.next() == '+' || r.next() == '-' {
			r.pos++
		}
		if digits() == 0 {
			return undefined, errJSON
		}
	}
	return number(parseDecimal(r.text[start:r.pos])), r.vm.look(r.pos - start)
}

// string reads a string behind its first quote.
func (r *jsonReader) string() (string, error) {
	r.pos++
	start := r.pos
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			s := r.text[start:r.pos]
			r.pos++
			return s, r.vm.look(len(s))
		case c == '\\':
			return r.escaped(start)
		case c < ' ':
			return "", errJSON
		}
		r.pos++
	}
	return "", errJSON
}

// escaped reads a string that has escapes.
func (r *jsonReader) escaped(start int) (string, error) {
	b := []byte(r.text[start:r.pos])
	for r.pos < len(r.text) {
		c := r.text[r.pos]
		r.pos++
		switch {
		case c == '"':
			return string(b), r.vm.charge(2 * int64(r.pos-start))
		case c < ' ':
			return "", errJSON
		case c != '\\':
			b = append(b, c)
			continue
		}
		c = r.next()
		r.pos++
		if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 && c != 0 {
			b = append(b, "\"\\/\b\f\n\r\t"[at])
			continue
		}
		if c != 'u' || r.pos > len(r.text) {
			return "", errJSON
		}
		unit, ok := hexDigits(r.text[r.pos:], 4)
		if !ok {
			return "", errJSON
		}
		r.pos += 4
		b = appendCode(b, unit)
	}
	return "", errJSON
}

// revive is InternalizeJSONProperty (ECMA-262, 25.5.1.1) from the top.
func (vm *machine) revive(v, fn Value) (Value, error) {
	o, err := vm.newObject(1)
	if err != nil {
		return undefined, err
	}
	tainted := vm.seen
	if tainted {
		vm.decide()
	}
	o.fields = append(o.fields, field{"", v})
	return vm.reviveField(object(o).with(tainted), "", fn)
}

func (vm *machine) reviveField(holder Value, key string, fn Value) (Value, error) {
	v, err := getMember(vm, holder, key)
	if err != nil {
		return undefined, err
	}
	if vm.depth++; vm.depth > maxNesting {
		return undefined, errNesting
	}
	if isTaintedRow(v) {
		// A secret decides which elements the function is called for.
		vm.decide()
	}
	if v.isObject() {
		keys, err := vm.ownKeys(v.obj)
		if err != nil {
			return undefined, err
		}
		for _, name := range keys {
			x, err := vm.reviveField(v, name, fn)
			if err != nil {
				return undefined, err
			}
			if v.obj.frozen || v.obj.variable {
				continue
			}
			// A secret that decides what an element is may take it away.
			v.obj.tainted = v.obj.tainted || x.tainted
			if x.kind == kindUndefined {
				v.obj.drop(name)
			} else if err := setMember(vm, v, name, x); err != nil {
				return undefined, err
			}
		}
	}
	vm.depth--
	return vm.call(fn, holder, []Value{text(key).with(holder.tainted), v})
}

// drop takes away an own property.
func (o *Object) drop(key string) {
	if i, ok := arrayIndex(key); ok && o.class == kindArray {
		if i < len(o.items) {
			o.items[i] = Value{kind: kindHole}
		}
		return
	}
	i := o.find(key)
	if i < 0 {
		return
	}
	o.fields = append(o.fields[:i:i], o.fields[i+1:]...)
	if o.index != nil {
		clear(o.index)
		for j := range o.fields {
			o.index[o.fields[j].key] = j
		}
	}
}
