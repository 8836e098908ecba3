package macros

import "strings"

// forBlock reads `for`.
func (p *parser) forBlock(b *body, t tag) {
	node := &For{Pos: Pos(t.start)}
	p.add(node)
	node.Name, node.In, node.Key = p.loopHead(t)
	node.Reversed = p.keyword("reversed")
	for p.take(','); p.peek() != 0; p.take(',') {
		at := p.pos
		if p.keyword("reversed") {
			node.Reversed = true
			continue
		}
		switch p.key() {
		case "limit":
			node.Limit = p.value()
		case "offset":
			node.Offset, node.OffsetContinue = p.offset()
		default:
			p.fail(at, "unexpected "+p.found()+": for takes limit: 3, offset: 3 and reversed")
		}
	}
	p.ends("for takes limit: 3, offset: 3 and reversed")
	p.settleIn(t.at)
	if !p.nestBlock(t) {
		return
	}
	p.guards++
	s, mark, ok := p.section(t, true)
	node.Body = s.nodes
	solid := s.solid
	if ok && mark.name == "else" {
		s, _, _ = p.section(t, false)
		node.Else = s.nodes
		solid = solid || s.solid
	}
	p.guards--
	p.leave()
	if !solid {
		node.Body, node.Else = withoutText(node.Body), withoutText(node.Else)
	}
	b.solid = b.solid || solid
}

// loopHead reads `name in value`. The key identifies the loop by its name and
// what it walks over.
func (p *parser) loopHead(t tag) (name string, in Expr, key string) {
	name = p.name()
	p.space()
	if !p.keyword("in") {
		p.fail(p.pos, t.name+" is written {% "+t.name+" item in list %}: `in` is missing here")
	}
	start := p.skipSpace()
	in = p.value()
	if p.failed {
		return name, in, ""
	}
	return name, in, name + "-" + compact(p.source[start:p.pos])
}

// compact returns text without the white space outside of its quotes.
func compact(text string) string {
	if !strings.ContainsAny(text, spaces) {
		return text
	}
	kept := make([]byte, 0, len(text))
	quote := byte(0)
	for i := range len(text) {
		c := text[i]
		switch {
		case quote == 0 && isSpace(c):
			continue
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == c:
			quote = 0
		}
		kept = append(kept, c)
	}
	return string(kept)
}

// offset reads a value or `continue`.
func (p *parser) offset() (Expr, bool) {
	if p.keyword("continue") {
		return nil, true
	}
	return p.value(), false
}

// tableRow reads `tablerow`.
func (p *parser) tableRow(b *body, t tag) {
	node := &TableRow{Pos: Pos(t.start)}
	p.add(node)
	node.Name, node.In, node.Key = p.loopHead(t)
	for p.take(','); p.peek() != 0; p.take(',') {
		at := p.pos
		switch p.key() {
		case "cols":
			node.Cols = p.value()
		case "limit":
			node.Limit = p.value()
		case "offset":
			node.Offset, node.OffsetContinue = p.offset()
		default:
			p.fail(at, "unexpected "+p.found()+": tablerow takes cols: 2, limit: 3 and offset: 3")
		}
	}
	p.ends("tablerow takes cols: 2, limit: 3 and offset: 3")
	p.settleIn(t.at)
	p.guards++
	s := p.block(t)
	p.guards--
	node.Body = s.nodes
	b.solid = b.solid || s.solid
}
