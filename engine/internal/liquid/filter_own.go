package liquid

import (
	"encoding/json"
	"math/big"

	"github.com/sotto-render/sotto/engine/internal/extension"
	"github.com/sotto-render/sotto/macros"
)

// ownFilter returns a function that a Go program added as a filter, or nil.
func (o Options) ownFilter(name string) *filter {
	f := o.Functions.Get(name)
	if f == nil {
		return nil
	}
	return &filter{run: func(c *call, in value, args []value) value {
		given := make([]any, 0, 1+len(args))
		for i, v := range append([]value{in}, args...) {
			arg := c.argument(f, i, v)
			if c.err != nil {
				return value{}
			}
			given = append(given, arg)
		}
		result, err := f.Call(given)
		if err != nil {
			return c.reject(err.Error())
		}
		// What it made may be long: the time until here counts.
		if !c.turn() {
			return value{}
		}
		return valueOf(result)
	}}
}

// argument returns v as argument i of f.
func (c *call) argument(f *extension.Function, i int, v value) any {
	switch f.Parameters[i].Kind {
	case macros.TextKind:
		c.taint = joinTaint(c.taint, v.taint)
		return c.text(v).String
	case macros.NumberKind:
		return c.native(v.number().value(), 0)
	case macros.IntegerKind:
		n, ok := v.integer()
		if !ok {
			c.reject("it takes a whole number as its " + f.Parameters[i].Name)
		}
		return n
	case macros.BoolKind:
		return v.truthy()
	case macros.ListKind:
		list := c.list(v)
		items := make([]any, len(list))
		for i, item := range list {
			items[i] = c.native(item, 1)
		}
		return items
	}
	return c.native(v, 0)
}

// native returns v as Go data that is the callee's own. Whatever is inside counts
// as looked at. Where it is nested too deep the call fails.
func (c *call) native(v value, depth int) any {
	c.taint = joinTaint(c.taint, v.taint)
	if depth > maxDataDepth {
		c.reject("the value is nested too deep")
	}
	if c.err != nil {
		return nil
	}
	switch v.kind {
	case kindMissing, kindNil:
		return nil
	case kindBool:
		return v.bool()
	case kindInt:
		return v.num
	case kindFloat:
		return v.float()
	case kindBig:
		return json.Number(v.ref.(*big.Int).String())
	case kindList, kindRange:
		if !c.spend(v.len() * elementBytes) {
			return nil
		}
		items := make([]any, 0, v.len())
		for i := range v.len() {
			items = append(items, c.native(v.at(i), depth+1))
		}
		return items
	case kindHash:
		keys := v.keys()
		if !c.spend(len(keys) * elementBytes) {
			return nil
		}
		fields := make(map[string]any, len(keys))
		for _, key := range keys {
			item, _ := v.get(key)
			fields[key] = c.native(item, depth+1)
		}
		return fields
	}
	return v.string()
}
