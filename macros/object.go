package macros

import "strings"

// object reads the `{{ }}` at the offset.
func (p *parser) object(b *body, at int) {
	start := at + len("{{")
	if p.dash(start) {
		start++
	}
	shut := p.search("}}", start)
	if shut == p.limit {
		p.pos, p.end = start, start
		p.fail(at, "this object is not closed: close it with }}")
		p.at = at + len("{{")
		p.settle()
		return
	}
	p.at = shut + len("}}")
	p.enter(start, shut)
	value := p.filtered()
	p.ends("close the object with }}, or put | before a filter")
	p.output(b, at, value)
	p.settleIn(start)
}

// macro reads the `<<...>>` at the offset, with the text from start on before
// it. It reports false where no macro stands there but text.
func (p *parser) macro(b *body, start, at int) bool {
	open := at + len("<<")
	if p.shut < open {
		p.shut = p.search(">>", open)
	}
	shut := p.shut
	p.pos, p.end = open, shut
	p.space()
	first := p.pos
	if first == p.end || !startsPath(p.source[first]) {
		return false
	}
	secret := p.startsSecret(first)
	if shut == p.limit {
		if !secret {
			return false
		}
		p.fail(at, "this macro is not closed: close it with >>")
	}
	mark := len(p.references)
	value := p.filtered()
	p.ends("close the macro with >>, or put | before a filter")
	if p.failed && !secret {
		p.failed = false
		p.references = p.references[:mark]
		return false
	}
	p.at = min(shut+len(">>"), p.limit)
	if p.failed && p.recovering && shut == p.limit {
		p.at = open
	}
	p.text(b, start, at, false)
	p.output(b, at, value)
	p.settle()
	return true
}

// startsSecret reports whether `secrets.` or `secrets[` stands at the offset,
// in any letter case, or `secrets` alone in a closed macro.
func (p *parser) startsSecret(at int) bool {
	rest := p.source[at:p.end]
	if len(rest) < len(root) || !IsRoot(rest[:len(root)]) {
		return false
	}
	rest = strings.TrimLeft(rest[len(root):], spaces)
	if rest == "" {
		return p.end < p.limit
	}
	return rest[0] == '.' || rest[0] == '[' || rest[0] == '|'
}

// enter makes the source from start to shut the content in hand. A `-` before
// shut asks for the white space behind it to be removed.
func (p *parser) enter(start, shut int) {
	p.trim = p.source[shut-1] == '-'
	if p.trim && shut > start {
		shut--
	}
	p.pos, p.end = start, shut
}
