package liquid

// groupFilters sort items into groups, in the order in which each group's first
// item stands. An object counts as the list of its pairs.
var groupFilters = map[string]*filter{
	"group_by": {run: func(c *call, in value, args []value) value {
		return c.group(in, func(item value) value {
			by, _ := c.property(item, args[0])
			return by
		})
	}},
	"group_by_exp": {run: func(c *call, in value, _ []value) value { return c.group(in, c.ask) }},
}

// group is what `group_by` makes of the items that have one value in common.
type group struct {
	name  value
	items []value
}

// Keys implements ordered.
func (g *group) Keys() []string { return []string{"name", "items"} }

// Get implements ordered.
func (g *group) Get(key string) (any, bool) {
	switch key {
	case "name":
		return g.name, true
	case "items":
		return listValue(g.items), true
	}
	return nil, false
}

// Map implements ordered.
func (g *group) Map() map[string]any {
	return map[string]any{"name": g.name, "items": listValue(g.items)}
}

func (c *call) group(in value, by func(item value) value) value {
	if in.kind == kindHash {
		in = c.pairs(in)
	}
	groups, at := []value{}, make(map[string]*group)
	for _, item := range c.items(in) {
		name := by(item)
		if name.nothing() {
			name = nilValue.with(name.taint)
		}
		if !c.printable(name) {
			return value{}
		}
		key := string(name.appendInspect([]byte{byte('0' + name.kind)}, 0))
		if c.tick(16 + len(key)); c.err != nil {
			return value{}
		}
		g := at[key]
		if g == nil {
			if !c.spend(2 * elementBytes) {
				return value{}
			}
			g = &group{name: name}
			at[key] = g
			groups = append(groups, value{kind: kindHash, ref: g})
		}
		g.items = append(g.items, item)
	}
	return listValue(groups)
}
