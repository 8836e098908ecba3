package liquid

import (
	"sync"

	"github.com/sotto-render/sotto/engine/internal/budget"
	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// state is one render. It comes from a pool and holds nothing of the render
// before: release clears every slot that was used.
type state struct {
	meter
	*Prepared
	vars  map[string]any
	dst   []byte
	start int // where the output begins in dst
	frame *frame
	// stack holds the arguments of the filters that are being called.
	stack []value
	// call is the filter that is being called.
	call call
	// err stops the render; the first one counts.
	err *request.Error
	// missing are the variables that strict mode did not find.
	missing []request.Problem
	depth   int // of partials
	// capturing is the number of captures that are open, capturedTaint what
	// went into them.
	capturing     int
	capturedTaint *taint
	// capturedSpans are the parts of dst that are values inside captures,
	// capturedContent what the last of them was made for.
	capturedSpans   []escape.Span
	capturedContent escape.Content
	scanner         escape.Scanner
	// scheme says that a value may stand where the scheme of the URL is.
	scheme bool
	// choices are the partials that the render named; nil for none so far.
	choices *choices
}

// frame holds the names of a template and the partials that share its scope.
// Slots are numbered by the compiler.
type frame struct {
	locals   []value // loop variables and arguments of partials
	assigned []value // assign and capture
	counters []value // increment and decrement
	isolated bool
	loop     *loop
	// cycles :: group -> place; offsets :: loop -> where it ended
	cycles  map[string]int
	offsets map[string]int
	// changed is what the last ifchanged printed.
	changed string
	printed bool
}

var states = sync.Pool{New: func() any { return &state{frame: &frame{}} }}

func newState(p *Prepared, vars map[string]any, dst []byte) *state {
	st := states.Get().(*state)
	st.Prepared, st.vars = p, vars
	st.dst, st.start = dst, len(dst)
	st.scheme = p.template.mayBeScheme
	st.scanner = escape.NewScanner(st.escaping(), st.start)
	limits := p.template.options.Limits
	st.meter = meter{limits: limits, account: budget.Open(p.budget), outputRoom: p.budget.Room(limits.OutputBytes), caller: p.done}
	st.frame.grow(p.template.slotCount())
	return st
}

func (f *frame) grow(n int) {
	if len(f.locals) >= n {
		return
	}
	f.locals = append(f.locals, make([]value, n-len(f.locals))...)
	f.assigned = append(f.assigned, make([]value, n-len(f.assigned))...)
	f.counters = append(f.counters, make([]value, n-len(f.counters))...)
}

func (f *frame) clear() {
	clear(f.locals)
	clear(f.assigned)
	clear(f.counters)
	clear(f.cycles)
	clear(f.offsets)
	f.isolated, f.loop, f.changed, f.printed = false, nil, "", false
}

// maxPooledSlots keeps the state of an unusually large template out of the
// pool.
const maxPooledSlots = 1024

func (st *state) release() {
	frame, stack, held := st.frame, st.stack[:0], st.capturedSpans[:0]
	if len(frame.locals) > maxPooledSlots || cap(stack) > maxPooledSlots || cap(held) > maxPooledSlots {
		return
	}
	frame.clear()
	clear(stack[:cap(stack)])
	*st = state{frame: frame, stack: stack, capturedSpans: held}
	states.Put(st)
}

// stop ends the render with err, unless it has ended already.
func (st *state) stop(err *request.Error) {
	if st.err == nil {
		st.err = err
	}
}

// fail ends the render with an error at pos of the source u.
func (st *state) fail(u *request.Source, pos macros.Pos, code, message string) {
	if st.err == nil {
		st.err = &request.Error{Problems: []request.Problem{u.Problem(pos, code, message)}}
	}
}

// missingVariable is called for a variable that does not exist.
func (st *state) missingVariable(u *request.Source, pos macros.Pos, name string) {
	if !st.strict || len(st.missing) >= maxMissing {
		return
	}
	problem := u.Problem(pos, request.VariableMissing, "variable `"+name+"` is missing: pass it or give it a default")
	for _, known := range st.missing {
		if known == problem {
			return
		}
	}
	st.missing = append(st.missing, problem)
}

// maxMissing bounds the missing variables that one error lists.
const maxMissing = 100
