package js

// pattern compiles what takes a value apart (ECMA-262, 8.6.2 and 13.15.5). leaf
// sets a target that is none itself.
func (c *compiler) pattern(n node, leaf func(node) func(*frame, Value)) func(*frame, Value) {
	switch n := n.(type) {
	case *arrayPattern:
		return c.arrayPattern(n, leaf)
	case *objectPattern:
		return c.objectPattern(n, leaf)
	}
	return leaf(n)
}

// element compiles a target with its default.
func (c *compiler) element(p parameter, leaf func(node) func(*frame, Value)) func(*frame, Value) {
	set := c.pattern(p.target, leaf)
	if p.initial == nil {
		return set
	}
	initial := c.expression(p.initial)
	harmless := c.isHarmless(p.initial)
	hidden := c.hiddenOf(p.initial)
	return func(f *frame, v Value) {
		if v.tainted {
			f.vm.hide(hidden)
			if !harmless {
				f.vm.decide()
			}
		}
		if v.kind == kindUndefined || v.kind == kindHole {
			v = f.choose(v, initial, harmless)
		}
		set(f, v)
	}
}

func (c *compiler) arrayPattern(n *arrayPattern, leaf func(node) func(*frame, Value)) func(*frame, Value) {
	sets := make([]func(*frame, Value), len(n.items))
	for i, item := range n.items {
		if item.target != nil {
			sets[i] = c.element(item, leaf)
		}
	}
	var rest func(*frame, Value)
	if n.rest != nil {
		rest = c.pattern(n.rest, leaf)
	}
	return func(f *frame, v Value) {
		f.vm.risk(v)
		it, err := iterate(f.vm, v)
		if err != nil {
			if err == errNotIterable {
				f.vm.failAs(n.pos, "this pattern takes an array, a text, a Set or a Map apart, and got none")
			}
			f.vm.fail(n.pos, err)
		}
		next := func() (Value, bool) {
			item, ok, err := it.next()
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			if !ok {
				item = undefined.with(it.tainted || isTaintedRow(v))
			}
			return item, ok
		}
		for _, set := range sets {
			item, _ := next()
			if item.kind == kindHole {
				item.kind = kindUndefined
			}
			if set != nil {
				set(f, item)
			}
		}
		if rest == nil {
			return
		}
		o := arrayOf(nil)
		o.tainted = isTaintedRow(v)
		for {
			item, ok := next()
			if !ok {
				break
			}
			f.push(n.pos, o, item)
		}
		rest(f, object(o))
	}
}

func (c *compiler) objectPattern(n *objectPattern, leaf func(node) func(*frame, Value)) func(*frame, Value) {
	type one struct {
		key      string
		computed evaluate
		set      func(*frame, Value)
	}
	parts := make([]one, len(n.properties))
	for i, p := range n.properties {
		parts[i] = one{key: p.key, set: c.element(p.parameter, leaf)}
		if p.computed != nil {
			parts[i].computed = c.expression(p.computed)
		}
	}
	var rest func(*frame, Value)
	if n.rest != nil {
		rest = c.pattern(n.rest, leaf)
	}
	return func(f *frame, v Value) {
		f.vm.risk(v)
		if v.isNullish() {
			f.vm.failAs(n.pos, "this pattern takes an object apart, and got null or undefined")
		}
		var taken map[string]bool
		if rest != nil {
			taken = make(map[string]bool, len(parts))
		}
		tainted := false
		for i := range parts {
			p := &parts[i]
			key := p.key
			if p.computed != nil {
				var err error
				var t bool
				if key, t, err = f.vm.keyOf(p.computed(f)); err != nil {
					f.vm.fail(n.pos, err)
				}
				tainted = tainted || t
			}
			found, err := getMember(f.vm, v, key)
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			if f.vm.preview && found.kind == kindUndefined && f.vm.isPlaceholder(v) {
				found = f.vm.below(v, "."+key)
			}
			if taken != nil {
				taken[key] = true
			}
			p.set(f, found.with(tainted))
		}
		if rest == nil {
			return
		}
		o, err := f.vm.newObject(0)
		if err == nil {
			o.tainted = tainted
			err = f.vm.copyFields(o, v, taken)
		}
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		rest(f, object(o))
	}
}

// declared sets a name that a declaration declares.
func (c *compiler) declared(n node) func(*frame, Value) {
	name := n.(*nameNode)
	return c.write(name.bound)
}
