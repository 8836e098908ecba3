package macros

// body is the content of a block, or of the whole source.
type body struct {
	// start is where the nodes of the body begin on the parser's stack.
	start int
	// solid says that something in the body may yield output, if only white
	// space. The text of a block whose bodies are all not solid is dropped,
	// as Liquid does.
	solid bool
}

// body begins a body: what is added from here on belongs to it, up to the
// matching call of nodes.
func (p *parser) body() body { return body{start: len(p.stack)} }

// nodes ends the body and returns its nodes.
func (p *parser) nodes(b body) []Node {
	nodes := p.lists.copies(p.stack[b.start:])
	clear(p.stack[b.start:])
	p.stack = p.stack[:b.start]
	return nodes
}

// add adds a node to the innermost body.
func (p *parser) add(n Node) { p.stack = append(p.stack, n) }

// output adds a value that is printed.
func (p *parser) output(b *body, at int, value Expr) {
	n := p.outputs.one()
	n.Pos, n.Value = Pos(at), value
	p.add(n)
	b.solid = true
}

func (p *parser) literalText(start, end int) *Text {
	n := p.literalTexts.one()
	n.Pos, n.Text = Pos(start), p.source[start:end]
	return n
}

// region parses all of the region into b.
func (p *parser) region(b *body) {
	for {
		mark, ok := p.fill(b)
		if !ok {
			return
		}
		p.misplaced(mark, nil)
		p.settle()
	}
}

// fill adds nodes to b until a tag is met that ends or divides a block. It
// returns that tag, and false at the end of the region.
func (p *parser) fill(b *body) (tag, bool) {
	for {
		if p.pending != nil {
			t := *p.pending
			p.pending = nil
			return t, true
		}
		t, ok := p.next(b)
		if !ok || t.isMark() {
			return t, ok
		}
		p.tag(b, t)
	}
}

// next adds text, objects and macros to b until a tag is met.
func (p *parser) next(b *body) (tag, bool) {
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
		case at > start && p.source[at-1] == '\\':
			p.text(b, start, at-1, false)
			start, p.at = at, at+len("<<")
		case p.macro(b, start, at):
			start = p.at
		default:
			p.at = at + 1
		}
	}
	p.text(b, start, p.limit, false)
	return tag{}, false
}
