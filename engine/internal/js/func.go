package js

// native is what a function of the library does. It reads args through
// [argument] and never keeps them. What it takes from a value in Go's terms it
// takes by [toText], [toNumber] and their like, which note the taint; the result
// gets what they noted.
type native func(vm *machine, this Value, args []Value) (Value, error)

// Func is a function. Those of the library are made once and shared by all
// evaluations; those of an expression belong to one.
type Func struct {
	Name  string
	Arity int
	Call  native
	// construct is what `new` does; nil where the function is no constructor.
	construct native
	// makes is the kind of what a constructor makes.
	makes kind
	// library says that Call is a native: the result gets the taint of what it
	// converted.
	library bool
	// sure says that a native has a result whatever the secrets among its arguments are.
	sure bool
	// source is the text of the function in the expression.
	source string
	// code is what a function of the expression runs, with the names outside of it that
	// it refers to; nil where Call does the work.
	code  *code
	outer []*cell
	// object is the function as a value. Its fields are what stands behind the
	// dot, as in Number.EPSILON.
	object Object
}

// newFunc returns a function of the library.
func newFunc(name string, arity int, call native) *Func {
	f := &Func{Name: name, Arity: arity, Call: call, library: true, sure: neverFails[name]}
	f.object = Object{class: kindFunction, frozen: true, data: f}
	return f
}

// fn returns the function behind a value of that kind.
func (v Value) fn() *Func {
	f, _ := v.obj.data.(*Func)
	return f
}

// argument returns the argument at i; one that is not given is undefined.
func argument(args []Value, i int) Value {
	if i < len(args) {
		return args[i]
	}
	return undefined
}

// closureBytes is what a function takes that an evaluation makes.
const closureBytes = objectBytes + 128

// newClosure returns a function that an evaluation makes, as a value. It is charged.
func (vm *machine) newClosure(name string, arity int, call native) (Value, error) {
	if err := vm.charge(closureBytes); err != nil {
		return undefined, err
	}
	f := vm.heap.closures.make()
	f.Name, f.Arity, f.Call = name, arity, call
	f.object.class, f.object.data = kindFunction, f
	return function(f), nil
}
