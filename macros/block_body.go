package macros

// blockBody is the content of a block, or of the whole source.
type blockBody struct {
	// start is where the nodes of the body begin on the parser's stack.
	start int
	// nonblank says that something in the body may yield output, if only white
	// space. The text of a block whose bodies are all not nonblank is dropped,
	// as Liquid does.
	nonblank bool
}

// openBody begins a body: what is added from here on belongs to it, up to the
// matching call of closeBody.
func (p *parser) openBody() blockBody { return blockBody{start: len(p.stack)} }

// closeBody ends the body and returns its nodes.
func (p *parser) closeBody(b blockBody) []Node {
	nodes := p.nodeLists.clone(p.stack[b.start:])
	clear(p.stack[b.start:])
	p.stack = p.stack[:b.start]
	return nodes
}

// add adds a node to the innermost body.
func (p *parser) add(n Node) { p.stack = append(p.stack, n) }

// output adds a value that is printed.
func (p *parser) output(b *blockBody, at int, value Expr) {
	n := p.outputs.alloc()
	n.Pos, n.Value = Pos(at), value
	p.add(n)
	b.nonblank = true
}

func (p *parser) literalText(start, end int) *Text {
	n := p.literalTexts.alloc()
	n.Pos, n.Text = Pos(start), p.source[start:end]
	return n
}

// region parses all of the region into b.
func (p *parser) region(b *blockBody) {
	for {
		delimiter, ok := p.fill(b)
		if !ok {
			return
		}
		// No block of this region is open, so the delimiter belongs to nothing.
		p.misplaced(delimiter, nil)
		p.synchronize()
	}
}

// fill adds nodes to b until a tag is met that ends or divides a block. It
// returns that tag, and false at the end of the region.
func (p *parser) fill(b *blockBody) (tag, bool) {
	for {
		if p.pending != nil {
			t := *p.pending
			p.pending = nil
			return t, true
		}
		t, ok := p.next(b)
		if !ok || t.delimitsBlock() {
			return t, ok
		}
		p.tag(b, t)
	}
}

// next adds text, objects and macros to b until a tag is met.
func (p *parser) next(b *blockBody) (tag, bool) {
	if p.lines {
		return p.nextLine()
	}
	start := p.at
	for p.at < p.limit {
		at := p.opening()
		switch {
		case at == p.limit:
			p.at = at
		case p.source[at] == '{' && p.source[at+1] == '%':
			// The text goes first, for it ends the trimming that the tag before
			// asked for; openTag notes what this one asks for.
			p.text(b, start, at, p.dash(at+2))
			if t, ok := p.openTag(at); ok {
				return t, true
			}
			start = p.at
		case p.source[at] == '{':
			p.text(b, start, at, p.dash(at+2))
			p.object(b, at)
			start = p.at
		case p.source[at] != '<':
			p.bareReference(b, start, at)
			start = p.at
		// The backslash has to be part of this text. Where the text begins with
		// `<<`, the byte before it belongs to what was read already.
		case escaped(p.source[start:at]):
			p.text(b, start, at-1, false)
			start, p.at = at, at+len("<<")
		case p.macro(b, start, at):
			start = p.at
		default:
			// One byte further, not two: in `<<<a>>` the macro begins with the
			// second `<`.
			p.at = at + 1
		}
	}
	p.text(b, start, p.limit, false)
	return tag{}, false
}
