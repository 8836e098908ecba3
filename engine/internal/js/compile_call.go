package js

// call is a call (ECMA-262, 13.3.6).
func (c *compiler) call(n *callNode) evaluate {
	switch callee := n.callee.(type) {
	case *memberNode:
		return c.method(n, callee)
	case *indexNode:
		return c.itemCall(n, callee)
	}
	chained, harmless := c.chained > 0, c.skippable
	callee := c.path(n.callee)
	args := c.arguments(n.args)
	return func(f *frame) Value {
		fn := callee(f)
		if chained {
			if fn.kind == kindHole {
				return fn
			}
			if n.optional && f.isCut(fn, harmless) {
				return cut(fn)
			}
		}
		return c.apply(f, n, fn, undefined, args)
	}
}

// isCut reports whether `?.` behind v ends its chain. harmless says that what a cut leaves
// out has no effect and cannot fail.
func (f *frame) isCut(v Value, harmless bool) bool {
	if v.tainted && !harmless {
		f.vm.decide()
	}
	return v.isNullish()
}

// itemCall calls what stands in square brackets: `o[key](...)`.
func (c *compiler) itemCall(n *callNode, i *indexNode) evaluate {
	of, key := c.expression(i.object), c.expression(i.key)
	args := c.arguments(n.args)
	chained, harmless := c.chained > 0, c.skippable
	return func(f *frame) Value {
		this := of(f)
		if chained {
			if this.kind == kindHole {
				return this
			}
			if i.optional && f.isCut(this, harmless) {
				return cut(this)
			}
		}
		f.vm.risk(this)
		k := key(f)
		f.vm.risk(k)
		fn, err := getIndex(f.vm, this, k)
		if err != nil {
			if err == errNullish {
				f.vm.failAs(i.pos, c.words(i.object)+" is null or undefined here: write `?.` where it may be missing")
			}
			f.vm.fail(i.key.where().pos, err)
		}
		if n.optional && f.isCut(fn, harmless) {
			return cut(fn)
		}
		return c.apply(f, n, fn, this, args)
	}
}

// method is the call of a member. The methods of the library are looked up when
// the place is compiled.
func (c *compiler) method(n *callNode, m *memberNode) evaluate {
	of := c.receiver(m.object)
	args := c.arguments(n.args)
	row := methodRow(m.key)
	chained, harmless := c.chained > 0, c.skippable
	sure := isText(m.object)
	return func(f *frame) Value {
		this := of(f)
		if chained {
			if this.kind == kindHole {
				return this
			}
			if m.optional && f.isCut(this, harmless) {
				return cut(this)
			}
		}
		if this.tainted && !sure && !m.optional {
			f.vm.decide()
		}
		if row != nil && (this.kind < kindObject || this.kind == kindArray && len(this.obj.fields) == 0) {
			if fn := row[this.kind]; fn != nil {
				return c.invoke(f, n, m.keyPos, fn, this.tainted, this, args)
			}
		}
		fn := c.getKey(f, m, this, m.key, m.object)
		if n.optional && f.isCut(fn, harmless) {
			return cut(fn)
		}
		if fn.kind != kindFunction {
			if f.vm.preview && f.vm.isPlaceholder(this) {
				// What a secret of another type would answer is not known.
				return this
			}
			f.vm.risk(fn)
			message := "`" + m.key + "` is no function of " + c.words(m.object)
			if near := nearMethod(this, m.key); near != "" && near != m.key {
				message += ": did you mean `" + near + "`?"
			}
			f.vm.failAs(m.keyPos, message)
		}
		return c.invoke(f, n, m.keyPos, fn.fn(), fn.tainted, this, args)
	}
}

// receiver compiles what a method is called on, which a trace shows, but for a name of
// the library.
func (c *compiler) receiver(n node) evaluate {
	if free, ok := n.(*nameNode); ok && free.bound == nil {
		if v, ok := c.library(free.text); ok && v.isObject() {
			return c.quiet(n)
		}
	}
	return c.expression(n)
}

// apply calls a value.
func (c *compiler) apply(f *frame, n *callNode, fn, this Value, args arguments) Value {
	if fn.kind != kindFunction {
		if f.vm.preview && f.vm.isPlaceholder(fn) {
			return fn
		}
		f.vm.risk(fn)
		f.vm.failAs(n.callee.where().pos, c.words(n.callee)+" is no function")
	}
	return c.invoke(f, n, n.callee.where().pos, fn.fn(), fn.tainted, this, args)
}

// invoke calls a function with arguments that are yet to be evaluated.
func (c *compiler) invoke(f *frame, n *callNode, pos int, fn *Func, tainted bool, this Value, args arguments) Value {
	vm := f.vm
	if tainted && !fn.library {
		// Which function runs, and so what it changes, depends on a secret.
		vm.decide()
	}
	top := vm.top
	values := args(f)
	risky := fn.library && !fn.sure
	if risky {
		vm.risk(this)
		for _, v := range values {
			vm.risk(v)
		}
	}
	v, err := vm.invoke(fn, tainted, this, values)
	if err != nil {
		if vm.preview && hasPlaceholder(vm, this, values) {
			vm.top = top
			return placeholderOf(vm, this, values)
		}
		vm.fail(pos, err)
	}
	vm.top = top
	return v
}

// neverFails are functions of the library that have a result whatever the secrets
// among their arguments are.
var neverFails = nameSet(
	"toUpperCase", "toLowerCase", "trim", "trimStart", "trimEnd", "slice", "substring", "substr", "charAt",
	"charCodeAt", "codePointAt", "at", "indexOf", "lastIndexOf", "includes", "startsWith", "endsWith", "split",
	"concat", "join", "String", "Boolean", "Number", "parseInt", "parseFloat", "isNaN", "isFinite", "isInteger",
	"isSafeInteger", "isArray", "sha256", "hmac_sha256", "base64url", "url_encode",
	"abs", "ceil", "floor", "round", "trunc", "sign", "min", "max", "sqrt", "pow", "reverse",
)

func nameSet(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// arguments evaluates arguments onto the stack.
type arguments func(f *frame) []Value

func (c *compiler) arguments(list []node) arguments {
	for _, arg := range list {
		if _, ok := arg.(*spreadNode); ok {
			return c.spreadArguments(list)
		}
	}
	compiled := c.all(list)
	switch len(compiled) {
	case 0:
		return func(*frame) []Value { return nil }
	case 1:
		only := compiled[0]
		return func(f *frame) []Value {
			values := f.vm.reserve(1)
			values[0] = only(f)
			return values
		}
	}
	return func(f *frame) []Value {
		values := f.vm.reserve(len(compiled))
		for i, arg := range compiled {
			values[i] = arg(f)
		}
		return values
	}
}

// spreadArguments are arguments of which some are spread: how many there are is
// charged.
func (c *compiler) spreadArguments(list []node) arguments {
	collect := c.items(list)
	return func(f *frame) []Value {
		o := arrayOf(nil)
		collect(f, o)
		if o.tainted {
			// How many arguments there are depends on a secret: each tells.
			for i := range o.items {
				o.items[i].tainted = true
			}
			f.vm.decide()
		}
		for i, v := range o.items {
			if v.kind == kindHole {
				o.items[i] = undefined
			}
		}
		return o.items
	}
}

func (c *compiler) construction(n *constructionNode) evaluate {
	callee := c.path(n.callee)
	args := c.arguments(n.args)
	return func(f *frame) Value {
		vm := f.vm
		fn := callee(f)
		top := vm.top
		values := args(f)
		for _, v := range values {
			if c.constructionFails(n) {
				vm.risk(v)
			}
		}
		v, err := vm.construct(fn, values)
		if err != nil {
			if vm.preview && hasPlaceholder(vm, undefined, values) {
				vm.top = top
				return placeholderOf(vm, undefined, values)
			}
			vm.fail(n.pos, err)
		}
		vm.top = top
		return v
	}
}

// constructionFails reports whether a constructor refuses some values.
func (c *compiler) constructionFails(n *constructionNode) bool {
	name, ok := n.callee.(*nameNode)
	return !ok || name.text != "Date" && name.text != "Error"
}
