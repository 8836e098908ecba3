package js

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// Program is a compiled expression. It is immutable and safe for concurrent use.
type Program struct {
	source string
	limits eval.Limits
	refs   []*macros.Reference
	reads  []eval.Variable
	tree   node
	scope  *functionScope
	hooked bool
	// own :: name -> function of the Go program
	own  map[string]Value
	plan plan
	// traced is made at its first use.
	traced atomic.Pointer[plan]
}

// plan is what runs.
type plan struct {
	run  evaluate
	code code
	// shown are the nodes that a trace shows.
	shown []extent
	// literals and operations say what of the source a trace hides.
	literals   []extent
	operations []operation
}

// Compile returns the program of source, which may call the functions of own. Zero
// limits are defaults. The error is an
// *eval.Error with the code Syntax or Limit.
func Compile(source string, limits eval.Limits, own *extension.Set) (*Program, error) {
	program, wrong := Check(source, limits, own)
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return program, nil
}

// Check is Compile that goes on behind a mistake where it can: it returns the
// program, or all that it found to be wrong, at most eval.MaxMistakes. The first of
// them is the error of Compile.
func Check(source string, limits eval.Limits, own *extension.Set) (program *Program, wrong []*eval.Error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *eval.Error:
			program, wrong = nil, []*eval.Error{e}
		default:
			program, wrong = nil, []*eval.Error{{Code: eval.Internal, Message: "the expression cannot be compiled"}}
		}
	}()
	limits = limits.WithDefaults()
	if len(source) > limits.Source {
		return nil, []*eval.Error{eval.TooLarge(lastRune(source, limits.Source), "the expression is too long")}
	}
	p := &Program{source: source, limits: limits, own: extended(own)}
	p.tree = parse(source, &p.limits)
	b := &binder{source: source, limits: &p.limits, in: &functionScope{}, program: own}
	b.enter()
	p.scope = b.in
	p.tree = b.bind(p.tree, 0)
	if len(b.wrong) > 0 {
		return nil, b.wrong
	}
	p.refs, p.reads, p.hooked = b.refs, b.reads, b.hooked
	p.plan = p.planned(false)
	return p, nil
}

// lastRune returns where the code point at limit begins.
func lastRune(source string, limit int) int {
	for limit > 0 && !utf8.RuneStart(source[limit]) {
		limit--
	}
	return limit
}

func (p *Program) planned(traced bool) plan {
	c := &compiler{source: p.source, refs: p.refs, traced: traced, hooked: p.hooked, in: p.scope, own: p.own}
	made := plan{run: c.expression(p.tree), code: code{slots: p.scope.slots, cells: p.scope.cells}}
	if traced {
		made.shown = c.hiddenOf(p.tree)
		made.literals, made.operations = literalsOf(p.source, &p.limits, p.tree), operationsOf(p.tree)
	}
	return made
}

// References returns every secret that the program may touch, in the order in
// which they stand in the source.
func (p *Program) References() []*macros.Reference { return p.refs }

// Variables returns the places where the program names a variable.
func (p *Program) Variables() []eval.Variable { return p.reads }

// PosOf returns the offset of a variable in the source.
func (p *Program) PosOf(v eval.Variable) int { return int(v.Node) }

// Prepare makes in, which is new or was forgotten, ready for any number of
// evaluations of the program.
func (p *Program) Prepare(in *eval.Prepared, given eval.Given) {
	if given.Preview {
		in.Init(given, nil)
		return
	}
	in.Init(given, p.refs)
}

// machines are kept for reuse.
var machines = sync.Pool{New: func() any { return new(machine) }}

// Evaluate evaluates the program with vars. The error is an *eval.Error; the
// outcome is then nothing but the trace.
func (p *Program) Evaluate(in *eval.Prepared, vars map[string]any) (eval.Outcome, error) {
	vm := p.start(in, vars)
	defer release(vm)
	return p.evaluate(vm)
}

// Append appends the result as a template literal of the engine would: a text as it
// is, any other value as compact JSON. On an error dst comes back as it was.
func (p *Program) Append(dst []byte, in *eval.Prepared, vars map[string]any) ([]byte, error) {
	vm := p.start(in, vars)
	defer release(vm)
	if vm.objects == nil {
		vm.objects = eval.NewMembers
	}
	out, err := p.evaluate(vm)
	if err != nil {
		return dst, err
	}
	return out.Append(dst)
}

func (p *Program) start(in *eval.Prepared, vars map[string]any) *machine {
	vm := machines.Get().(*machine)
	vm.budget.Start(&p.limits, &in.Given)
	vm.preview, vm.clock, vm.limits, vm.objects = in.Preview, in.Now, &p.limits, in.NewObject
	vm.program, vm.prepared, vm.hooked = p, in, p.hooked
	vm.variables.fields = vars
	return vm
}

func release(vm *machine) {
	vm.memory.forget()
	vm.evaluation.forget()
	machines.Put(vm)
}

// evaluate runs the program. An error comes with the trace so far.
func (p *Program) evaluate(vm *machine) (eval.Outcome, error) {
	made := &p.plan
	if vm.prepared.Trace {
		made = p.traced.Load()
		if made == nil {
			fresh := p.planned(true)
			made = &fresh
			p.traced.Store(made)
		}
		vm.record = &recorder{met: make(map[[2]int]bool)}
	}
	out, size, err := p.run(vm, made)
	if vm.record != nil {
		trace := vm.record.finish(vm, made.shown)
		if !vm.preview { // which compares nothing with a secret
			trace.Hidden = made.hidden(trace.Steps)
		}
		out.Trace = trace
		size += trace.Bytes
	}
	if over := vm.budget.Close(size); over != nil {
		out.Value, err = nil, &eval.Error{Code: over.Code, Message: over.Kind, Pos: p.tree.where().pos}
	}
	if err != nil {
		out.Value, out.Sensitive = nil, false
		return out, err
	}
	return out, nil
}

// run evaluates and converts the result, of which it returns the size too. All ways
// out of the language end here.
func (p *Program) run(vm *machine, made *plan) (out eval.Outcome, size int, err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *located:
			err = e.error()
		default:
			// The text of a panic may hold an operand: nothing of it is looked at.
			err = &eval.Error{Code: eval.Internal, Message: eval.ErrPanic.Kind}
		}
	}()
	v := made.run(vm.enter(&made.code, nil))
	room := vm.prepared.Budget.Room(p.limits.Output)
	w := writer{vm: vm, room: eval.Room{Bytes: room, Memory: vm.budget.Memory}}
	native, failed := w.value(v, 0)
	size = room - w.room.Bytes
	if failed != nil {
		if errors.Is(failed, eval.ErrNoJSON) {
			failed = errNoResult
		}
		vm.fail(p.tree.where().pos, failed)
	}
	// A budget that is used up may have ended a loop of the library early.
	if why := vm.budget.Failure(); why != nil {
		vm.fail(p.tree.where().pos, why)
	}
	return eval.Outcome{Value: native, Sensitive: w.tainted || vm.decided}, size, nil
}

var errNoResult = &eval.Failure{Code: eval.Failed, Kind: "NaN and infinite numbers are no results: JSON has none"}

// written returns the names of the variables in the order in which they were written;
// those that it leaves out come last, sorted.
func written(vars map[string]any, order []string) []string {
	keys := make([]string, 0, len(vars))
	known := make(map[string]bool, len(order))
	for _, key := range order {
		if _, ok := vars[key]; ok && !known[key] {
			known[key] = true
			keys = append(keys, key)
		}
	}
	from := len(keys)
	for key := range vars {
		if !known[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys[from:])
	return keys
}
