package macros

import "strings"

// raw reads what stands before `endraw` as text.
func (p *parser) raw(b *blockBody, t tag) {
	start := p.at
	shut, ok := p.verbatim(t)
	if !ok || start == shut {
		return
	}
	b.nonblank = true
	p.add(p.literalText(start, shut))
}

// doc skips what stands before `enddoc`.
func (p *parser) doc(t tag) { p.verbatim(t) }

// verbatim finds the tag that ends the block t, with nothing in between being
// a tag, and goes behind it. It returns where that tag starts.
func (p *parser) verbatim(t tag) (int, bool) {
	p.expectEnd(t.name + " takes nothing")
	if p.lines {
		p.fail(t.start, t.name+" cannot stand in a liquid tag")
	}
	if p.failed {
		return 0, false
	}
	for at := p.at; ; {
		at = p.search("{%", at)
		if at == p.limit {
			p.unclosed(t)
			return 0, false
		}
		if p.isEndTag(at, "end"+t.name) {
			shut := p.search("%}", p.pos)
			if shut == p.limit {
				p.unclosed(t)
				return 0, false
			}
			// This overwrites what `{% raw -%}` asked for: the content stays as
			// it is, and only the end tag trims what is behind.
			p.trim = p.source[shut-1] == '-'
			p.at = shut + len("%}")
			return at, true
		}
		at += len("{%")
	}
}

// isEndTag reports whether the tag at the offset is called name, and goes
// behind its name.
func (p *parser) isEndTag(at int, name string) bool {
	p.pos, p.end = at+len("{%"), p.limit
	if p.dash(p.pos) {
		p.pos++
	}
	p.space()
	if !strings.HasPrefix(p.source[p.pos:p.limit], name) {
		return false
	}
	p.pos += len(name)
	// `endrawx` is another name. What stands behind the name, Liquid ignores.
	return p.pos == p.limit || p.source[p.pos] == '-' || classes[p.source[p.pos]]&wordByte == 0
}

// comment skips up to the `endcomment` that belongs to t. Comments nest, and
// `raw` inside hides an `endcomment`; nothing else needs to be well-formed.
func (p *parser) comment(t tag) {
	for depth := 1; depth > 0; {
		inner, ok := p.commented()
		if !ok {
			p.unclosed(t)
			return
		}
		switch inner.name {
		case "comment":
			depth++
		case "endcomment":
			depth--
		case "raw":
			// Its end is looked for here, where nothing else is a tag: an
			// `endcomment` in it does not end the comment.
			if _, ok := p.verbatim(tag{name: "raw", start: inner.start}); !ok {
				return
			}
		}
	}
}

// commented returns the next tag inside a comment, or false at the end.
func (p *parser) commented() (tag, bool) {
	for p.at < p.limit {
		if p.lines {
			p.enterLine()
		} else if !p.enterCommented() {
			continue
		}
		if t := p.tagName(); t.name != "" {
			return t, true
		}
	}
	return tag{}, false
}

// enterCommented goes into the next tag inside a comment. It reports false
// where it only skipped an object, or came to the end.
func (p *parser) enterCommented() bool {
	at := p.searchBrace(p.at)
	if at == p.limit {
		p.at = at
		return false
	}
	if p.source[at+1] == '{' {
		p.at = p.skipObject(at)
		return false
	}
	return p.enterTag(at)
}

// skipObject returns the offset behind the `{{` at the offset, up to its `}}`
// or, if a tag begins first, up to the end of that.
func (p *parser) skipObject(at int) int {
	// The tag ends an object that is not closed, as in Liquid: in
	// `{{ a {% endcomment %}` nobody is left who would see the end.
	for at += len("{{"); at+1 < p.limit; at++ {
		switch {
		case p.source[at] == '}' && p.source[at+1] == '}':
			return at + len("}}")
		case p.source[at] == '{' && p.source[at+1] == '%':
			return min(p.search("%}", at)+len("%}"), p.limit)
		}
	}
	return p.limit
}

// inlineComment checks `{% # text %}`, whose every line begins with a `#`.
func (p *parser) inlineComment() {
	for {
		i := strings.IndexByte(p.source[p.pos:p.end], '\n')
		if i < 0 {
			p.pos = p.end
			return
		}
		p.pos += i + 1
		if c := p.peek(); p.pos < p.end && c != '#' {
			p.fail(p.pos, "each line of an inline comment begins with #")
		}
	}
}
