package macros

// object reads the `{{ }}` at the offset.
func (p *parser) object(b *blockBody, at int) {
	start := at + len("{{")
	if p.dash(start) {
		start++
	}
	shut := p.search("}}", start)
	if shut == p.limit {
		p.pos, p.end = start, start
		p.fail(at, "this object is not closed: close it with }}")
		p.at = at + len("{{")
		p.synchronize()
		return
	}
	p.at = shut + len("}}")
	p.enter(start, shut)
	value := p.filtered()
	p.expectEnd("close the object with }}, or put | before a filter")
	p.output(b, at, value)
	p.synchronizeFrom(start)
}

// macro reads the `<<...>>` at the offset, with the text from start on before
// it. It reports false where no macro stands there but text.
func (p *parser) macro(b *blockBody, start, at int) bool {
	open := at + len("<<")
	if p.nextClose < open {
		p.nextClose = p.search(">>", open)
	}
	shut := p.nextClose
	p.pos, p.end = open, shut
	p.space()
	first := p.pos
	// Shifts by a number and quoted here documents are text without another look.
	if first == p.end || !startsPath(p.source[first]) {
		return false
	}
	// What begins like a reference is a macro or a mistake, never text: otherwise
	// a slip in it would be sent in place of the secret.
	secret := p.startsSecret(first)
	if shut == p.limit {
		if !secret {
			return false
		}
		p.fail(at, "this macro is not closed: close it with >>")
	}
	before := len(p.references)
	p.macroBody, p.nested = true, false
	value := p.filtered()
	p.macroBody = false
	shut = p.end
	p.expectEnd("close the macro with >>, or put | before a filter")
	if p.failed && !secret && !p.nested {
		// It is text after all. All that reading it may leave behind are the
		// mistake and references; kept, these would ask for secrets that the
		// output does not hold.
		p.failed = false
		p.references = p.references[:before]
		return false
	}
	p.at = min(shut+len(">>"), p.limit)
	if p.nested && p.failed {
		// The macro inside was closed first, and the one around it next.
		p.at = min(p.search(">>", p.at)+len(">>"), p.limit)
	}
	if p.failed && p.recovering && shut == p.limit {
		// Nothing says how far the author meant it: go on right behind it.
		p.at = open
	}
	// Only now is it known that the text before ends here. A macro trims nothing.
	p.text(b, start, at, false)
	p.output(b, at, value)
	p.synchronize()
	return true
}

// startsSecret reports whether `secrets.` or `secrets[` stands at the offset,
// in any letter case, or `secrets` alone in a closed macro.
func (p *parser) startsSecret(at int) bool {
	rest := p.source[at:p.end]
	if len(rest) < len(root) || !IsRoot(rest[:len(root)]) {
		return false
	}
	rest = rest[len(root):]
	for rest != "" && isSpace(rest[0]) {
		rest = rest[1:]
	}
	if rest == "" {
		return p.end < p.limit
	}
	return rest[0] == '.' || rest[0] == '[' || rest[0] == '|'
}

// enter makes the source from start to shut the content in hand. A `-` before
// shut asks for the white space behind it to be removed.
func (p *parser) enter(start, shut int) {
	// In `{{-}}` one dash stands for both, and start is behind it already.
	p.trim = p.source[shut-1] == '-'
	if p.trim && shut > start {
		shut--
	}
	p.pos, p.end = start, shut
}
