package liquid

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// operand is a compiled expression.
type operand interface {
	eval(st *state) value
}

type constant struct{ value }

func (c constant) eval(*state) value { return c.value }

// emptyLiteral is `empty` or `blank`: the empty string, but special in comparisons.
type emptyLiteral struct{ blank bool }

func (emptyLiteral) eval(*state) value { return stringValue("") }

func (w emptyLiteral) matches(v value) bool {
	if w.blank {
		return v.blank()
	}
	return v.empty()
}

// step is one part of a path: a key, or an index that is computed.
type step struct {
	key   string
	index operand
	dot   bool // `.key`, which also knows size, first and last
}

func (st *state) follow(v value, path []step) value {
	for i := range path {
		s := &path[i]
		switch {
		case s.index != nil:
			v = v.index(s.index.eval(st))
		case s.dot:
			if object, ok := v.ref.(map[string]any); ok {
				if x, ok := object[s.key]; ok {
					taint := v.taint
					v = valueOf(x)
					v.taint = joinTaint(v.taint, taint)
					continue
				}
			}
			if s.key == "size" || s.key == "first" {
				// They walk a text or sort the keys of a hash.
				if st.tickOver(v); st.err != nil {
					return value{}
				}
			}
			v = v.field(s.key)
		default:
			v = v.index(stringValue(s.key))
		}
		if v.kind == kindMissing {
			return v
		}
	}
	return v
}

// variable is a name and a path. A name that nothing in the template sets has
// slot -1 and is read from the variables alone.
type variable struct {
	source *request.Source
	pos    macros.Pos
	name   string
	slot   int
	path   []step
	// covered is set where a default stands behind the variable.
	covered bool
}

func (x *variable) eval(st *state) value {
	v := x.root(st)
	if v.kind != kindMissing && len(x.path) > 0 {
		v = st.follow(v, x.path)
	}
	if v.kind == kindMissing && !x.covered {
		st.missingVariable(x.source, x.pos, x.spelled())
	}
	return v
}

func (x *variable) root(st *state) value {
	f := st.frame
	if x.slot >= 0 {
		for _, names := range [...][]value{f.locals, f.assigned, f.counters} {
			if v := &names[x.slot]; v.kind != kindMissing {
				return *v
			}
		}
	}
	if f.isolated {
		return value{}
	}
	if found, ok := st.vars[x.name]; ok {
		return valueOf(found)
	}
	return value{}
}

func (x *variable) spelled() string {
	var b strings.Builder
	b.WriteString(x.name)
	for _, s := range x.path {
		switch {
		case s.index != nil:
			b.WriteString("[...]")
		case s.dot:
			b.WriteString("." + s.key)
		default:
			b.WriteString(`["` + s.key + `"]`)
		}
	}
	return b.String()
}

// computed is `[name].path`: a variable whose name is itself computed.
type computed struct {
	source   *request.Source
	pos      macros.Pos
	template *Template
	name     operand
	path     []step
}

func (x *computed) eval(st *state) value {
	name := x.name.eval(st)
	v := value{}
	if name.kind == kindString && !macros.IsRoot(name.text) {
		slot := x.template.slotOf(name.text)
		if slot >= len(st.frame.locals) {
			slot = -1
		}
		v = (&variable{name: name.text, slot: slot}).root(st).with(name.taint)
	}
	if v.kind != kindMissing {
		v = st.follow(v, x.path)
	}
	if v.kind == kindMissing {
		st.missingVariable(x.source, x.pos, "[...]")
	}
	return v
}

// rangeOperand is `(from..to)`.
type rangeOperand struct {
	source   *request.Source
	pos      macros.Pos
	from, to operand
}

func (x *rangeOperand) eval(st *state) value {
	from, to := x.from.eval(st), x.to.eval(st)
	a, b := from.number().truncated(), to.number().truncated()
	if a.big != nil || b.big != nil {
		st.fail(x.source, x.pos, request.ValueRejected, "the range has an end that is too large")
		return value{}
	}
	return rangeValue(a.small, b.small).with(from.taint).with(to.taint)
}

// comparison is `left op right` but for and, or.
type comparison struct {
	source      *request.Source
	pos         macros.Pos
	op          string
	left, right operand
}

func (x *comparison) eval(st *state) value {
	left, right := x.left.eval(st), x.right.eval(st)
	if st.tickOver(left); st.err != nil {
		return boolValue(false)
	}
	leftWord, l := x.left.(emptyLiteral)
	rightWord, r := x.right.(emptyLiteral)
	switch x.op {
	case "==", "!=":
		var same bool
		switch {
		case l && r:
		case l:
			same = leftWord.matches(right)
		case r:
			same = rightWord.matches(left)
		default:
			same = st.equal(left, right)
		}
		return boolValue(same == (x.op == "=="))
	case "contains":
		return boolValue(st.contains(left, right))
	}
	if l || r || !left.orderable() || !right.orderable() {
		return boolValue(false)
	}
	order, ok := left.compare(right)
	if !ok {
		if st.preview && (left.taint != nil || right.taint != nil) {
			return boolValue(false)
		}
		st.fail(x.source, x.pos, request.ValueRejected, "`"+x.op+"` cannot compare "+left.describe()+" with "+right.describe())
		return boolValue(false)
	}
	switch x.op {
	case "<":
		return boolValue(order < 0)
	case "<=":
		return boolValue(order <= 0)
	case ">":
		return boolValue(order > 0)
	}
	return boolValue(order >= 0)
}

// logic is `left and right` or `left or right`.
type logic struct {
	or          bool
	left, right operand
}

func (x *logic) eval(st *state) value {
	left := x.left.eval(st)
	if left.truthy() == x.or {
		return boolValue(x.or)
	}
	return boolValue(x.right.eval(st).truthy())
}
