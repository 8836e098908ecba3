package liquid

import (
	"math"

	"github.com/sotto-render/sotto/engine/internal/escape"
)

// finishFilters say how a value is to be shown.
var finishFilters = map[string]*filter{
	"default": {run: otherwise, selects: true},
	"json":    {run: toJSON, finishes: escape.JSONContent},
	"raw":     {run: func(_ *call, in value, _ []value) value { return stringValue(string(in.appendOutput(nil, 0))) }, finishes: escape.RawContent},
}

func otherwise(c *call, in value, args []value) value {
	lacks := !in.truthy()
	if c.named.truthy() {
		lacks = in.nothing()
	}
	if !lacks && !in.empty() {
		return in
	}
	if len(args) == 0 {
		return stringValue("")
	}
	return args[0]
}

func toJSON(c *call, in value, _ []value) value {
	if !in.encodable(0) {
		return c.reject("the value holds a number that JSON does not have, or is nested too deep")
	}
	return stringValue(string(appendJSON(nil, in, 0)))
}

// encodable reports whether appendJSON writes all of v.
func (v value) encodable(depth int) bool {
	switch v.kind {
	case kindFloat:
		return !math.IsNaN(v.float()) && !math.IsInf(v.float(), 0)
	case kindList:
		if depth > maxDataDepth {
			return false
		}
		for i := range v.len() {
			if !v.at(i).encodable(depth + 1) {
				return false
			}
		}
	case kindHash:
		if depth > maxDataDepth {
			return false
		}
		for _, key := range v.keys() {
			if item, _ := v.get(key); !item.encodable(depth + 1) {
				return false
			}
		}
	}
	return true
}
