package liquid

import (
	"math"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/internal/jsonobject"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// finishFilters say how a value is to be shown.
var finishFilters = map[string]*filter{
	"default":   {run: otherwise, selects: true},
	"json":      {run: toJSON, finishes: escape.JSONContent},
	"from_json": {run: fromJSON},
	"raw":       {run: func(_ *call, in value, _ []value) value { return stringValue(string(in.appendOutput(nil, 0))) }, finishes: escape.RawContent},
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

func toJSON(c *call, in value, args []value) value {
	if !in.encodable(0) {
		return c.reject("the value holds a number that JSON does not have, or is nested too deep")
	}
	compact := appendJSON(nil, in, 0)
	if len(args) == 0 || args[0].nothing() {
		return stringValue(string(compact))
	}
	spaces := c.integerArg(args, 0)
	if spaces < 0 || spaces > jsontext.MaxIndent {
		return c.reject("the indent is out of range")
	}
	if c.err != nil || !c.spend(jsontext.IndentedSize(compact, int(spaces))) {
		return value{}
	}
	return stringValue(string(jsontext.Indent(compact, int(spaces))))
}

// fromJSON reads JSON. What is an object or a list already stays as it is.
func fromJSON(c *call, in value, _ []value) value {
	if in.kind == kindHash || in.kind == kindList {
		return in
	}
	text := in.string()
	if !c.spend(min(len(text), math.MaxInt/jsonGrowth) * jsonGrowth) {
		return value{}
	}
	data, err := jsonobject.Decode(text)
	if err != nil {
		return c.reject("the value is no JSON")
	}
	return valueOf(data)
}

// jsonGrowth is how many bytes a byte of JSON roughly becomes when it is read.
const jsonGrowth = 8

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
