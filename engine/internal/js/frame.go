package js

import "github.com/sotto-render/sotto/engine/internal/eval"

// evaluate is an expression that was compiled. It yields the value, or ends the
// evaluation by [machine.fail].
type evaluate func(f *frame) Value

// execute is a statement that was compiled.
type execute func(f *frame) signal

// signal says how a statement ended.
type signal uint8

const (
	goOn signal = iota
	doBreak
	doContinue
	// doReturn leaves the function with frame.value.
	doReturn
)

// cell holds a name that functions inside refer to, and that lives as long as they
// do.
type cell struct{ value Value }

// frame is one call of a function of the expression.
type frame struct {
	vm *machine
	// slots and cells are the names of the function, outer those of the functions
	// around it.
	slots []Value
	cells []*cell
	outer []*cell
	// value is what the function returns.
	value Value
}

// running is what a machine needs to run compiled code.
type running struct {
	program  *Program
	prepared *eval.Prepared
	// variables show what the evaluation was given.
	variables view
	// frames are kept for the next calls; used are in use.
	frames []*frame
	used   int
	// stack has the slots of frames and the arguments of calls up to top.
	stack []Value
	top   int
	// secrets :: place of a reference -> the object that it yields, so that it is
	// the same one each time
	secrets map[int]*Object
	// views are made and not used yet; slab is how many were made at once last.
	views []viewObject
	slab  int
	// record notes the steps of a trace; nil where none is asked for.
	record *recorder
	// deep is about how many bytes of the goroutine's stack calls take.
	deep int
}

// maxStack bounds the stack of a goroutine that calls may take.
const maxStack = 8 << 20

// reserve returns n values of the stack, which are undefined.
func (vm *machine) reserve(n int) []Value {
	if vm.top+n > len(vm.stack) {
		// Frames and arguments that are in use keep the memory that they have.
		vm.stack = make([]Value, max(2*(vm.top+n), 64))
	}
	part := vm.stack[vm.top : vm.top+n : vm.top+n]
	vm.top += n
	clear(part)
	return part
}

// enter returns a frame for code.
func (vm *machine) enter(code *code, outer []*cell) *frame {
	if vm.used == len(vm.frames) {
		vm.frames = append(vm.frames, &frame{vm: vm})
	}
	f := vm.frames[vm.used]
	vm.used++
	f.slots, f.outer, f.value = vm.reserve(code.slots), outer, undefined
	if cap(f.cells) < code.cells {
		f.cells = make([]*cell, code.cells)
	}
	f.cells = f.cells[:code.cells]
	return f
}

// leave gives the frame back that was entered last.
func (vm *machine) leave(code *code) {
	vm.used--
	vm.top -= code.slots
}

// forget drops all values, and keeps the room for the next evaluation.
func (r *running) forget() {
	for _, f := range r.frames {
		clear(f.cells[:cap(f.cells)])
		*f = frame{vm: f.vm, cells: f.cells[:0]}
	}
	if len(r.frames) > maxKept {
		clear(r.frames[maxKept:])
		r.frames = r.frames[:maxKept]
	}
	if len(r.stack) > maxKeptStack {
		r.stack = nil
	}
	clear(r.stack)
	*r = running{frames: r.frames, stack: r.stack}
}

// What is kept for the next evaluation.
const (
	maxKept      = 16
	maxKeptStack = 256
)
