package liquid

import (
	"maps"
	"slices"
	"strconv"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// filter is one of the filters that templates may call. What arguments it takes
// says its row of [macros.Filters].
type filter struct {
	// run returns the result. It never changes in or args, of which there are
	// as many as the row allows.
	run func(c *call, in value, args []value) value
	// finishes names the contexts that the result needs no escaping for.
	finishes escape.Content
	// selects says that the result is one of the operands, unchanged.
	selects bool
	// picks says that it takes a list item by item, and counts what it looks at
	// itself. Others make texts of their operands.
	picks bool
}

// call is one call of a filter, for its errors and limits.
type call struct {
	*state
	source *request.Source
	pos    macros.Pos
	name   string
	named  value
	each   *each
	// covered says that a default stands right behind the call.
	covered bool
	// taint is that of the operands, and of the items that the filter looks at.
	taint *taint
	// key is the property that is looked for, as it prints, once keyed is set.
	key   string
	keyed bool
}

// reject fails the call. The message names kinds, never values.
func (c *call) reject(message string) value {
	c.fail(c.source, c.pos, request.ValueRejected, "filter `"+c.name+"`: "+message)
	return value{}
}

// filters are all filters by name, gathered from their families. A test holds
// that they are those of [macros.Filters].
var filters = func() map[string]*filter {
	all := make(map[string]*filter)
	for _, family := range []map[string]*filter{listFilters, searchFilters, eachFilters, groupFilters, stackFilters} {
		for _, f := range family {
			f.picks = true
		}
	}
	for _, family := range []map[string]*filter{
		caseFilters, editFilters, markupFilters, numberFilters, listFilters, searchFilters, eachFilters, groupFilters, stackFilters, headerFilters, translateFilters,
		dateFilters, encodeFilters, cryptoFilters, wordFilters, finishFilters,
	} {
		maps.Copy(all, family)
	}
	return all
}()

// filterNames are the keys of filters, sorted.
var filterNames = slices.Sorted(maps.Keys(filters))

// Filters returns the names of all filters, sorted. It must not be changed.
func Filters() []string { return filterNames }

// filtered is a value with filters.
type filtered struct {
	value   operand
	filters []filterCall
}

type filterCall struct {
	*filter
	source *request.Source
	pos    macros.Pos
	name   string
	args   []operand
	named  operand
	// each is the expression of a filter that asks one of every item.
	each *each
	// covered says that a default stands right behind the call.
	covered bool
}

func (x *filtered) eval(st *state) value {
	v := x.value.eval(st)
	for i := range x.filters {
		if st.err != nil {
			return value{}
		}
		v = x.filters[i].apply(st, v)
	}
	return v
}

// apply calls the filter. A result that is made of secrets is known to the
// redactors before anyone else sees it.
func (f *filterCall) apply(st *state, in value) value {
	base := len(st.stack)
	made := in.taint
	for _, arg := range f.args {
		v := arg.eval(st)
		made = joinTaint(made, v.taint)
		st.stack = append(st.stack, v)
	}
	var named value
	if f.named != nil {
		named = f.named.eval(st)
		made = joinTaint(made, named.taint)
	}
	// A filter calls another only in an expression about items, which keeps the
	// call for as long: see ask.
	c := &st.call
	*c = call{state: st, source: f.source, pos: f.pos, name: f.name, named: named, each: f.each, covered: f.covered, taint: made}
	var out value
	if st.tickOver(in); st.err == nil && (f.picks || f.selects || st.printableAll(in, named, st.stack[base:])) {
		out = f.run(c, in, st.stack[base:len(st.stack):len(st.stack)])
	}
	if st.preview && st.err != nil && st.err.Code() == request.ValueRejected {
		if stand, ok := standIn(in, st.stack[base:]); ok {
			st.err, out = nil, stand
		}
	}
	st.stack = st.stack[:base]
	if st.err != nil {
		return value{}
	}
	if f.selects {
		return out
	}
	out.content |= f.finishes
	if out.kind == kindMissing {
		out.kind = kindNil
	}
	if !st.spend(out.cost()) {
		return value{}
	}
	if c.taint != nil {
		out.taint = joinTaint(out.taint, c.taint)
		st.register(out, 0)
	}
	return out
}

// standIn returns the placeholder among the operands of a filter. In a preview
// it is the result where the filter refuses it: whether the filter takes the
// secret itself, only a send can tell.
func standIn(in value, args []value) (value, bool) {
	if in.taint != nil {
		return in, true
	}
	for _, arg := range args {
		if arg.taint != nil {
			return arg, true
		}
	}
	return value{}, false
}

// cost is roughly what a value that was just made occupies.
func (v value) cost() int {
	switch v.kind {
	case kindString:
		return len(v.text)
	case kindList:
		return v.len() * elementBytes
	}
	return 0
}

// integerArg returns argument i, which must be whole or spelled so.
func (c *call) integerArg(args []value, i int) int64 {
	n, ok := args[i].integer()
	if !ok {
		c.reject("argument " + strconv.Itoa(i+1) + " is not a whole number")
	}
	return n
}

// text builds a filter that maps a string to a string. Nil stays nil.
func text(run func(string) string) *filter {
	return &filter{run: func(_ *call, in value, _ []value) value {
		return stringValue(run(in.string()))
	}}
}
