package cel

import (
	"github.com/sotto-render/sotto/internal/jsontext"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// appendNode appends the text that n has inside a template literal, without
// making the value first where it can. It tells whether that text is tainted,
// and gives up as eval does.
func appendNode(dst []byte, n fastNode, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	switch n := n.(type) {
	case *constantNode:
		return append(dst, n.text...), false, true
	case *secretNode:
		if v := &in.Pins[n.index].Value; v.Kind == eval.Text {
			return append(dst, v.Text...), true, true
		}
	case *pathNode:
		at, there, _ := n.find(vars)
		if text, ok := at.(string); ok {
			return append(dst, text...), false, true
		}
		if !there {
			return dst, false, false
		}
		return appendVariable(dst, at)
	case *fallbackNode:
		at, there, ok := n.find(vars)
		if text, ok := at.(string); ok {
			return append(dst, text...), false, true
		}
		switch {
		case there:
			return appendVariable(dst, at)
		case !ok:
			return dst, false, false
		}
		return appendNode(dst, n.otherwise, in, vars)
	case *choiceNode:
		condition, ok := n.condition.eval(in, vars)
		if !ok || condition.Kind != eval.Bool {
			return dst, false, false
		}
		dst, tainted, ok = appendNode(dst, n.branch(condition), in, vars)
		return dst, tainted || condition.Tainted, ok
	case *textNode:
		return n.appendParts(dst, in, vars)
	case *sumNode:
		if n.isText {
			return n.appendParts(dst, in, vars)
		}
	case *listNode:
		return n.appendJSON(dst, in, vars)
	case *mapNode:
		return n.appendJSON(dst, in, vars)
	}
	v, ok := n.eval(in, vars)
	if !ok {
		return dst, false, false
	}
	dst, ok = v.AppendText(dst)
	return dst, v.Tainted, ok
}

// maxFastBytes is how long a text of the fast path may get. cel-go, which counts
// what it makes before it does, evaluates what makes a longer one.
const maxFastBytes = 1 << 20

// appendVariable appends a variable that is no string, which needs no call.
func appendVariable(dst []byte, at any) (out []byte, tainted, ok bool) {
	v, ok := eval.ValueOf(at)
	if !ok {
		return dst, false, false
	}
	dst, ok = v.AppendText(dst)
	return dst, false, ok
}

func (n *textNode) appendParts(dst []byte, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	most := len(dst) + maxFastBytes
	for _, part := range n.parts {
		var of bool
		if dst, of, ok = appendNode(dst, part, in, vars); !ok || len(dst) > most {
			return dst, false, false
		}
		tainted = tainted || of
	}
	return dst, tainted, true
}

// appendParts appends the parts of a sum that has to be a text. A part that is
// none makes it give up.
func (n *sumNode) appendParts(dst []byte, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	most := len(dst) + maxFastBytes
	for _, part := range n.parts {
		if isAlwaysText(part) {
			var of bool
			if dst, of, ok = appendNode(dst, part, in, vars); !ok || len(dst) > most {
				return dst, false, false
			}
			tainted = tainted || of
			continue
		}
		text, of, ok := textOf(part, in, vars, true)
		if !ok || len(dst)+len(text) > most {
			return dst, false, false
		}
		dst = append(dst, text...)
		tainted = tainted || of
	}
	return dst, tainted, true
}

// isAlwaysText reports whether a node that does not give up yields a text.
func isAlwaysText(n fastNode) bool {
	switch n := n.(type) {
	case *constantNode:
		return n.value.Kind == eval.Text
	case *textNode:
		return true
	case *sumNode:
		return n.isText
	}
	return false
}

// appendJSONNode appends n as JSON.
func appendJSONNode(dst []byte, n fastNode, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	switch n := n.(type) {
	case *listNode:
		return n.appendJSON(dst, in, vars)
	case *mapNode:
		return n.appendJSON(dst, in, vars)
	case *textNode, *sumNode:
		if !isAlwaysText(n) {
			break
		}
		dst = append(dst, '"')
		from := len(dst)
		if dst, tainted, ok = appendNode(dst, n, in, vars); !ok {
			return dst, false, false
		}
		return jsontext.Close(dst, from), tainted, true
	}
	v, ok := n.eval(in, vars)
	if !ok {
		return dst, false, false
	}
	dst, ok = v.AppendJSON(dst)
	return dst, v.Tainted, ok
}

func (n *listNode) appendJSON(dst []byte, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	most := len(dst) + maxFastBytes
	dst = append(dst, '[')
	for i, element := range n.elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		var of bool
		if dst, of, ok = appendJSONNode(dst, element, in, vars); !ok || len(dst) > most {
			return dst, false, false
		}
		tainted = tainted || of
	}
	return append(dst, ']'), tainted, true
}

func (n *mapNode) appendJSON(dst []byte, in *eval.Prepared, vars map[string]any) (out []byte, tainted, ok bool) {
	most := len(dst) + maxFastBytes
	dst = append(dst, '{')
	for i, at := range n.sorted {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, n.keys[at]), ':')
		var of bool
		if dst, of, ok = appendJSONNode(dst, n.values[at], in, vars); !ok || len(dst) > most {
			return dst, false, false
		}
		tainted = tainted || of
	}
	return append(dst, '}'), tainted, true
}
