package js

// enterFunction calls a function of the expression.
func (vm *machine) enterFunction(fn *Func, tainted bool, args []Value) (Value, error) {
	if err := vm.step(1); err != nil {
		return undefined, err
	}
	depth, control, seen := vm.depth, vm.control, vm.seen
	if err := vm.deepen(fn.code); err != nil {
		return undefined, err
	}
	if vm.seen = false; tainted {
		vm.control++
	}
	f := vm.enter(fn.code, fn.outer)
	v := fn.code.invoke(f, fn, args)
	vm.leave(fn.code)
	vm.deep -= fn.code.depth
	vm.depth, vm.control, vm.seen = depth, control, seen
	v.tainted = v.tainted || tainted
	return v, nil
}

// deepen counts a call of code that begins.
func (vm *machine) deepen(code *code) error {
	vm.depth++
	vm.deep += code.depth
	if vm.depth > maxDepth || vm.deep > maxStack {
		return errDepth
	}
	return nil
}

// invoke runs the code of fn in its frame.
func (code *code) invoke(f *frame, fn *Func, args []Value) Value {
	if code.simple >= 0 {
		given := copy(f.slots[:code.simple], args)
		clear(f.slots[given:code.simple])
	} else {
		if code.self != nil {
			code.self(f, function(fn))
		}
		code.start(f, args)
	}
	if code.result != nil {
		return code.result(f)
	}
	if code.run(f) == doReturn {
		return f.value
	}
	return undefined
}

// callback is a function that a native calls again and again. One of the expression
// has the same frame in all of them: no call outlives the next.
type callback struct {
	vm   *machine
	fn   *Func
	this Value
	// tainted says that a secret chose the function.
	tainted bool
	// frame is nil where each call is apart.
	frame *frame
	top   int
}

// callback returns what calls fn. The caller says when it is done.
func (vm *machine) callback(fn, this Value) (callback, error) {
	if fn.kind != kindFunction {
		return callback{}, errNotFunction
	}
	c := callback{vm: vm, fn: fn.fn(), this: this, tainted: fn.tainted, top: vm.top}
	if code := c.fn.code; code != nil && code.simple >= 0 {
		if err := vm.deepen(code); err != nil {
			return callback{}, err
		}
		c.frame = vm.enter(code, c.fn.outer)
	}
	return c, nil
}

// call calls the function. It keeps nothing of args.
func (c *callback) call(args []Value) (Value, error) {
	vm := c.vm
	if c.frame == nil {
		return vm.invoke(c.fn, c.tainted, c.this, args)
	}
	if !vm.budget.Spend(1, 0) {
		return undefined, vm.budget.Failure()
	}
	control, seen := vm.control, vm.seen
	if vm.seen = false; c.tainted {
		vm.control++
	}
	v := c.fn.code.invoke(c.frame, c.fn, args)
	vm.control, vm.seen = control, seen
	v.tainted = v.tainted || c.tainted
	return v, nil
}

// direct returns the expression of an arrow of one parameter, which is what nearly all
// callbacks are: with the argument in the first slot of the frame it is all of a call.
// It is nil for any other function, and for one that a secret chose.
func (c *callback) direct() evaluate {
	if c.frame == nil || c.tainted || c.fn.code.simple != 1 {
		return nil
	}
	return c.fn.code.result
}

func (c *callback) done() {
	if c.frame != nil {
		c.vm.leave(c.fn.code)
		c.vm.depth--
		c.vm.deep -= c.fn.code.depth
	}
	c.vm.top = c.top
}
