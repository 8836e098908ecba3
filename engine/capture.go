package engine

import "strings"

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
// escaped.
func (st *state) hold(dst []byte, v value) []byte {
	if v.kind == kindList && !v.secretTree() {
		v = st.concatenated(v, 0)
	}
	st.heldDone = v.done & finishJSON
	context, base := st.template.context, len(dst)
	dst = v.appendString(dst, 0)
	switch {
	case context.finish() == 0:
		return dst
	case v.done&finishRaw != 0:
		if context == URLContext && strings.ContainsAny(v.text, lineBreaks) {
			st.refuse(brokenURL)
		}
		return dst
	}
	at := base
	for _, s := range context.written(v) {
		st.holdValue(at, base+s.from)
		at = base + s.to
	}
	st.holdValue(at, len(dst))
	return dst
}

func (st *state) holdValue(from, to int) {
	if from < to {
		st.held = append(st.held, span{from, to})
	}
}

// keep returns the output from mark on as a text. What lies between the values
// that were held is written.
func (st *state) keep(mark, held int) value {
	text := string(st.dst[mark:])
	if st.template.context.finish() == 0 {
		return stringValue(text)
	}
	var w written
	add := func(from, to int) {
		if st.template.context == URLContext || strings.ContainsAny(text[from:to], `&<>"'`) {
			w = w.add(from, to)
		}
	}
	at := 0
	for _, s := range st.held[held:] {
		add(at, s.from-mark)
		at = s.to - mark
	}
	add(at, len(text))
	return textOf(text, w)
}
