package liquid

import (
	"math"

	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// loop is a running `for` or `tablerow`, and what `forloop` or `tablerowloop`
// shows of it.
type loop struct {
	name   string
	index  int
	length int
	parent *loop
	cols   int // tablerow only
}

func (l *loop) get(key string) (value, bool) {
	switch key {
	case "index":
		return intValue(int64(l.index + 1)), true
	case "index0":
		return intValue(int64(l.index)), true
	case "rindex":
		return intValue(int64(l.length - l.index)), true
	case "rindex0":
		return intValue(int64(l.length - l.index - 1)), true
	case "first":
		return boolValue(l.index == 0), true
	case "last":
		return boolValue(l.index == l.length-1), true
	case "length":
		return intValue(int64(l.length)), true
	}
	if l.cols > 0 {
		return l.cell(key)
	}
	switch key {
	case "name":
		return stringValue(l.name), true
	case "parentloop":
		if l.parent == nil {
			return nilValue, true
		}
		return value{kind: kindHash, ref: l.parent}, true
	}
	return value{}, false
}

func (l *loop) cell(key string) (value, bool) {
	col := l.index % l.cols
	switch key {
	case "col":
		return intValue(int64(col + 1)), true
	case "col0":
		return intValue(int64(col)), true
	case "col_first":
		return boolValue(col == 0), true
	case "col_last":
		return boolValue(col == l.cols-1), true
	case "row":
		return intValue(int64(l.index/l.cols + 1)), true
	}
	return value{}, false
}

// source of items that both kinds of loop read.
type iteration struct {
	source         *request.Source
	pos            macros.Pos
	slot           int // of the loop variable
	loopSlot       int // of forloop or tablerowloop
	key            string
	in             operand
	limit          operand
	offset         operand
	offsetContinue bool
	reversed       bool
	table          bool
	body           []op
}

// items is the part of a collection that a loop runs over.
type items struct {
	list     value
	from     int
	length   int
	reversed bool
}

func (s *items) at(i int) value {
	if s.reversed {
		i = s.length - 1 - i
	}
	return s.list.at(s.from + i)
}

// items evaluates the collection and cuts it by offset and limit.
func (n *iteration) items(st *state) (items, bool) {
	list := n.in.eval(st)
	switch list.kind {
	case kindString:
		if list.text == "" {
			return items{list: list}, true
		}
		return items{list: listValue([]value{list}), length: 1}, true
	case kindHash:
		list = st.pairs(list)
	case kindList, kindRange:
	default:
		return items{list: list}, true
	}
	from := int64(0)
	if n.offsetContinue {
		from = int64(st.frame.offsets[n.key])
	} else if i, ok := n.integer(st, n.offset, "offset"); ok {
		from = i
	}
	length := int64(list.len())
	start := min(max(from, 0), length)
	end := length
	if limit, ok := n.integer(st, n.limit, "limit"); ok {
		end = min(max(from+limit, start), length)
	}
	return items{list: list, from: int(start), length: int(end - start), reversed: n.reversed}, st.err == nil
}

// integer evaluates limit, offset or cols and reports whether it has a value. A
// placeholder has none. What else is no whole number is an error; a tablerow is more lenient, as in Liquid, and takes
// the number at the start of a text, and nil for 0.
func (n *iteration) integer(st *state, x operand, what string) (int64, bool) {
	if x == nil {
		return 0, false
	}
	v := x.eval(st)
	i, ok := v.integer()
	switch {
	case n.table && (v.nothing() || v.numeric() || v.kind == kindString):
		if whole := v.number().truncated(); whole.big == nil {
			i, ok = whole.small, true
		}
	case v.nothing(), !ok && st.preview && v.taint != nil:
		return 0, false
	}
	if !ok {
		st.fail(n.source, n.pos, request.ValueRejected, "the loop's "+what+" is not a whole number")
	}
	return min(max(i, -maxLoopNumber), maxLoopNumber), ok
}

// maxLoopNumber keeps sums of limit and offset within an int64.
const maxLoopNumber = 1 << 60

type forLoop struct {
	iteration
	otherwise []op
}

func (n *forLoop) render(st *state) control {
	items, ok := n.items(st)
	if !ok || st.err != nil {
		return breakLoop
	}
	f := st.frame
	if f.offsets == nil {
		f.offsets = make(map[string]int)
	}
	f.offsets[n.key] = items.from + items.length
	if items.length == 0 {
		return st.run(n.otherwise)
	}
	l := &loop{name: n.key, length: items.length, parent: f.loop}
	item, shown := f.locals[n.slot], f.locals[n.loopSlot]
	f.loop, f.locals[n.loopSlot] = l, value{kind: kindHash, ref: l}
	for l.index = range items.length {
		if !st.turn() {
			break
		}
		f.bind(n.slot, items.at(l.index))
		if st.run(n.body) == breakLoop {
			break
		}
	}
	f.loop, f.locals[n.slot], f.locals[n.loopSlot] = l.parent, item, shown
	return proceed
}

// bind sets a name of an inner scope. Nil hides the name outside.
func (f *frame) bind(slot int, v value) {
	if v.kind == kindMissing {
		v.kind = kindNil
	}
	f.locals[slot] = v
}

type tableRow struct {
	iteration
	cols operand
}

func (n *tableRow) render(st *state) control {
	items, ok := n.items(st)
	if !ok || st.err != nil {
		return breakLoop
	}
	if !items.list.truthy() {
		return proceed
	}
	cols := int64(items.length)
	if given, ok := n.integer(st, n.cols, "cols"); ok {
		cols = given
	}
	if st.err != nil {
		return breakLoop
	}
	if cols <= 0 {
		cols = maxLoopNumber
	}
	f := st.frame
	l := &loop{name: n.key, length: items.length, cols: int(min(cols, math.MaxInt))}
	item, shown := f.locals[n.slot], f.locals[n.loopSlot]
	f.locals[n.loopSlot] = value{kind: kindHash, ref: l}
	st.dst = append(st.dst, "<tr class=\"row1\">\n"...)
	for l.index = range items.length {
		if !st.turn() {
			break
		}
		f.bind(n.slot, items.at(l.index))
		st.dst = append(st.dst, `<td class="col`...)
		st.dst = intValue(int64(l.index%l.cols+1)).appendString(st.dst, 0)
		st.dst = append(st.dst, `">`...)
		c := st.run(n.body)
		st.dst = append(st.dst, "</td>"...)
		if c == breakLoop {
			break
		}
		if (l.index+1)%l.cols == 0 && l.index+1 < l.length {
			st.dst = append(st.dst, "</tr>\n<tr class=\"row"...)
			st.dst = intValue(int64(l.index/l.cols+2)).appendString(st.dst, 0)
			st.dst = append(st.dst, `">`...)
		}
	}
	st.dst = append(st.dst, "</tr>\n"...)
	f.locals[n.slot], f.locals[n.loopSlot] = item, shown
	return proceed
}
