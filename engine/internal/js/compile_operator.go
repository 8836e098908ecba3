package js

import "github.com/sotto-render/sotto/engine/internal/eval"

func (c *compiler) unary(n *unaryNode) evaluate {
	if n.operator == "typeof" {
		return c.typeOf(n)
	}
	operand := c.expression(n.operand)
	var calculate func(float64) float64
	switch n.operator {
	case "!":
		return func(f *frame) Value {
			v := operand(f)
			return boolean(!truthy(v)).with(v.tainted)
		}
	case "void":
		return func(f *frame) Value {
			operand(f)
			return undefined
		}
	case "-":
		if l, ok := n.operand.(*literal); ok && l.value.kind == kindNumber {
			v := number(-l.value.num)
			return func(*frame) Value { return v }
		}
		calculate = minus
	case "+":
		calculate = plus
	case "~":
		calculate = bitNot
	}
	return func(f *frame) Value {
		v, err := unary(f.vm, operand(f), calculate)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		return v
	}
}

// typeOf is typeof, for which a name that means nothing is undefined.
func (c *compiler) typeOf(n *unaryNode) evaluate {
	if free, ok := n.operand.(*nameNode); ok && free.bound == nil {
		read := c.free(free)
		if _, known := globalValue(free.text); !known && free.text != varsName {
			return func(f *frame) Value {
				if _, there := f.vm.variables.fields[free.text]; !there {
					return text("undefined")
				}
				return text(typeOf(read(f)))
			}
		}
	}
	operand := c.expression(n.operand)
	return func(f *frame) Value {
		v := operand(f)
		return text(typeOf(v)).with(v.tainted)
	}
}

var arithmeticOperators = map[string]operator{
	"-": opSub, "*": opMul, "/": opDiv, "%": opMod, "**": opPow,
	"&": opAnd, "|": opOr, "^": opXor, "<<": opShl, ">>": opShr, ">>>": opUshr,
}

var relations = map[string]relation{"<": relLess, "<=": relLessEqual, ">": relGreater, ">=": relGreaterEqual}

// binaryOperation returns what an operator of two values does.
func binaryOperation(operator string) func(vm *machine, a, b Value) (Value, error) {
	if op, ok := arithmeticOperators[operator]; ok {
		return func(vm *machine, a, b Value) (Value, error) { return arithmetic(vm, op, a, b) }
	}
	if rel, ok := relations[operator]; ok {
		return func(vm *machine, a, b Value) (Value, error) { return compare(vm, rel, a, b) }
	}
	switch operator {
	case "+":
		return add
	case "===":
		return strictEquality
	case "!==":
		return func(vm *machine, a, b Value) (Value, error) { return differs(vm, strictEquality, a, b) }
	case "==":
		return looseEqual
	case "!=":
		return func(vm *machine, a, b Value) (Value, error) { return differs(vm, looseEqual, a, b) }
	case "instanceof":
		return func(_ *machine, a, b Value) (Value, error) { return instanceOf(a, b) }
	}
	return isIn
}

// differs is the opposite of a comparison; in a preview no comparison with what
// stands for a secret is true.
func differs(vm *machine, same func(*machine, Value, Value) (Value, error), a, b Value) (Value, error) {
	v, err := same(vm, a, b)
	return boolean(v.num == 0 && !(vm.preview && v.tainted)).with(v.tainted), err
}

// isIn is the operator in (ECMA-262, 13.10.1).
func isIn(vm *machine, key, of Value) (Value, error) {
	if !of.isObject() {
		return undefined, typeError("the right side of `in` is no object")
	}
	name, tainted, err := vm.keyOf(key)
	if err != nil {
		return undefined, err
	}
	own, err := vm.hasOwn(of.obj, name)
	if err != nil {
		return undefined, err
	}
	there := own || getters[of.kind][name] != nil || methodOf(of.kind, name) != nil
	return boolean(there).with(tainted || of.tainted || of.obj.tainted), nil
}

func (c *compiler) binary(n *binaryNode) evaluate {
	left, right := c.expression(n.left), c.expression(n.right)
	operation := binaryOperation(n.operator)
	risky := n.operator == "in" || n.operator == "instanceof"
	return func(f *frame) Value {
		a := left(f)
		b := right(f)
		if risky {
			f.vm.risk(b)
		}
		v, err := operation(f.vm, a, b)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		return v
	}
}

// sum adds from the left. Each sum is a node of its own in a trace.
func (c *compiler) sum(n *sumNode) evaluate {
	operands := c.all(n.operands)
	spans := make([]extent, len(operands))
	for i, operand := range n.operands {
		spans[i] = extent{pos: n.pos, end: operand.where().end}
	}
	if !c.traced && len(operands) == 2 {
		left, right := operands[0], operands[1]
		return func(f *frame) Value {
			a := left(f)
			v, err := add(f.vm, a, right(f))
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			return v
		}
	}
	last := len(operands) - 1
	return func(f *frame) Value {
		v := operands[0](f)
		for i, operand := range operands[1:] {
			var err error
			if v, err = add(f.vm, v, operand(f)); err != nil {
				f.vm.fail(n.pos, err)
			}
			if f.vm.record != nil && i+1 < last {
				f.vm.record.add(f.vm, spans[i+1], v)
			}
		}
		return v
	}
}

// choose evaluates a part that was chosen by v. Where a secret chose, the part is
// evaluated out of sight and its value depends on the secret. harmless says that no
// part that may be chosen has an effect or can fail.
func (f *frame) choose(v Value, part evaluate, harmless bool) Value {
	if !v.tainted {
		return part(f)
	}
	if !harmless {
		f.vm.decide()
	}
	f.vm.control++
	chosen := part(f)
	f.vm.control--
	return chosen.with(true)
}

func (c *compiler) conditional(n *conditionalNode) evaluate {
	test, yes, no := c.expression(n.test), c.expression(n.yes), c.expression(n.no)
	harmless := c.isHarmless(n.yes) && c.isHarmless(n.no)
	hidden := c.hiddenOf(n.yes, n.no)
	return func(f *frame) Value {
		v := test(f)
		if v.tainted {
			f.vm.hide(hidden)
		}
		if truthy(v) {
			return f.choose(v, yes, harmless)
		}
		return f.choose(v, no, harmless)
	}
}

// goesOn reports whether the row of a logical operator goes on behind v.
func goesOn(operator string, v Value) bool {
	switch operator {
	case "&&":
		return truthy(v)
	case "||":
		return !truthy(v)
	}
	return v.isNullish()
}

func (c *compiler) logical(n *logicalNode) evaluate {
	operands := c.all(n.operands)
	harmless := c.isHarmless(n.operands[1:]...)
	hidden := c.hiddenOf(n.operands[1:]...)
	operator := n.operator
	return func(f *frame) Value {
		v := operands[0](f)
		for i, operand := range operands[1:] {
			if v.tainted && i == 0 {
				f.vm.hide(hidden)
			}
			if !goesOn(operator, v) {
				if v.tainted && !harmless {
					f.vm.decide()
				}
				return v
			}
			v = f.choose(v, operand, harmless)
		}
		return v
	}
}

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
	if n.bound.word != "let" {
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
