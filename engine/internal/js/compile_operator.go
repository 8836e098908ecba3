package js

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
		if _, known := c.library(free.text); !known && free.text != varsName {
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
	if rel, ok := relations[n.operator]; ok {
		return c.relation(n, rel, left, right)
	}
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

// relation is the order of two values, most of which are numbers.
func (c *compiler) relation(n *binaryNode, rel relation, left, right evaluate) evaluate {
	var fixed Value
	if l, ok := n.right.(*literal); ok {
		fixed = l.value
	}
	return func(f *frame) Value {
		a, b := left(f), fixed
		if b.kind == kindUndefined {
			b = right(f)
		}
		if a.kind == kindNumber && b.kind == kindNumber && !a.tainted && !b.tainted {
			return boolean(compareNumbers(rel, a.num, b.num))
		}
		v, err := compare(f.vm, rel, a, b)
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
		if !c.traced && v.kind == kindString {
			return f.concatenate(n, v, operands[1:])
		}
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

// concatenate adds operands to a text. Those that are texts too are put together at
// once.
func (f *frame) concatenate(n *sumNode, v Value, operands []evaluate) Value {
	var few [8]string
	pieces := append(few[:0], v.text)
	size, tainted := len(v.text), v.tainted
	flush := func() Value {
		f.vm.converts(tainted)
		if err := f.vm.charge(int64(size)); err != nil {
			f.vm.fail(n.pos, err)
		}
		b := f.vm.buffer(size)
		for _, piece := range pieces {
			b = appendJoined(b, piece)
		}
		return text(f.vm.written(b)).with(tainted)
	}
	for i, operand := range operands {
		w := operand(f)
		if w.kind == kindString {
			pieces = append(pieces, w.text)
			size += len(w.text)
			tainted = tainted || w.tainted
			continue
		}
		v, err := add(f.vm, flush(), w)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		return f.concatenate(n, v, operands[i+1:])
	}
	return flush()
}
