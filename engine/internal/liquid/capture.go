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
	mark, held, outer := len(st.dst), len(st.capturedSpans), st.capturedTaint
	st.capturedTaint = nil
	st.capturing++
	c := st.run(n.body)
	st.capturing--
	v := st.capturedText(mark, held)
	if n.lone {
		v.content = st.capturedContent
	}
	v.taint = st.capturedTaint
	st.capturedTaint = joinTaint(outer, v.taint)
	st.dst, st.capturedSpans = st.dst[:mark], st.capturedSpans[:held]
	if st.err != nil || !st.spend(len(v.text)) {
		return breakLoop
	}
	st.derive(v.taint, v.text)
	st.frame.assigned[n.slot] = v
	return c
}

// appendCaptured appends a value inside a capture and notes which parts of it are to be
// escaped. What is escaped already, or raw, counts as written by the author.
func (st *state) appendCaptured(dst []byte, v value) []byte {
	v = st.flattened(v)
	st.capturedContent = v.content & escape.JSONContent
	base := len(dst)
	dst = v.appendString(dst, 0)
	switch {
	case !st.escaping().Mixes():
	case v.content&escape.RawContent != 0:
		if problem := st.escaping().RawProblem(v.text); problem != "" {
			st.refuse(problem)
		}
	default:
		st.capturedSpans = st.text(v).Values(st.escaping(), st.capturedSpans, base)
	}
	return dst
}

// capturedText returns the output from mark on as a text, with the values that were
// captured since.
func (st *state) capturedText(mark, held int) value {
	values := st.capturedSpans[held:]
	for i := range values {
		values[i].From, values[i].To = values[i].From-mark, values[i].To-mark
	}
	return textOf(escape.Capture(st.escaping(), string(st.dst[mark:]), values))
}
