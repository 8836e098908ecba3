package js

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

// memory is what a machine keeps its values in.
type memory struct {
	// frames are kept for the next calls; used are in use, and mostUsed were at once.
	frames         []*frame
	used, mostUsed int
	// stack has the slots of frames and the arguments of calls up to top; it had them
	// up to highest.
	stack        []Value
	top, highest int
	// heap has what the evaluation makes.
	heap heap
	// scratch is where texts are put together; it was written to up to scribbled.
	scratch   []byte
	scribbled int
}

// maxStack bounds the stack of a goroutine that calls may take.
const maxStack = 8 << 20

// reserve returns n values of the stack, which are undefined.
func (vm *machine) reserve(n int) []Value {
	if vm.top+n > len(vm.stack) {
		// Frames and arguments that are in use keep the memory that they have.
		vm.stack, vm.highest = make([]Value, max(2*(vm.top+n), 64)), vm.top
	}
	part := vm.stack[vm.top : vm.top+n : vm.top+n]
	vm.top += n
	if vm.top <= vm.highest {
		clear(part)
	} else {
		clear(part[:max(0, n-vm.top+vm.highest)])
		vm.highest = vm.top
	}
	return part
}

// enter returns a frame for code.
func (vm *machine) enter(code *code, outer []*cell) *frame {
	if vm.used == len(vm.frames) {
		vm.frames = append(vm.frames, &frame{vm: vm})
	}
	f := vm.frames[vm.used]
	vm.used++
	vm.mostUsed = max(vm.mostUsed, vm.used)
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
func (m *memory) forget() {
	for _, f := range m.frames[:m.mostUsed] {
		clear(f.cells[:cap(f.cells)])
		f.slots, f.outer, f.value, f.cells = nil, nil, undefined, f.cells[:0]
	}
	if len(m.frames) > maxKept {
		clear(m.frames[maxKept:])
		m.frames = m.frames[:maxKept]
	}
	if len(m.stack) > maxKeptStack {
		m.stack = nil
	}
	clear(m.stack[:min(m.highest, len(m.stack))])
	if cap(m.scratch) > maxScratch {
		m.scratch = nil
	}
	clear(m.scratch[:min(m.scribbled, cap(m.scratch))])
	m.scribbled = 0
	m.used, m.mostUsed, m.top, m.highest = 0, 0, 0, 0
	m.heap.forget()
}

// What is kept for the next evaluation.
const (
	maxKept      = 16
	maxKeptStack = 256
	maxScratch   = 4 << 10
)
