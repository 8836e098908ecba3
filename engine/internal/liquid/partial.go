package liquid

import (
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// partial is `render` or `include`.
type partial struct {
	source   *request.Source
	pos      macros.Pos
	isolated bool
	// body is the compiled partial where the name is written out; else
	// name is evaluated.
	body *compiled
	name operand
	// capturing says that it stands in a capture.
	capturing bool
	with      operand
	bound     bool // `with` or `for` was given
	each      bool
	as        string
	args      []partialArg
}

type partialArg struct {
	name  string
	slot  int
	value operand
}

// compiled is a partial, compiled for the place where it is called.
type compiled struct {
	name string
	ops  []op
	// missing says why there is no such partial, which is a mistake where its call
	// is reached; "" for all others.
	missing string
	// scheme says that a value in it may stand where the scheme of the URL is,
	// which only a partial that rendering chose has to say.
	scheme bool
}

func (n *partial) render(st *state) control {
	body := n.body
	if body == nil {
		if body = n.load(st); body == nil {
			return breakLoop
		}
	}
	if body.missing != "" {
		st.fail(n.source, n.pos, request.TemplateSyntax, body.missing)
		return breakLoop
	}
	if st.frame.isolated && !n.isolated {
		st.fail(n.source, n.pos, request.ValueRejected, "`include` must not be used in a partial that `render` calls: use `render`")
		return breakLoop
	}
	if st.depth >= st.limits.PartialDepth {
		limit := exceeded("partial_depth", st.limits.PartialDepth, "partials")
		st.fail(n.source, n.pos, limit.Code(), limit.Problems[0].Message)
		return breakLoop
	}
	st.depth++
	defer func() { st.depth-- }()
	if !st.turn() {
		return breakLoop
	}
	if n.isolated {
		return n.renderIsolated(st, body)
	}
	return n.include(st, body)
}

// load compiles a partial whose name only rendering tells.
func (n *partial) load(st *state) *compiled {
	name := n.name.eval(st)
	if st.err != nil {
		return nil
	}
	if name.kind != kindString {
		st.fail(n.source, n.pos, request.ValueRejected, "the partial's name is "+name.describe()+", not a string")
		return nil
	}
	if name.taint != nil {
		// Whoever keeps the partials would see the name that is asked for.
		st.fail(n.source, n.pos, request.ValueRejected, "the partial's name depends on a secret: write the name out, or take it from a variable")
		return nil
	}
	body := st.choose(name.text, n)
	if st.err != nil {
		return nil
	}
	st.scheme = st.scheme || body.scheme
	if st.frame.grow(st.template.slotCount()); st.err != nil {
		return nil
	}
	return body
}

// include renders in the scope of its caller; its arguments hide names for as
// long as it runs.
func (n *partial) include(st *state, body *compiled) control {
	f := st.frame
	bind, named := st.template.slotOf(n.alias(body)), st.template.slotOf(body.name)
	f.grow(st.template.slotCount())
	with := value{}
	if n.bound {
		with = n.with.eval(st)
	} else {
		with = (&variable{name: body.name, slot: named}).root(st)
	}
	args := make([]value, len(n.args))
	for i, arg := range n.args {
		args[i] = arg.value.eval(st)
	}
	if st.err != nil {
		return breakLoop
	}
	saved := make([]value, 0, len(args)+1)
	for i, arg := range n.args {
		saved = append(saved, f.locals[arg.slot])
		f.bind(arg.slot, args[i])
	}
	bound := f.locals[bind]
	c := proceed
	if with.kind == kindList {
		for i := range with.len() {
			if !st.turn() {
				break
			}
			f.bind(bind, with.at(i))
			if c = st.run(body.ops); c != proceed {
				break
			}
		}
	} else {
		if n.bound || with.kind != kindMissing {
			f.bind(bind, with)
		}
		c = st.run(body.ops)
	}
	f.locals[bind] = bound
	for i := len(saved) - 1; i >= 0; i-- {
		f.locals[n.args[i].slot] = saved[i]
	}
	return c
}

func (n *partial) alias(body *compiled) string {
	if n.as != "" {
		return n.as
	}
	return baseName(body.name)
}

// renderIsolated renders with nothing in scope but the arguments.
func (n *partial) renderIsolated(st *state, body *compiled) control {
	with := value{}
	if n.bound {
		with = n.with.eval(st)
	}
	args := make([]value, len(n.args))
	for i, arg := range n.args {
		args[i] = arg.value.eval(st)
	}
	if st.err != nil {
		return breakLoop
	}
	if n.each && (with.kind == kindList || with.kind == kindRange || with.kind == kindHash) {
		if with.kind == kindHash {
			with = st.pairs(with)
		}
		l := &loop{name: body.name, length: with.len()}
		for l.index = range l.length {
			if !st.turn() {
				return breakLoop
			}
			n.isolate(st, body, args, with.at(l.index), l)
			if st.err != nil {
				return breakLoop
			}
		}
		return proceed
	}
	n.isolate(st, body, args, with, nil)
	return proceed
}

func (n *partial) isolate(st *state, body *compiled, args []value, with value, l *loop) {
	t := st.template
	outer := st.frame
	inner := &frame{isolated: true}
	bind := t.slotOf(n.alias(body))
	shown := t.slotOf("forloop")
	inner.grow(t.slotCount())
	if l != nil {
		inner.assigned[shown] = value{kind: kindHash, ref: l}
	}
	for i, arg := range n.args {
		inner.assigned[arg.slot] = args[i]
	}
	if !with.nothing() {
		inner.assigned[bind] = with
	}
	st.frame = inner
	st.run(body.ops)
	st.frame = outer
}
