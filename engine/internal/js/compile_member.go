package js

import (
	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// path compiles what a member is read from: a step on the way is none of a
// trace.
func (c *compiler) path(n node) evaluate {
	switch n.(type) {
	case *nameNode, *memberNode, *indexNode, *secretNode:
		return c.quiet(n)
	}
	return c.expression(n)
}

// cut is what stands for the rest of an optional chain that was cut short.
func cut(v Value) Value { return Value{kind: kindHole, tainted: v.tainted} }

func (c *compiler) chain(n *chainNode) evaluate {
	outer := c.skippable
	c.chained++
	c.skippable = c.isSkippable(n.inner)
	inner := c.quiet(n.inner)
	c.chained--
	c.skippable = outer
	return func(f *frame) Value {
		v := inner(f)
		if v.kind == kindHole {
			return undefined.with(v.tainted)
		}
		return v
	}
}

// isSkippable reports whether a chain has no effect and cannot fail from its first `?.`
// on. A field of what is not known to be there fails, and a call may do anything.
func (c *compiler) isSkippable(n node) bool {
	switch n := n.(type) {
	case *memberNode:
		return !hasCut(n) || (n.optional || isText(n.object)) && c.isSkippable(n.object)
	case *indexNode:
		return !hasCut(n) || n.optional && !c.hooked && c.isHarmless(n.key) && c.isSkippable(n.object)
	case *callNode:
		return !hasCut(n) || c.isHarmless(n)
	}
	return true
}

// hasCut reports whether a `?.` stands in the chain up to n.
func hasCut(n node) bool {
	switch n := n.(type) {
	case *memberNode:
		return n.optional || hasCut(n.object)
	case *indexNode:
		return n.optional || hasCut(n.object)
	case *callNode:
		return n.optional || hasCut(n.callee)
	}
	return false
}

// isText reports whether n is a text whatever the secrets are.
func isText(n node) bool {
	switch n := n.(type) {
	case *literal:
		return n.value.kind == kindString
	case *templateLiteral:
		return true
	case *secretNode:
		return true // the type of a secret is not secret
	case *sumNode:
		for _, operand := range n.operands {
			if isText(operand) {
				return true
			}
		}
	case *callNode:
		m, ok := n.callee.(*memberNode)
		return ok && textMethods[m.key] && isText(m.object)
	}
	return false
}

// textMethods yield a text of a text.
var textMethods = map[string]bool{
	"toUpperCase": true, "toLowerCase": true, "trim": true, "trimStart": true, "trimEnd": true, "slice": true,
	"substring": true, "substr": true, "charAt": true, "replace": true, "concat": true, "toString": true,
}

func (c *compiler) member(n *memberNode) evaluate {
	of := c.path(n.object)
	at := c.slotOf(n.object)
	sure := isText(n.object)
	optional, chained, harmless := n.optional, c.chained > 0, c.skippable
	bare := methodOf(kindObject, n.key) == nil
	general := func(f *frame) Value {
		var v Value
		if at >= 0 {
			v = f.slots[at]
		} else {
			v = of(f)
		}
		if chained {
			if v.kind == kindHole {
				return v
			}
			if optional && f.isCut(v, harmless) {
				return cut(v)
			}
		}
		if v.tainted && !sure && !optional {
			f.vm.decide()
		}
		if v.kind == kindObject {
			// The fields of plain objects are the most read.
			found, there := v.obj.field(n.key)
			if !there && bare {
				found, there = undefined, true
			}
			if there && found.kind != kindHole {
				found.tainted = found.tainted || v.tainted || v.obj.tainted
				return found
			}
		}
		return c.getKey(f, n, v, n.key, n.object)
	}
	if name := c.variable(n.object); name != "" {
		return ofVariable(name, n.key, bare, general)
	}
	if at < 0 {
		return general
	}
	// A text or number of a variable that a name stands for is what functions read most.
	key := n.key
	return func(f *frame) Value {
		v := &f.slots[at]
		if v.kind == kindObject && !v.tainted {
			if w, ok := v.obj.data.(*view); ok {
				switch found := w.fields[key].(type) {
				case string:
					return Value{kind: kindString, text: found, tainted: v.obj.tainted}
				case float64:
					return Value{kind: kindNumber, num: found, tainted: v.obj.tainted}
				}
			}
		}
		return general(f)
	}
}

// variable returns the name of the variable that n reads, or "" where it is anything else
// or a trace is wanted.
func (c *compiler) variable(n node) string {
	name, ok := n.(*nameNode)
	if !ok || name.bound != nil || c.traced || name.text == varsName {
		return ""
	}
	if _, isLibrary := c.library(name.text); isLibrary {
		return ""
	}
	return name.text
}

// ofVariable reads a field of a variable, which needs no object where the field is a text,
// a number or a bool, or, of a bare name, not there: what is given is not tainted.
func ofVariable(name, key string, bare bool, general evaluate) evaluate {
	return func(f *frame) Value {
		var fields map[string]any
		switch of := f.vm.variables.fields[name].(type) {
		case map[string]any:
			fields = of
		case eval.Ordered:
			fields = of.Map()
		}
		if fields == nil {
			return general(f)
		}
		at, there := fields[key]
		switch at := at.(type) {
		case string:
			return text(at)
		case float64:
			return number(at)
		case bool:
			return boolean(at)
		case int64:
			return wholeNumber(at)
		}
		if !there && bare {
			return undefined
		}
		return general(f)
	}
}

// field returns the field key of a plain object; one that needs an object of its own is
// a hole.
func (o *Object) field(key string) (found Value, there bool) {
	if w := o.shown(); w != nil {
		return w.plain(key)
	}
	return o.own(key)
}

// getKey reads a member of v, which is what of yielded.
func (c *compiler) getKey(f *frame, n *memberNode, v Value, key string, of node) Value {
	found, err := getMember(f.vm, v, key)
	if err != nil {
		if err == errNullish {
			f.vm.failAs(n.keyPos, "`"+key+"` cannot be read of "+c.words(of)+", which is null or undefined: write `?.` where it may be missing")
		}
		f.vm.fail(n.keyPos, err)
	}
	if f.vm.preview && found.kind == kindUndefined && f.vm.isPlaceholder(v) {
		return f.vm.below(v, "."+key)
	}
	return found
}

func (c *compiler) index(n *indexNode) evaluate {
	of, key := c.path(n.object), c.expression(n.key)
	sure := isText(n.object)
	optional, chained, harmless := n.optional, c.chained > 0, c.skippable
	return func(f *frame) Value {
		v := of(f)
		if chained {
			if v.kind == kindHole {
				return v
			}
			if optional && f.isCut(v, harmless) {
				return cut(v)
			}
		}
		if v.tainted && !sure && !optional {
			f.vm.decide()
		}
		k := key(f)
		found, err := getIndex(f.vm, v, k)
		if err != nil {
			if err == errNullish {
				f.vm.risk(k)
				f.vm.failAs(n.pos, c.words(n.object)+" is null or undefined here: write `?.` where it may be missing")
			}
			f.vm.fail(n.key.where().pos, err)
		}
		if f.vm.preview && found.kind == kindUndefined && f.vm.isPlaceholder(v) {
			return f.vm.below(v, "[]")
		}
		return found
	}
}

// nearMethod returns the method of a value that is called almost like name, or "".
func nearMethod(v Value, name string) string {
	var known []string
	for method, row := range methods {
		if row[v.kind] != nil {
			known = append(known, method)
		}
	}
	if v.kind == kindFunction {
		for _, field := range v.obj.fields {
			known = append(known, field.key)
		}
	}
	return nearest(name, known)
}

// nearest returns the one of known that is almost name, or "".
func nearest(name string, known []string) string { return macros.Nearest(name, known) }
