package js

import (
	"errors"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// primary is an operand (ECMA-262, 13.2).
func (p *parser) primary() node {
	t := p.token
	switch t.kind {
	case tokenName:
		return p.word()
	case tokenNumber:
		p.advance()
		return &literal{extent: p.extentFrom(t.pos), value: number(t.number)}
	case tokenText:
		p.advance()
		return &literal{extent: p.extentFrom(t.pos), value: text(t.text)}
	case tokenTemplate:
		return p.template(false)
	case tokenMark:
		switch t.text {
		case "(":
			return p.bracketed()
		case "[":
			return p.array()
		case "{":
			return p.object()
		case "/", "/=":
			p.token = p.regex(t.pos)
			r := &regexLiteral{pattern: p.compiledPattern(p.token.text, p.token.raw, t.pos)}
			p.advance()
			r.extent = p.extentFrom(t.pos)
			return r
		}
	}
	p.unexpected()
	return nil
}

// word is a name, or a word of the language that begins an operand.
func (p *parser) word() node {
	t := p.token
	if !t.escaped {
		switch t.text {
		case "true", "false", "null":
			p.advance()
			value := null
			if t.text != "null" {
				value = boolean(t.text == "true")
			}
			return &literal{extent: p.extentFrom(t.pos), value: value}
		case "function":
			return p.functionExpression()
		case "async":
			return p.async()
		case "eval", "arguments":
			if t.text == "arguments" {
				p.fail(t.pos, noArguments)
			}
			p.refuse(t.text, t.pos)
		}
	}
	if reserved[t.text] {
		p.refuse(t.text, t.pos)
	}
	mayBeArrow := p.start == t.pos
	p.advance()
	n := &nameNode{extent: p.extentFrom(t.pos), text: t.text}
	if mayBeArrow && p.is("=>") {
		return p.arrow(t.pos, []node{n})
	}
	return n
}

// async is a name like others, but before a function.
func (p *parser) async() node {
	t := p.token
	p.advance()
	if !p.token.newline && (p.token.isWord("function") || p.token.kind == tokenName && !reserved[p.token.text]) {
		p.refuse("async", t.pos)
	}
	n := &nameNode{extent: p.extentFrom(t.pos), text: t.text}
	if p.is("(") && !p.token.newline {
		args := p.call(n, t.pos, false)
		if p.is("=>") {
			p.refuse("async", t.pos)
		}
		return args
	}
	if p.is("=>") && p.start == t.pos {
		return p.arrow(t.pos, []node{n})
	}
	return n
}

// bracketed is an expression in brackets, or the parameters of an arrow function.
func (p *parser) bracketed() node {
	pos := p.token.pos
	mayBeArrow := p.start == pos
	p.enter(pos)
	p.advance()
	noIn := p.noIn
	p.noIn = false
	var items []node
	// only is set where what stands in the brackets can be nothing but parameters.
	only := -1
	for !p.is(")") {
		if p.is("...") {
			only = p.token.pos
		}
		items = append(items, p.item())
		if !p.is(",") {
			break
		}
		comma := p.token.pos
		p.advance()
		if p.is(")") {
			only = comma
		}
	}
	if len(items) == 0 {
		only = p.token.pos
	}
	p.expect(")")
	p.noIn = noIn
	p.leave()
	if p.is("=>") && mayBeArrow {
		return p.arrow(pos, items)
	}
	if only >= 0 {
		if p.is("=>") {
			p.unexpected()
		}
		p.fail(only, "an expression is missing in these brackets, or `=>` behind them")
	}
	n := items[0]
	if len(items) > 1 {
		n = &sequenceNode{extent: extent{pos: items[0].where().pos, end: items[len(items)-1].where().end}, parts: items}
	}
	n.where().bracketed = true
	if _, ok := n.(*chainNode); ok {
		// `(a?.b).c` is not cut short by the `?.` inside.
		n = &sequenceNode{extent: extent{pos: n.where().pos, end: n.where().end, bracketed: true}, parts: []node{n}}
	}
	return n
}

func (p *parser) array() node {
	pos := p.token.pos
	p.enter(pos)
	p.advance()
	a := &arrayLiteral{}
	p.inside(func() node {
		for !p.is("]") {
			if p.take(",") {
				a.items = append(a.items, nil)
				continue
			}
			a.items = append(a.items, p.item())
			if !p.is("]") && !p.take(",") {
				p.missing("]")
			}
		}
		return nil
	})
	p.advance()
	p.leave()
	a.extent = p.extentFrom(pos)
	return a
}

func (p *parser) object() node {
	pos := p.token.pos
	p.enter(pos)
	p.advance()
	o := &objectLiteral{}
	p.inside(func() node {
		for !p.is("}") {
			o.properties = append(o.properties, p.property())
			if !p.is("}") && !p.take(",") {
				p.missing("}")
			}
		}
		return nil
	})
	p.advance()
	p.leave()
	o.extent = p.extentFrom(pos)
	return o
}

func (p *parser) property() property {
	t := p.token
	if p.take("...") {
		return property{pos: t.pos, rest: p.assign()}
	}
	if p.is("*") {
		p.refuse("yield", t.pos)
	}
	prop := property{pos: t.pos}
	prop.key, prop.computed = p.propertyName()
	if t.kind == tokenName && !p.is(",") && !p.is("}") && !p.is(":") && !p.is("(") && !p.is("=") {
		switch t.text {
		case "get", "set":
			p.fail(t.pos, noGetters)
		case "async":
			p.refuse("async", t.pos)
		}
	}
	switch {
	case p.is(":"):
		p.advance()
		if prop.computed == nil && prop.key == "__proto__" {
			p.fail(t.pos, noProto)
		}
		prop.value = p.assign()
		if f, ok := prop.value.(*functionLiteral); ok && f.name == "" && !f.bracketed {
			f.name = prop.key
		}
	case p.is("("):
		f := &functionLiteral{name: prop.key}
		p.parameters(f)
		p.body(f)
		f.extent = p.extentFrom(t.pos)
		prop.value = f
	case t.kind == tokenName && !(reserved[t.text] || t.text == "eval" || t.text == "arguments"):
		prop.shorthand = true
		prop.value = &nameNode{extent: extent{pos: t.pos, end: t.end}, text: t.text}
		if p.take("=") {
			prop.initial = p.assign()
			p.nameFunction(prop.initial, prop.value)
		}
	case t.kind == tokenName && !t.escaped && reserved[t.text]:
		p.refuse(t.text, t.pos)
	default:
		p.missing(":")
	}
	return prop
}

// propertyName is the key of a property: written out, or computed in square
// brackets.
func (p *parser) propertyName() (string, node) {
	t := p.token
	switch t.kind {
	case tokenName, tokenText:
		p.advance()
		return t.text, nil
	case tokenNumber:
		p.advance()
		return numberText(t.number), nil
	}
	if !p.is("[") {
		if p.token.kind == tokenEnd {
			p.missing("}")
		}
		p.unexpected()
	}
	p.enter(t.pos)
	p.advance()
	key := p.inside(p.assign)
	p.expect("]")
	p.leave()
	return "", key
}

// template is a template literal whose first piece is next.
func (p *parser) template(raw bool) *templateLiteral {
	pos := p.token.pos
	t := &templateLiteral{raw: raw}
	p.enter(pos)
	for {
		piece := p.token
		if piece.escaped && !raw {
			p.fail(piece.pos, "an escape in this template literal has no meaning: write \\xHH, \\uHHHH or \\u{...}")
		}
		if raw {
			piece.text = piece.raw
		}
		t.texts = append(t.texts, piece.text)
		if piece.tail {
			break
		}
		p.advance()
		t.parts = append(t.parts, p.inside(p.expression))
		if !p.is("}") {
			p.missing("}")
		}
		next := token{pos: p.token.pos}
		p.at = p.token.end
		p.previous = p.token.end
		p.scanner.template(&next)
		p.token = next
	}
	p.advance()
	p.leave()
	t.extent = p.extentFrom(pos)
	return t
}

// manyPatterns is how many times the size of one regular expression those of a source
// have together at most: each takes time to compile.
const manyPatterns = 5

// compiledPattern compiles the regular expression that stands at pos.
func (p *parser) compiledPattern(source, flags string, pos int) *pattern {
	compiled, err := compilePattern(source, flags, p.limits.Regex)
	switch {
	case errors.Is(err, errRegexSize):
		panic(eval.TooLarge(pos, eval.ErrRegexSize.Kind))
	case err != nil:
		p.fail(pos, err.Error())
	}
	if p.instructions += compiled.size; p.instructions > manyPatterns*p.limits.Regex {
		panic(eval.TooLarge(pos, "the regular expressions are too large together"))
	}
	return compiled
}
