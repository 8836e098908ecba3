package js

// loop compiles while, do and for.
func (c *compiler) loop(n *loopNode) execute {
	enter := c.enterBlock(n.scope)
	first := func(*frame) {}
	switch head := n.first.(type) {
	case nil:
	case *declarationNode:
		run := c.declaration(head)
		first = func(f *frame) { run(f) }
	default:
		run := c.expression(head)
		first = func(f *frame) { run(f) }
	}
	var test, next evaluate
	if n.test != nil {
		test = c.expression(n.test)
	}
	if n.next != nil {
		next = c.expression(n.next)
	}
	body := c.statement(n.body)
	// Each iteration has names of its own, which functions may hold on to
	// (ECMA-262, 14.7.4.4).
	var cells []int
	for _, b := range n.scope.bindings {
		if b.word == "let" && b.captured {
			cells = append(cells, b.cell)
		}
	}
	goesOn := func(f *frame) bool {
		if test == nil {
			return true
		}
		v := test(f)
		if v.tainted {
			f.vm.decide()
		}
		return truthy(v)
	}
	return func(f *frame) signal {
		if enter != nil {
			enter(f)
		}
		first(f)
		for ask := !n.last; ; ask = true {
			if ask && !goesOn(f) {
				return goOn
			}
			f.vm.spend(n.pos)
			switch body(f) {
			case doBreak:
				return goOn
			case doReturn:
				return doReturn
			}
			for _, at := range cells {
				if err := f.vm.charge(valueBytes); err != nil {
					f.vm.fail(n.pos, err)
				}
				last := f.cells[at]
				f.cells[at] = f.vm.heap.cells.make()
				f.cells[at].value = last.value
			}
			if next != nil {
				next(f)
			}
		}
	}
}

// walk compiles for-of (ECMA-262, 14.7.5).
func (c *compiler) walk(n *walkNode) execute {
	enter := c.enterBlock(n.scope)
	list := c.expression(n.list)
	var set func(*frame, Value)
	if n.word == "" {
		set = c.pattern(n.target, c.assign)
	} else {
		set = c.pattern(n.target, c.declared)
	}
	body := c.statement(n.body)
	again := enter
	if !renews(n) {
		// The names are set again before anything can read them.
		again = nil
	}
	// one runs the body with an item.
	one := func(f *frame, item Value) signal {
		f.vm.spend(n.pos)
		if again != nil {
			again(f)
		}
		set(f, item)
		return body(f)
	}
	return func(f *frame) signal {
		if enter != nil {
			enter(f)
		}
		v := list(f)
		if isTaintedRow(v) {
			f.vm.decide()
		}
		if v.kind == kindArray {
			return walkItems(f, n, v, one)
		}
		it, err := iterate(f.vm, v)
		if err != nil {
			if err == errNotIterable {
				f.vm.failAs(n.list.where().pos, c.words(n.list)+" cannot be walked: it is no array, text, Set or Map")
			}
			f.vm.fail(n.list.where().pos, err)
		}
		for {
			item, ok, err := it.next()
			if err != nil {
				f.vm.fail(n.pos, err)
			}
			if isTaintedRow(v) || it.tainted {
				f.vm.decide()
			}
			if !ok {
				return goOn
			}
			switch one(f, item) {
			case doBreak:
				return goOn
			case doReturn:
				return doReturn
			}
		}
	}
}

// walkItems is walk over an array, which needs no iterator.
func walkItems(f *frame, n *walkNode, v Value, one func(*frame, Value) signal) signal {
	for i := 0; ; i++ {
		tainted := v.tainted || v.obj.tainted
		if tainted {
			f.vm.decide()
		}
		if i >= v.obj.length() {
			return goOn
		}
		item, err := f.vm.item(v.obj, i)
		if err != nil {
			f.vm.fail(n.pos, err)
		}
		switch one(f, item.with(tainted)) {
		case doBreak:
			return goOn
		case doReturn:
			return doReturn
		}
	}
}

// renews reports whether each iteration needs names of its own: functions may hold on to
// them, or a pattern read them before they are set.
func renews(n *walkNode) bool {
	for _, b := range n.scope.bindings {
		if b.captured {
			return true
		}
	}
	_, plain := n.target.(*nameNode)
	return !plain
}
