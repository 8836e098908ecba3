package liquid

// each is the expression that a filter evaluates for every item of a list, with
// the item in a slot of its own.
type each struct {
	slot int
	body operand
}

// ask evaluates the expression of the call for item.
func (c *call) ask(item value) value {
	if !c.turn() {
		return value{}
	}
	// The filters of the expression use the place that the call is kept in.
	kept, f, slot := *c, c.frame, c.each.slot
	outer := f.locals[slot]
	f.bind(slot, item)
	v := c.each.body.eval(c.state)
	f.locals[slot] = outer
	*c = kept
	c.taint = joinTaint(c.taint, v.taint)
	return v
}

// items returns the items of a list as they are; nil has none, and another value
// is a list of one.
func (c *call) items(in value) []value { return c.gather(in, false) }

// eachFilters look for items by an expression.
var eachFilters = map[string]*filter{
	"where_exp":  {run: func(c *call, in value, _ []value) value { return c.keep(in, true) }},
	"reject_exp": {run: func(c *call, in value, _ []value) value { return c.keep(in, false) }},
	"has_exp": {run: func(c *call, in value, _ []value) value {
		at, _ := c.seek(in)
		return boolValue(at >= 0)
	}},
	"find_exp": {run: func(c *call, in value, _ []value) value {
		_, item := c.seek(in)
		return item
	}},
	"find_index_exp": {run: func(c *call, in value, _ []value) value {
		if at, _ := c.seek(in); at >= 0 {
			return intValue(int64(at))
		}
		return nilValue
	}},
}

// keep returns the items whose answer is as wanted.
func (c *call) keep(in value, wanted bool) value {
	list := c.items(in)
	kept := list[:0]
	for _, item := range list {
		answer := c.ask(item).truthy()
		if c.err != nil {
			return value{}
		}
		if answer == wanted {
			kept = append(kept, item)
		}
	}
	return listValue(kept)
}

// seek returns the first item whose answer is true, and its place, or -1.
func (c *call) seek(in value) (int, value) {
	for i, item := range c.items(in) {
		answer := c.ask(item).truthy()
		if c.err != nil {
			break
		}
		if answer {
			return i, item
		}
	}
	return -1, nilValue
}

// stackFilters add or take one item. The list before them stays as it was.
var stackFilters = map[string]*filter{
	"push": {run: func(c *call, in value, args []value) value { return listValue(append(c.items(in), args[0])) }},
	"unshift": {run: func(c *call, in value, args []value) value {
		return listValue(append([]value{args[0]}, c.items(in)...))
	}},
	"pop": {run: func(c *call, in value, _ []value) value {
		list := c.items(in)
		return listValue(list[:max(0, len(list)-1)])
	}},
	"shift": {run: func(c *call, in value, _ []value) value {
		list := c.items(in)
		return listValue(list[min(1, len(list)):])
	}},
}
