package js

func (c *compiler) regex(n *regexLiteral) evaluate {
	return func(f *frame) Value {
		v, err := f.vm.newRegExp(n.pattern)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		return v
	}
}

// template is a template literal (ECMA-262, 13.2.8).
func (c *compiler) template(n *templateLiteral) evaluate {
	if len(n.parts) == 0 {
		v := text(n.texts[0])
		return func(*frame) Value { return v }
	}
	parts := c.all(n.parts)
	texts := n.texts
	if len(parts) == 1 {
		only := parts[0]
		return func(f *frame) Value {
			s, tainted := f.textOf(n.parts[0], only(f))
			if err := f.vm.charge(int64(len(texts[0]) + len(s) + len(texts[1]))); err != nil {
				f.vm.fail(n.pos, err)
			}
			return text(joinText(joinText(texts[0], s), texts[1])).with(tainted)
		}
	}
	return func(f *frame) Value {
		var few [8]string
		pieces := few[:0]
		size, tainted := len(texts[0]), false
		for i, part := range parts {
			s, t := f.textOf(n.parts[i], part(f))
			pieces = append(pieces, s)
			size += len(s) + len(texts[i+1])
			tainted = tainted || t
		}
		if err := f.vm.charge(int64(size)); err != nil {
			f.vm.fail(n.pos, err)
		}
		out := append(f.vm.buffer(size), texts[0]...)
		for i, s := range pieces {
			out = appendJoined(appendJoined(out, s), texts[i+1])
		}
		return text(f.vm.written(out)).with(tainted)
	}
}

// textOf converts v, which n yielded, to text.
func (f *frame) textOf(n node, v Value) (string, bool) {
	f.vm.converts(v.tainted)
	if v.kind == kindString {
		return v.text, v.tainted
	}
	seen := f.vm.seen
	f.vm.seen = v.tainted
	s, err := toText(f.vm, v)
	if err != nil {
		f.vm.fail(n.where().pos, err)
	}
	tainted := f.vm.seen
	f.vm.seen = seen
	return s, tainted
}

func (c *compiler) array(n *arrayLiteral) evaluate {
	collect := c.items(n.items)
	return func(f *frame) Value {
		o, err := f.vm.newArray(len(n.items))
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		collect(f, o)
		return object(o)
	}
}

// items appends items to an array: some may be spread, or left out.
func (c *compiler) items(list []node) func(*frame, *Object) {
	compiled := make([]func(*frame, *Object), len(list))
	for i, n := range list {
		compiled[i] = c.oneItem(n)
	}
	return func(f *frame, o *Object) {
		for _, add := range compiled {
			add(f, o)
		}
	}
}

func (c *compiler) oneItem(n node) func(*frame, *Object) {
	s, isSpread := n.(*spreadNode)
	switch {
	case n == nil:
		return func(f *frame, o *Object) { f.push(0, o, Value{kind: kindHole}) }
	case !isSpread:
		run := c.expression(n)
		return func(f *frame, o *Object) { f.push(n.where().pos, o, run(f)) }
	}
	run := c.expression(s.operand)
	return func(f *frame, o *Object) {
		v := run(f)
		f.vm.risk(Value{tainted: v.tainted && !isText(s.operand)})
		o.tainted = o.tainted || isTaintedRow(v)
		err := f.vm.each(v, func(item Value) error { return f.vm.push(o, item) })
		if err != nil {
			if err == errNotIterable {
				f.vm.failAs(s.pos, c.words(s.operand)+" cannot be spread: it is no array, text, Set or Map")
			}
			f.vm.fail(s.pos, err)
		}
	}
}

func (f *frame) push(pos int, o *Object, v Value) {
	if err := f.vm.push(o, v); err != nil {
		f.vm.fail(pos, err)
	}
}

func (c *compiler) object(n *objectLiteral) evaluate {
	if n.isPlain() {
		return c.plainObject(n)
	}
	adds := make([]func(*frame, *Object), len(n.properties))
	for i := range n.properties {
		adds[i] = c.property(&n.properties[i])
	}
	return func(f *frame) Value {
		o, err := f.vm.newObject(len(adds))
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		for _, add := range adds {
			add(f, o)
		}
		return object(o)
	}
}

// isPlain reports whether the properties are few names, each of which stands once.
func (n *objectLiteral) isPlain() bool {
	if len(n.properties) > manyFields {
		return false
	}
	for i := range n.properties {
		p := &n.properties[i]
		if p.rest != nil || p.computed != nil {
			return false
		}
		for j := range n.properties[:i] {
			if n.properties[j].key == p.key {
				return false
			}
		}
	}
	return true
}

// plainObject makes an object whose fields are known when it is compiled.
func (c *compiler) plainObject(n *objectLiteral) evaluate {
	keys, values, indexed := make([]string, len(n.properties)), make([]evaluate, len(n.properties)), false
	for i := range n.properties {
		p := &n.properties[i]
		keys[i], values[i] = p.key, c.expression(p.value)
		if _, ok := arrayIndex(p.key); ok {
			indexed = true
		}
	}
	return func(f *frame) Value {
		o, err := f.vm.newObject(len(keys))
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		fields := o.fields[:len(keys)]
		for i, value := range values {
			fields[i].value = value(f)
			fields[i].key = keys[i]
		}
		o.fields, o.indexed = fields, indexed
		return object(o)
	}
}

func (c *compiler) property(p *property) func(*frame, *Object) {
	pos := p.pos
	put := func(f *frame, o *Object, key string, v Value) {
		if err := f.vm.put(o, key, v); err != nil {
			f.vm.fail(pos, err)
		}
	}
	switch {
	case p.rest != nil:
		run := c.expression(p.rest)
		return func(f *frame, o *Object) {
			v := run(f)
			if err := f.vm.copyFields(o, v, nil); err != nil {
				f.vm.fail(pos, err)
			}
		}
	case p.computed != nil:
		key, value := c.expression(p.computed), c.expression(p.value)
		return func(f *frame, o *Object) {
			name, tainted, err := f.vm.keyOf(key(f))
			if err != nil {
				f.vm.fail(pos, err)
			}
			o.tainted = o.tainted || tainted
			put(f, o, name, value(f))
		}
	}
	value, key := c.expression(p.value), p.key
	return func(f *frame, o *Object) { put(f, o, key, value(f)) }
}

// copyFields copies the own properties of v but those left out, with their taint
// and that of their names (ECMA-262, 7.3.26).
func (vm *machine) copyFields(o *Object, v Value, without map[string]bool) error {
	if v.tainted {
		o.tainted = true
	}
	if v.kind == kindString {
		for i := range textLength(v.text) {
			item, err := vm.charAt(v, i)
			if err != nil {
				return err
			}
			key := numberText(float64(i))
			if without[key] {
				continue
			}
			if err := vm.put(o, key, item); err != nil {
				return err
			}
		}
		return nil
	}
	if !v.isObject() {
		return nil
	}
	o.tainted = o.tainted || v.obj.tainted
	keys, err := vm.ownKeys(v.obj)
	if err != nil {
		return err
	}
	if err := vm.step(int64(len(keys))); err != nil {
		return err
	}
	for _, key := range keys {
		if without[key] {
			continue
		}
		item, there, err := vm.ownMember(v.obj, key)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if err := vm.put(o, key, item.with(v.tainted)); err != nil {
			return err
		}
	}
	return nil
}
