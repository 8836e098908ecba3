package liquid

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// control says how rendering goes on.
type control uint8

const (
	proceed control = iota
	breakLoop
	continueLoop
)

// node is a compiled tag or output that is more than a plain slot.
type node interface {
	render(st *state) control
}

// op is a piece of literal text and what stands behind it. Nearly all of a
// template is text, variables and secrets, which need no call to a node.
type op struct {
	text string
	does opKind
	mode escape.Escaper
	slot int
	path []string // the variable's name and the keys behind it
	node node
	// source and pos are where it stands, for errors.
	source *request.Source
	pos    macros.Pos
}

type opKind uint8

const (
	opNothing opKind = iota
	opVariable
	opPath
	opSecret
	opNode
)

// run appends what ops yield to st.dst.
func (st *state) run(ops []op) control {
	for i := range ops {
		o := &ops[i]
		st.dst = append(st.dst, o.text...)
		switch o.does {
		case opVariable:
			if text, ok := st.vars[o.path[0]].(string); ok && o.mode == escape.AsIs {
				st.dst = append(st.dst, text...)
				break
			}
			fallthrough
		case opPath:
			x, ok := lookUp(st.vars, o.path)
			if !ok {
				st.missingVariable(o.source, o.pos, strings.Join(o.path, "."))
			}
			st.print(x, o.mode)
		case opSecret:
			st.print(st.pinned[o.slot].value, o.mode)
		case opNode:
			if c := o.node.render(st); c != proceed {
				return c
			}
		}
		if st.err != nil || !st.room() {
			st.locate(o)
			return breakLoop
		}
	}
	return proceed
}

// locate gives an error that has no place yet the place of o.
func (st *state) locate(o *op) {
	if p := &st.err.Problems[0]; p.Place.Line == 0 && o.source != nil {
		*p = o.source.Problem(o.pos, p.Code, p.Message)
	}
}

// lookUp follows keys through vars without evaluating anything.
func lookUp(vars map[string]any, path []string) (value, bool) {
	x, ok := vars[path[0]]
	if !ok {
		return value{}, false
	}
	for i, key := range path[1:] {
		next, isMap := x.(map[string]any)
		if !isMap {
			return lookUpValue(valueOf(x), path[i+1:])
		}
		if x, ok = next[key]; !ok {
			return lookUpValue(value{kind: kindHash, ref: next}, path[i+1:])
		}
	}
	return valueOf(x), true
}

func lookUpValue(v value, path []string) (value, bool) {
	for _, key := range path {
		if v = v.field(key); v.kind == kindMissing {
			return v, false
		}
	}
	return v, true
}

// print appends v, escaped for its place.
func (st *state) print(v value, e escape.Escaper) {
	if v.taint != nil && st.capturing > 0 {
		st.capturedTaint = joinTaint(st.capturedTaint, v.taint)
	}
	if v.kind < kindList || st.printable(v) {
		st.dst = st.appendEscaped(st.dst, v, e)
	}
}

type output struct {
	value operand
	mode  escape.Escaper
}

func (n *output) render(st *state) control {
	v := n.value.eval(st)
	if st.err != nil {
		return breakLoop
	}
	st.print(v, n.mode)
	return proceed
}

type assign struct {
	slot  int
	value operand
}

func (n *assign) render(st *state) control {
	v := n.value.eval(st)
	if v.kind == kindMissing {
		v = nilValue.with(v.taint)
	}
	st.frame.assigned[n.slot] = v
	return proceed
}

type branch struct {
	cond   operand
	negate bool
	body   []op
}

// conditional is if, elsif, else and unless.
type conditional struct {
	branches  []branch
	otherwise []op
}

func (n *conditional) render(st *state) control {
	for i := range n.branches {
		b := &n.branches[i]
		holds := b.cond.eval(st).truthy()
		if st.err != nil {
			return breakLoop
		}
		if holds != b.negate {
			return st.run(b.body)
		}
	}
	return st.run(n.otherwise)
}

type arm struct {
	otherwise bool
	values    []operand
	body      []op
}

// choice is `case`: each value that equals the subject renders its arm, and an
// else is rendered if none before it did.
type choice struct {
	subject operand
	arms    []arm
}

func (n *choice) render(st *state) control {
	subject := n.subject.eval(st)
	st.tickOver(subject)
	found := false
	for i := range n.arms {
		a := &n.arms[i]
		if a.otherwise {
			if !found {
				if c := st.run(a.body); c != proceed {
					return c
				}
			}
			continue
		}
		for _, candidate := range a.values {
			v := candidate.eval(st)
			if st.err != nil {
				return breakLoop
			}
			w, special := candidate.(emptyLiteral)
			if special && !w.matches(subject) || !special && !n.matches(st, subject, v) {
				continue
			}
			found = true
			if c := st.run(a.body); c != proceed {
				return c
			}
		}
	}
	return proceed
}

func (n *choice) matches(st *state, subject, v value) bool {
	if w, ok := n.subject.(emptyLiteral); ok {
		return w.matches(v)
	}
	return st.equal(subject, v)
}

type interrupt struct{ control }

func (n interrupt) render(*state) control { return n.control }

type cycle struct {
	group  operand // nil: the values name it
	key    string
	values []operand
	mode   escape.Escaper
}

func (n *cycle) render(st *state) control {
	key := "values " + n.key
	if n.group != nil {
		group := n.group.eval(st)
		if !st.printable(group) {
			return breakLoop
		}
		key = "group " + string('0'+rune(group.kind)) + group.string()
		if group.nothing() {
			key = "group"
		}
	}
	at := st.frame.cycles[key]
	if at < len(n.values) {
		st.print(n.values[at].eval(st), n.mode)
	}
	if at++; at >= len(n.values) {
		at = 0
	}
	if st.frame.cycles == nil {
		st.frame.cycles = make(map[string]int)
	}
	st.frame.cycles[key] = at
	return proceed
}

type increment struct {
	name string
	slot int
	down bool
	mode escape.Escaper
}

// render counts from what the variables hold under the name, or from 0. The
// variables themselves are never changed.
func (n *increment) render(st *state) control {
	at := st.frame.counters[n.slot]
	if at.kind == kindMissing && !st.frame.isolated {
		at = valueOf(st.vars[n.name])
	}
	count, ok := int64(0), at.kind == kindInt
	if ok {
		count = at.num
	}
	if n.down {
		count--
		st.print(intValue(count), n.mode)
	} else {
		st.print(intValue(count), n.mode)
		count++
	}
	st.frame.counters[n.slot] = intValue(count)
	return proceed
}

// ifChanged renders its body and takes it back where it is what the last one
// printed.
type ifChanged struct{ body []op }

func (n *ifChanged) render(st *state) control {
	mark, scanned, held := len(st.dst), st.scanner, len(st.capturedSpans)
	c := st.run(n.body)
	if st.err != nil {
		return breakLoop
	}
	f := st.frame
	if text := string(st.dst[mark:]); !f.printed || text != f.changed {
		if !st.spend(len(text)) {
			return breakLoop
		}
		f.changed, f.printed = text, true
		return c
	}
	st.dst, st.scanner, st.capturedSpans = st.dst[:mark], scanned, st.capturedSpans[:held]
	return c
}

// describe names the kind of v for an error; never its value.
func (v value) describe() string {
	switch v.kind {
	case kindBool:
		return "a boolean"
	case kindInt, kindFloat, kindBig:
		return "a number"
	case kindString:
		return "a string"
	case kindRange:
		return "a range"
	case kindTime:
		return "a time"
	case kindList:
		return "a list"
	case kindHash:
		return "a hash"
	}
	return "nil"
}

// baseName is the name that a partial's value is bound to.
func baseName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
