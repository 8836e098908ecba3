package liquid

import (
	"encoding/json"
	"errors"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/internal/jsontext"
)

// appendFlat renders a template of text, variables and secrets. It gives up
// where a value is more than text. It calls no method of the variables' own
// types: nothing here recovers from what they do.
func (p *Prepared) appendFlat(dst []byte, vars map[string]any) ([]byte, bool) {
	start, ops := len(dst), p.template.ops
	most := start + p.budget.Room(p.template.options.Limits.OutputBytes)
	for i := range ops {
		o := &ops[i]
		dst = append(dst, o.text...)
		if len(dst) > most {
			return dst, false // before any more memory is taken
		}
		var text string
		switch o.does {
		case opNothing:
			continue
		case opVariable:
			s, ok := vars[o.path[0]].(string)
			if !ok {
				if dst, ok = o.appendSimple(dst, vars[o.path[0]]); !ok {
					return dst, false
				}
				continue
			}
			text = s
		case opPath:
			root := vars[o.path[0]]
			x := member(root, o.path[1:])
			s, ok := x.(string)
			if !ok && x == errNoMember {
				x = p.orderedMember(root, o.path[1:])
				s, ok = x.(string)
			}
			if !ok {
				if dst, ok = o.appendSimple(dst, x); !ok {
					return dst, false
				}
				continue
			}
			text = s
		case opSecret:
			v := &p.pinned[o.slot].value
			if v.kind != kindString {
				return dst, false
			}
			text = v.text
		}
		if o.mode == escape.AsIs {
			dst = append(dst, text...)
			continue
		}
		switch o.mode {
		case escape.JSONText:
			dst = jsontext.AppendText(dst, text)
		case escape.JSONValue, escape.JSONKey:
			dst = jsontext.AppendString(dst, text)
		case escape.URLPart:
			dst = escape.AppendPercent(dst, text)
		case escape.HTML:
			dst = escape.AppendHTML(dst, text)
		default:
			return dst, false
		}
	}
	return dst, len(dst) <= most && p.budget.Output(len(dst)-start) == ""
}

// appendSimple appends what prints without any method of its own, where values
// are not escaped.
func (o *op) appendSimple(dst []byte, x any) ([]byte, bool) {
	if o.mode != escape.AsIs {
		return dst, false
	}
	switch x.(type) {
	case nil, bool, int, int64, float64, json.Number:
		return valueOf(x).appendString(dst, 0), true
	}
	return dst, false
}

// member follows keys through maps, and yields errNoMember where there is
// anything else on the way.
func member(x any, path []string) any {
	for _, key := range path {
		object, ok := x.(map[string]any)
		if !ok {
			return errNoMember
		}
		if x, ok = object[key]; !ok {
			return errNoMember
		}
	}
	return x
}

// orderedMember is member where ordered objects are on the way too. It stands
// alone so that member stays small enough to be inlined.
func (p *Prepared) orderedMember(x any, path []string) any {
	for _, key := range path {
		object, ok := x.(map[string]any)
		if !ok {
			object = p.template.options.Members(x)
		}
		if x, ok = object[key]; !ok {
			return errNoMember
		}
	}
	return x
}

var errNoMember = errors.New("no member")
