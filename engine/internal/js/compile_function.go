package js

// function compiles a function: evaluating it makes a value that holds on to the
// names around it.
func (c *compiler) function(n *functionLiteral) evaluate {
	inside := c.code(n)
	// places of the names that the function refers to, in the frame around it.
	from := make([]func(f *frame) *cell, len(n.scope.outer))
	for i, b := range n.scope.outer {
		if b.in == c.in {
			at := b.cell
			from[i] = func(f *frame) *cell { return f.cells[at] }
		} else {
			at := c.in.places[b]
			from[i] = func(f *frame) *cell { return f.outer[at] }
		}
	}
	arity := 0
	for _, p := range n.params {
		if p.initial != nil {
			break
		}
		arity++
	}
	source := c.source[n.pos:n.end]
	size := closureBytes + int64(len(from))*8
	return func(f *frame) Value {
		vm := f.vm
		if err := vm.charge(size); err != nil {
			vm.fail(n.pos, err)
		}
		made := vm.heap.closures.make()
		made.Name, made.Arity, made.source, made.code = n.name, arity, source, inside
		made.object.class, made.object.data = kindFunction, made
		if len(from) > 0 {
			made.outer = vm.heap.outers.make(len(from))[:len(from)]
			for i, cellOf := range from {
				made.outer[i] = cellOf(f)
			}
		}
		return function(made)
	}
}

// code compiles the inside of a function.
func (c *compiler) code(n *functionLiteral) *code {
	around, chained := c.in, c.chained
	c.in, c.chained = n.scope, 0
	defer func() { c.in, c.chained = around, chained }()
	made := &code{simple: -1, depth: stackOfNode * depthOf(n)}
	if n.self != nil && (n.self.captured || c.refersTo(n)) {
		cells := cellsOf([]*binding{n.self})
		write := c.write(n.self)
		made.self = func(f *frame, self Value) {
			renew(f, cells)
			write(f, self)
		}
	}
	made.start = c.parameters(n)
	if n.result != nil {
		made.result = c.expression(n.result)
	} else {
		made.run = c.block(n.inner, n.body)
	}
	made.slots, made.cells = n.scope.slots, n.scope.cells
	if made.self == nil && c.isSimple(n) {
		made.simple = len(n.params)
	}
	return made
}

// refersTo reports whether a function expression may call itself by its name.
func (c *compiler) refersTo(n *functionLiteral) bool { return n.self != nil }

// isSimple reports whether the parameters are plain names whose slots come first.
func (c *compiler) isSimple(n *functionLiteral) bool {
	if n.rest != nil {
		return false
	}
	for i, p := range n.params {
		name, ok := p.target.(*nameNode)
		if !ok || p.initial != nil || name.bound.captured || name.bound.slot != i {
			return false
		}
	}
	return true
}

// cellsOf returns the cells of those names that live in one.
func cellsOf(bindings []*binding) []int {
	var cells []int
	for _, b := range bindings {
		if b.captured {
			cells = append(cells, b.cell)
		}
	}
	return cells
}

// renew gives names cells of their own, which no function refers to yet.
func renew(f *frame, cells []int) {
	for _, at := range cells {
		f.cells[at] = f.vm.heap.cells.make()
	}
	if len(cells) > 0 {
		if err := f.vm.charge(int64(len(cells)) * valueBytes); err != nil {
			f.vm.fail(0, err)
		}
	}
}

// parameters binds arguments to parameters (ECMA-262, 10.2.11).
func (c *compiler) parameters(n *functionLiteral) func(*frame, []Value) {
	cells := cellsOf(n.head.bindings)
	sets := make([]func(*frame, Value), len(n.params))
	for i, p := range n.params {
		sets[i] = c.element(p, c.declared)
	}
	var rest func(*frame, Value)
	if n.rest != nil {
		rest = c.pattern(n.rest, c.declared)
	}
	pos := n.pos
	return func(f *frame, args []Value) {
		renew(f, cells)
		for i, set := range sets {
			set(f, argument(args, i))
		}
		if rest == nil {
			return
		}
		more := max(0, len(args)-len(sets))
		o, err := f.vm.newArray(more)
		if err != nil {
			f.vm.fail(pos, err)
		}
		if more > 0 {
			o.items = append(o.items, args[len(sets):]...)
		}
		rest(f, object(o))
	}
}
