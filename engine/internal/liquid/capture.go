package liquid

import "github.com/sotto-render/sotto/engine/internal/escape"

// capture keeps what its body prints. Values are kept as they are, and escaped
// for the place where the capture is printed.
type capture struct {
	slot int
	body []op
	// lone says that the body is one value, with white space around it.
	lone bool
}

func (n *capture) render(st *state) control {
	mark, held, outer := len(st.dst), len(st.held), st.captured
	st.captured = nil
	st.capturing++
	c := st.run(n.body)
	st.capturing--
	v := st.keep(mark, held)
	if n.lone {
		v.done = st.heldDone
	}
	v.taint = st.captured
	st.captured = joinTaint(outer, v.taint)
	st.dst, st.held = st.dst[:mark], st.held[:held]
	if st.err != nil || !st.spend(len(v.text)) {
		return breakLoop
	}
	v.taint.derive(v.text)
	st.frame.assigned[n.slot] = v
	return c
}

// hold appends a value inside a capture and notes which parts of it are to be
// escaped. What is escaped already, or raw, counts as written by the author.
func (st *state) hold(dst []byte, v value) []byte {
	v = st.flattened(v)
	st.heldDone = v.done & escape.JSONContent
	base := len(dst)
	dst = v.appendString(dst, 0)
	switch {
	case !st.escaping().Mixes():
	case v.done&escape.RawContent != 0:
		if problem := st.escaping().RawProblem(v.text); problem != "" {
			st.refuse(problem)
		}
	default:
		st.held = st.text(v).Values(st.escaping(), st.held, base)
	}
	return dst
}

// keep returns the output from mark on as a text, with the values that were
// held since.
func (st *state) keep(mark, held int) value {
	values := st.held[held:]
	for i := range values {
		values[i].From, values[i].To = values[i].From-mark, values[i].To-mark
	}
	return textOf(escape.Capture(st.escaping(), string(st.dst[mark:]), values))
}
