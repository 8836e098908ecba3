package escape

import (
	"fmt"
	"slices"
	"strings"
)

// state is where a reader of the output would stand. Which field counts depends
// on the context.
type state struct {
	json jsonState
	url  urlState
	html htmlState
	// inserted says that a value ends here, which may have been a number
	// that goes on.
	inserted bool
}

// States is what is known of the output before a node: the states in which it
// may be there, so that each value is escaped for its place without a look at
// the output. The zero States has none: rendering does not come here. States are
// immutable.
type States struct {
	list []state
	// any says that too many states are possible to follow. What stands
	// behind is then decided while rendering.
	any bool
}

// maxStates bounds the states that are followed.
const maxStates = 8

// Begin returns the states before the first node.
func Begin() States { return States{list: []state{{}}} }

// Unknown returns the states where nothing is known of the output.
func Unknown() States { return States{any: true} }

// Known reports whether the states are followed.
func (s States) Known() bool { return !s.any }

// Dead reports whether rendering does not come here.
func (s States) Dead() bool { return !s.any && len(s.list) == 0 }

// Join returns what is possible in s or in t.
func (s States) Join(t States) States {
	if s.any || t.any {
		return States{any: true}
	}
	if len(t.list) == 0 {
		return s
	}
	joined := States{list: slices.Clone(s.list)}
	for _, at := range t.list {
		if !slices.Contains(joined.list, at) {
			joined.list = append(joined.list, at)
		}
	}
	if len(joined.list) > maxStates {
		// No state may be dropped: a value would be escaped for a place where it
		// does not stand. Nothing known is right everywhere.
		return States{any: true}
	}
	return joined
}

// Covers reports whether all that is possible in t is so in s.
func (s States) Covers(t States) bool {
	if s.any || t.any {
		return s.any
	}
	return !slices.ContainsFunc(t.list, func(at state) bool { return !slices.Contains(s.list, at) })
}

// String spells the states, so that equal ones are spelled alike.
func (s States) String() string {
	if s.any {
		return "any"
	}
	// The order in which branches were joined says nothing, so that a partial is
	// walked once for the same states in another order.
	lines := make([]string, len(s.list))
	for i, at := range s.list {
		lines[i] = fmt.Sprint(at)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Complete reports whether the output may be one whole JSON value here, and
// whether it always is.
func (s States) Complete() (may, always bool) {
	always = !s.any
	for _, at := range s.list {
		if at.json.complete() {
			may = true
		} else {
			always = false
		}
	}
	return may || s.any, always
}

func unique(states []state) []state {
	kept := states[:0:0]
	for _, at := range states {
		if !slices.Contains(kept, at) {
			kept = append(kept, at)
		}
	}
	return kept
}
