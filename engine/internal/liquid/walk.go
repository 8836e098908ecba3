package liquid

// walk counts what a text or a comparison of a list or an object would look at,
// before it is made. A list may stand twice in another, and that one too: what a
// few filters made of little memory may print as more than any machine has, and
// no other limit sees it in time.
type walk struct {
	*state
	// text says that a text is made, which the limit of the output holds for.
	text  bool
	items int
	bytes int // of the text
}

// walkedBytes is what an item counts, of WorkBytes, in one walk: about what stands
// around it in a text.
const walkedBytes = 8

// printable counts the text of v and reports whether it may be made.
func (st *state) printable(v value) bool { return st.walk(v, true) }

// printableAll is the same of all operands of a filter.
func (st *state) printableAll(in, named value, args []value) bool {
	for _, arg := range args {
		if !st.printable(arg) {
			return false
		}
	}
	return st.printable(in) && st.printable(named)
}

// equal compares two values. As far as it goes, each has as many items.
func (st *state) equal(v, w value) bool {
	return (v.kind != w.kind || st.walk(v, false)) && v.equal(w, 0)
}

func (st *state) walk(v value, text bool) bool {
	if v.kind == kindList || v.kind == kindHash {
		w := walk{state: st, text: text}
		w.over(v, 0)
	}
	return st.err == nil
}

func (w *walk) over(v value, depth int) {
	if w.count(v); w.err != nil || depth > maxDataDepth {
		return
	}
	switch {
	case v.kind == kindList:
		for i := 0; i < v.len() && w.err == nil; i++ {
			w.over(v.at(i), depth+1)
		}
	case v.kind == kindHash && v.text == "":
		for _, key := range v.keys() {
			item, _ := v.get(key)
			w.bytes += len(key)
			if w.over(item, depth+1); w.err != nil {
				return
			}
		}
	}
}

// count counts v without what it holds.
func (w *walk) count(v value) {
	w.items++
	switch v.kind {
	case kindMissing, kindNil:
	case kindString, kindList, kindHash:
		w.bytes += len(v.text) // a secret keeps the JSON that it came as
	default:
		var room [64]byte
		w.bytes += len(v.appendString(room[:0], 0))
	}
	switch {
	case w.text && w.bytes > w.limits.OutputBytes:
		w.stop(exceeded("output_bytes", w.limits.OutputBytes, "bytes"))
	case w.items > w.limits.WorkBytes/walkedBytes:
		w.stop(exceeded("work_bytes", w.limits.WorkBytes, "bytes"))
	}
	w.tick(16 + len(v.text))
}
