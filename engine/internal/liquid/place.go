package liquid

import (
	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
)

// appendEscaped appends v to dst as its escaper asks.
func (st *state) appendEscaped(dst []byte, v value, e escape.Escaper) []byte {
	switch e {
	case escape.AsIs:
		if v.kind == kindString {
			return append(dst, v.text...)
		}
		return v.appendOutput(dst, 0)
	case escape.Captured:
		return st.appendCaptured(dst, v)
	}
	if v.kind == kindString && v.content == 0 && v.ref == nil {
		if out, ok := e.AppendPlain(dst, v.text); ok {
			return out
		}
	}
	if st.template.options.Context == escape.InJSON {
		return st.appendEscapedJSON(dst, v, e)
	}
	t := st.text(st.flattened(v))
	if v.printsJSON() {
		t.Content |= escape.JSONContent
	}
	return st.appendEscapedText(dst, &t, e)
}

// placeJSON decides the escaper itself where it is not known before, because a
// value that is no text is encoded here.
func (st *state) appendEscapedJSON(dst []byte, v value, e escape.Escaper) []byte {
	if e == escape.Live {
		var problem string
		if e, problem = st.scanner.Escaper(dst); problem != "" {
			st.refuse(problem)
			return dst
		}
	}
	if e != escape.JSONValue || v.content&(escape.RawContent|escape.JSONContent) != 0 {
		return st.appendEscapedText(dst, &escape.Text{String: v.output(), Content: v.content}, e)
	}
	if !v.encodable(0) {
		st.refuse("the value holds a number that JSON does not have, or is nested too deep")
		return dst
	}
	return appendJSON(dst, v, 0)
}

func (st *state) appendEscapedText(dst []byte, t *escape.Text, e escape.Escaper) []byte {
	dst, problem := st.scanner.Append(dst, e, t)
	if problem != "" {
		st.refuse(problem)
	}
	return dst
}

// refuse ends the render because a value cannot stand where it would land.
// The caller adds the place.
func (st *state) refuse(message string) {
	st.stop(request.NewError(request.ValueRejected, message))
}

// printsJSON reports whether the text of v is JSON, as a script may hold it.
func (v value) printsJSON() bool {
	switch v.kind {
	case kindInt, kindBig, kindFloat, kindBool:
		return v.encodable(0)
	case kindList, kindHash:
		return v.secretTree()
	}
	return false
}

// output returns the text that `{{ v }}` prints.
func (v value) output() string {
	if v.kind == kindString {
		return v.text
	}
	return string(v.appendOutput(nil, 0))
}

// text returns v as the escaping sees it.
func (st *state) text(v value) escape.Text {
	if v.kind != kindString {
		return escape.Text{String: v.string(), Placeholder: st.preview && v.taint != nil}
	}
	escaped, _ := v.ref.(escape.Spans)
	return escape.Text{String: v.text, Content: v.content, Escaped: escaped, Placeholder: st.preview && v.taint != nil}
}

// textOf returns a text as a value, with the parts of it that are escaped.
func textOf(t escape.Text) value {
	v := stringValue(t.String)
	if len(t.Escaped) > 0 {
		v.ref = t.Escaped
	}
	return v
}

// flattened returns a list's items, one behind the other, as one text, so that
// those which are escaped stay so. All else is returned as it is.
func (st *state) flattened(v value) value {
	if v.kind != kindList || v.secretTree() {
		return v
	}
	return st.concatenated(v, 0)
}

func (st *state) concatenated(list value, depth int) value {
	e := escape.NewEditor(st.escaping(), escape.Text{})
	for i := range list.len() {
		item := list.at(i)
		if item.kind == kindList && !item.secretTree() {
			if depth > maxDataDepth {
				break
			}
			item = st.concatenated(item, depth+1)
		}
		e.Join(st.text(item))
	}
	return textOf(e.Text()).with(list.taint)
}

// escaping is the template's context as the package escape calls it.
func (st *state) escaping() escape.Context { return st.template.options.Context }
