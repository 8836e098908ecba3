package js

import (
	"maps"
	"slices"

	"github.com/sotto-render/sotto/macros"
)

// name reads a name (ECMA-262, 9.1.1).
func (c *compiler) name(n *nameNode) evaluate {
	if n.bound == nil {
		return c.free(n)
	}
	read := c.read(n.bound)
	if n.set || n.bound.word != "let" && n.bound.word != "const" {
		return read
	}
	// The parameters of a function are set at once; others may be read too early.
	return func(f *frame) Value {
		v := read(f)
		if v.kind == kindHole {
			f.vm.failAs(n.pos, "`"+n.text+"` is used before it is set")
		}
		return v
	}
}

// read reads a name of the expression's own, which may not be set yet.
func (c *compiler) read(b *binding) evaluate {
	switch {
	case b.in != c.in:
		at := c.in.places[b]
		return func(f *frame) Value { return f.outer[at].value }
	case b.captured:
		at := b.cell
		return func(f *frame) Value { return f.cells[at].value }
	}
	at := b.slot
	return func(f *frame) Value { return f.slots[at] }
}

// slotOf returns the slot that n reads, or -1 where n is anything else than a name that
// is sure to be set in the frame itself: such a one needs no closure.
func (c *compiler) slotOf(n node) int {
	name, ok := n.(*nameNode)
	if !ok || name.bound == nil || name.bound.in != c.in || name.bound.captured {
		return -1
	}
	if !name.set && (name.bound.word == "let" || name.bound.word == "const") {
		return -1
	}
	return name.bound.slot
}

// write sets a name of the expression's own.
func (c *compiler) write(b *binding) func(*frame, Value) {
	switch {
	case b.in != c.in:
		at := c.in.places[b]
		return func(f *frame, v Value) { f.outer[at].value = v }
	case b.captured:
		at := b.cell
		return func(f *frame, v Value) { f.cells[at].value = v }
	}
	at := b.slot
	return func(f *frame, v Value) { f.slots[at] = v }
}

// free reads a variable, or what the library has. A variable hides a function of
// the library but where it is called, so that no data can take a function's place;
// the names in capitals and the constants are the library's alone.
func (c *compiler) free(n *nameNode) evaluate {
	own, isLibrary := c.library(n.text)
	switch {
	case isLibrary && (n.called || isFixed(n.text)):
		return func(*frame) Value { return own }
	case n.text == varsName:
		return func(f *frame) Value { return f.vm.allVariables(n.pos) }
	}
	return func(f *frame) Value {
		v, ok, err := f.vm.viewField(&f.vm.variables, n.text)
		switch {
		case err != nil:
			f.vm.fail(n.pos, err)
		case ok:
			return v
		case isLibrary:
			return own
		}
		f.vm.unknown(n)
		return undefined
	}
}

// library returns what a name means that is neither a variable nor the expression's own.
func (c *compiler) library(name string) (Value, bool) {
	if v, ok := globalValue(name); ok {
		return v, true
	}
	v, ok := c.own[name]
	return v, ok
}

// isFixed reports whether a name of the library cannot be hidden.
func isFixed(name string) bool {
	return 'A' <= name[0] && name[0] <= 'Z' || name == "undefined"
}

// unknown ends the evaluation at a name that means nothing.
func (vm *machine) unknown(n *nameNode) {
	message := "there is no variable `" + n.text + "`"
	if n.called {
		message = "there is no function `" + n.text + "`"
	}
	known := slices.AppendSeq(slices.Collect(maps.Keys(globals)), maps.Keys(vm.program.own))
	if !n.called {
		known = append(known, slices.Collect(maps.Keys(vm.variables.fields))...)
	}
	slices.Sort(known)
	if n.hyphenated != "" {
		message += ": if a secret is called `" + n.hyphenated + "`, write secrets[\"" + n.hyphenated + "\"]"
	} else if near := macros.Nearest(n.text, known); near != "" {
		message += ": did you mean `" + near + "`?"
	}
	vm.failAs(n.pos, message)
}

// allVariables returns all variables as one object.
func (vm *machine) allVariables(pos int) Value {
	if err := vm.charge(int64(len(vm.variables.fields)) * fieldBytes); err != nil {
		vm.fail(pos, err)
	}
	if vm.variables.keys == nil {
		vm.variables.keys = written(vm.variables.fields, vm.prepared.Order)
	}
	v := Object{class: kindObject, variable: true, data: &vm.variables}
	if err := vm.charge(objectBytes); err != nil {
		vm.fail(pos, err)
	}
	return object(&v)
}
