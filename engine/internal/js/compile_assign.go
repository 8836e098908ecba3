package js

import "github.com/sotto-render/sotto/engine/internal/eval"

// update is ++ and -- (ECMA-262, 13.4).
func (c *compiler) update(n *updateNode) evaluate {
	by := number(1)
	op := opSub
	if n.operator == "++" {
		by = number(-1)
	}
	t := c.target(n.target)
	return func(f *frame) Value {
		place := t.at(f)
		old, err := unary(f.vm, t.get(f, place), plus)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		v, err := arithmetic(f.vm, op, old, by)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		t.set(f, place, v)
		if n.prefix {
			return v
		}
		return old
	}
}

// assignment is = and its kin (ECMA-262, 13.15).
func (c *compiler) assignment(n *assignmentNode) evaluate {
	value := c.expression(n.value)
	switch n.target.(type) {
	case *arrayPattern, *objectPattern:
		set := c.pattern(n.target, c.assign)
		return func(f *frame) Value {
			v := value(f)
			set(f, v)
			return v
		}
	}
	t := c.target(n.target)
	switch n.operator {
	case "=":
		return func(f *frame) Value {
			place := t.at(f)
			v := value(f)
			t.set(f, place, v)
			return v
		}
	case "&&=", "||=", "??=":
		operator := n.operator[:2]
		return func(f *frame) Value {
			place := t.at(f)
			v := t.get(f, place)
			if v.tainted {
				f.vm.decide()
			}
			if goesOn(operator, v) {
				v = value(f).with(v.tainted)
				t.set(f, place, v)
			}
			return v
		}
	}
	operation := binaryOperation(n.operator[:len(n.operator)-1])
	if name, ok := n.target.(*nameNode); ok {
		read, set := c.name(name), c.setName(name)
		return func(f *frame) Value {
			v, err := operation(f.vm, read(f), value(f))
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			set(f, v)
			return v
		}
	}
	return func(f *frame) Value {
		place := t.at(f)
		old := t.get(f, place)
		v, err := operation(f.vm, old, value(f))
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		t.set(f, place, v)
		return v
	}
}

// place is what the target of an assignment is in: an object and a key. A name needs
// none.
type place struct{ object, key Value }

// target is what an assignment reads and sets.
type target struct {
	at  func(*frame) place
	get func(*frame, place) Value
	set func(*frame, place, Value)
}

func nowhere(*frame) place { return place{} }

func (c *compiler) target(n node) target {
	switch n := n.(type) {
	case *nameNode:
		read := c.name(n)
		set := c.setName(n)
		return target{nowhere, func(f *frame, _ place) Value { return read(f) }, func(f *frame, _ place, v Value) { set(f, v) }}
	case *memberNode:
		of := c.path(n.object)
		return target{
			func(f *frame) place { return place{object: of(f)} },
			func(f *frame, p place) Value { return c.getKey(f, n, p.object, n.key, n.object) },
			func(f *frame, p place, v Value) {
				f.vm.risk(p.object)
				if err := setMember(f.vm, p.object, n.key, v); err != nil {
					f.vm.fail(n.keyPos, err)
				}
			},
		}
	case *indexNode:
		of, key := c.path(n.object), c.expression(n.key)
		return target{
			func(f *frame) place {
				o := of(f)
				return place{o, key(f)}
			},
			func(f *frame, p place) Value {
				f.vm.risk(p.object)
				v, err := getIndex(f.vm, p.object, p.key)
				if err != nil {
					f.vm.fail(n.key.where().pos, err)
				}
				return v
			},
			func(f *frame, p place, v Value) {
				f.vm.risk(p.object)
				f.vm.risk(p.key)
				if err := setIndex(f.vm, p.object, p.key, v); err != nil {
					f.vm.fail(n.key.where().pos, err)
				}
			},
		}
	}
	panic(eval.SyntaxError(n.where().pos, "this cannot be set"))
}

// setName sets a name that may be constant, or not set yet.
func (c *compiler) setName(n *nameNode) func(*frame, Value) {
	switch n.bound.word {
	case "const":
		return func(f *frame, _ Value) {
			f.vm.failAs(n.pos, "`"+n.text+"` is a const and cannot be set: declare it with `let`")
		}
	case "function name":
		return func(f *frame, _ Value) { f.vm.failAs(n.pos, "the name of a function cannot be set inside of it") }
	}
	read, write := c.name(n), c.write(n.bound)
	if n.set || n.bound.word != "let" {
		read = nil
	}
	return func(f *frame, v Value) {
		if read != nil {
			read(f)
		}
		// A secret decides that the name is set at all.
		if f.vm.control > 0 {
			f.vm.decide()
		}
		write(f, v)
	}
}

// assign sets a leaf of a pattern.
func (c *compiler) assign(n node) func(*frame, Value) {
	t := c.target(n)
	return func(f *frame, v Value) { t.set(f, t.at(f), v) }
}
