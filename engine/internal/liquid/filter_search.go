package liquid

import "slices"

// searchFilters look for items by a property and the value that it must have.
// Without a value it is enough that the property is true. An item that can
// have no properties makes the whole result nil.
var searchFilters = map[string]*filter{
	"where": {run: search(listValue(nil), func(list []value, match func(value) bool) value {
		return listValue(slices.DeleteFunc(list, func(item value) bool { return !match(item) }))
	})},
	"reject": {run: search(listValue(nil), func(list []value, match func(value) bool) value {
		return listValue(slices.DeleteFunc(list, match))
	})},
	"has": {run: search(boolValue(false), func(list []value, match func(value) bool) value {
		return boolValue(slices.IndexFunc(list, match) >= 0)
	})},
	"find": {run: search(nilValue, func(list []value, match func(value) bool) value {
		if i := slices.IndexFunc(list, match); i >= 0 {
			return list[i]
		}
		return nilValue
	})},
	"find_index": {run: search(nilValue, func(list []value, match func(value) bool) value {
		if i := slices.IndexFunc(list, match); i >= 0 {
			return intValue(int64(i))
		}
		return nilValue
	})},
}

func search(otherwise value, run func(list []value, match func(value) bool) value) func(*call, value, []value) value {
	return func(c *call, in value, args []value) value {
		list := c.list(in)
		if len(list) == 0 {
			return otherwise
		}
		plain := true
		out := run(list, func(item value) bool {
			found, ok := c.property(item, args[0])
			plain = plain && ok
			if len(args) < 2 || args[1].nothing() {
				return found.truthy()
			}
			if c.tickOver(found); c.err != nil {
				return false
			}
			return c.equal(found, args[1])
		})
		if !plain {
			return nilValue
		}
		return out
	}
}
