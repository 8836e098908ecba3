package liquid

import (
	"math"
	"slices"
	"strings"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// listFilters take a list. Nested lists are flattened, a hash or another value
// counts as a list of one, and nil as none.
var listFilters = map[string]*filter{
	"join":         {run: join},
	"first":        {run: func(_ *call, in value, _ []value) value { return in.first() }},
	"last":         {run: func(_ *call, in value, _ []value) value { return in.last() }},
	"size":         {run: size},
	"reverse":      {run: reverse},
	"concat":       {run: concat},
	"compact":      {run: compact},
	"uniq":         {run: uniq},
	"sort":         {run: sorting(compareNatural)},
	"sort_natural": {run: sorting(compareFolded)},
	"map":          {run: mapping},
	"sum":          {run: sum},
}

// list returns in as a new slice, flattened.
func (c *call) list(in value) []value { return c.gather(in, true) }

// gather is items, and is list where the lists in a list are to be opened too.
func (c *call) gather(in value, flat bool) []value {
	switch in.kind {
	case kindMissing, kindNil:
		return nil
	case kindList, kindRange:
		if !c.spend(min(in.len(), math.MaxInt/elementBytes) * elementBytes) {
			return nil
		}
		return c.open(make([]value, 0, in.len()), in, flat, 0)
	}
	return []value{in}
}

func (c *call) open(list []value, in value, flat bool, depth int) []value {
	if depth > maxDataDepth {
		c.reject("the list is nested too deep")
		return nil
	}
	for i := range in.len() {
		item := in.at(i)
		c.taint = joinTaint(c.taint, item.taint)
		if !flat || item.kind != kindList {
			list = append(list, item)
			continue
		}
		if !c.spend(item.len() * elementBytes) {
			return nil
		}
		list = c.open(list, item, flat, depth+1)
	}
	return list
}

func join(c *call, in value, args []value) value {
	glue := stringValue(" ")
	if len(args) > 0 {
		glue = args[0]
	}
	if !c.printable(glue) {
		return value{}
	}
	e, between := escape.NewEditor(c.escaping(), escape.Text{}), c.text(glue)
	for i, item := range c.list(in) {
		if i > 0 {
			e.Join(between)
		}
		if !c.printable(item) {
			break
		}
		e.Join(c.text(item))
		if c.tick(16 + len(item.text)); c.err != nil || e.Len() > c.limits.OutputBytes {
			break
		}
	}
	return textOf(e.Text())
}

func size(_ *call, in value, _ []value) value {
	if n := in.size(); n.kind == kindInt {
		return n
	}
	return intValue(0)
}

func reverse(c *call, in value, _ []value) value {
	list := c.list(in)
	slices.Reverse(list)
	return listValue(list)
}

func concat(c *call, in value, args []value) value {
	if args[0].kind != kindList {
		return c.reject("the argument is " + args[0].describe() + ", not a list")
	}
	list := c.list(in)
	if !c.affords((len(list) + args[0].len()) * elementBytes) {
		return value{}
	}
	for i := range args[0].len() {
		list = append(list, args[0].at(i))
	}
	return listValue(list)
}

func compact(c *call, in value, args []value) value {
	list := c.list(in)
	return listValue(slices.DeleteFunc(list, func(item value) bool {
		if len(args) > 0 && !args[0].nothing() {
			item, _ = c.property(item, args[0])
		}
		return item.nothing()
	}))
}

func uniq(c *call, in value, args []value) value {
	seen := make(map[string]bool)
	list := c.list(in)
	kept := list[:0]
	for _, item := range list {
		by := item
		if len(args) > 0 && !args[0].nothing() {
			var ok bool
			if by, ok = c.property(item, args[0]); !ok {
				return nilValue
			}
		}
		if by.nothing() {
			// A key that is missing and one that holds nil are the same.
			by = nilValue
		}
		if !c.printable(by) {
			return value{}
		}
		key := string(by.appendInspect([]byte{byte('0' + by.kind)}, 0))
		if c.tick(16 + len(key)); c.err != nil {
			return value{}
		}
		if !seen[key] {
			seen[key] = true
			kept = append(kept, item)
		}
	}
	return listValue(kept)
}

// compareNatural and compareFolded put nil last.
func compareNatural(c *call, a, b value) int {
	c.tick(16)
	if c.tickOver(a); !c.walk(a, false) {
		return 0
	}
	if a.nothing() || b.nothing() {
		return nilLast(a, b)
	}
	order, ok := a.compare(b)
	if !ok {
		c.reject("cannot compare " + a.describe() + " with " + b.describe())
	}
	return order
}

func compareFolded(c *call, a, b value) int {
	if c.err != nil {
		return 0
	}
	if a.nothing() || b.nothing() {
		return nilLast(a, b)
	}
	if !c.printable(a) || !c.printable(b) {
		return 0
	}
	left, right := a.string(), b.string()
	c.tick(16 + len(left) + len(right))
	return strings.Compare(strings.ToLower(left), strings.ToLower(right))
}

func nilLast(a, b value) int {
	switch {
	case a.nothing() && b.nothing():
		return 0
	case a.nothing():
		return 1
	}
	return -1
}

func sorting(compare func(c *call, a, b value) int) func(*call, value, []value) value {
	return func(c *call, in value, args []value) value {
		list := c.list(in)
		if len(args) == 0 || args[0].nothing() {
			slices.SortStableFunc(list, func(a, b value) int { return compare(c, a, b) })
			return listValue(list)
		}
		type keyed struct{ key, item value }
		by := make([]keyed, len(list))
		for i, item := range list {
			key, _ := c.property(item, args[0])
			by[i] = keyed{key, item}
		}
		slices.SortStableFunc(by, func(a, b keyed) int { return compare(c, a.key, b.key) })
		for i := range by {
			list[i] = by[i].item
		}
		return listValue(list)
	}
}

// property returns what `item[name]` is in Ruby, and false where item knows no
// properties at all. The name is the same in all of a call.
func (c *call) property(item, name value) (value, bool) {
	c.tick(16)
	if c.tickOver(item); c.err != nil {
		return nilValue, true
	}
	switch item.kind {
	case kindHash:
		found, _ := item.get(name.text)
		switch {
		case name.kind != kindString:
			found = value{}
		case found.kind == kindMissing && strings.Contains(name.text, "."):
			found = item.path(name.text)
		}
		return found, true
	case kindString:
		if !c.keyed && c.printable(name) {
			c.key, c.keyed = name.string(), true
		}
		if strings.Contains(item.text, c.key) {
			return stringValue(c.key), true
		}
		return nilValue, true
	case kindInt, kindBig:
		if name.kind == kindInt {
			return intValue(item.num >> min(uint64(name.num), 63) & 1), true
		}
		return c.reject("an item is a number and has no properties"), true
	case kindList:
		if name.kind == kindInt {
			return item.index(name), true
		}
		return c.reject("an item is a list and has no properties"), true
	}
	return nilValue, false
}

// path follows keys with dots between them, as in `where: "profile.city"`. An
// object that has the whole as one key is not asked.
func (v value) path(keys string) value {
	for key := range strings.SplitSeq(keys, ".") {
		if v = v.field(key); v.kind == kindMissing {
			return v
		}
	}
	return v
}

func mapping(c *call, in value, args []value) value {
	list := c.list(in)
	for i, item := range list {
		list[i], _ = c.property(item, args[0])
	}
	return listValue(list)
}

func sum(c *call, in value, args []value) value {
	total := number{}
	for _, item := range c.list(in) {
		if len(args) > 0 && !args[0].nothing() {
			item, _ = c.property(item, args[0])
		}
		if c.tickOver(item); c.err != nil {
			return value{}
		}
		total = total.plus(item.number())
	}
	return c.result(total)
}
