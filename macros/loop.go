package macros

import "strings"

// forBlock reads `for`.
func (p *parser) forBlock(b *blockBody, t tag) {
	node := &For{Pos: Pos(t.start)}
	p.add(node)
	node.Name, node.In, node.Key = p.loopHead(t)
	node.Reversed = p.acceptWord("reversed")
	for p.accept(','); p.peek() != 0; p.accept(',') {
		at := p.pos
		if p.acceptWord("reversed") {
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
	p.expectEnd("for takes limit: 3, offset: 3 and reversed")
	p.synchronizeFrom(t.at)
	if !p.nestBlock(t) {
		return
	}
	p.guards++
	s, delimiter, ok := p.section(t, true)
	node.Body = s.nodes
	nonblank := s.nonblank
	if ok && delimiter.name == "else" {
		s, _, _ = p.section(t, false)
		node.Else = s.nodes
		nonblank = nonblank || s.nonblank
	}
	p.guards--
	p.leave()
	if !nonblank {
		node.Body, node.Else = withoutText(node.Body), withoutText(node.Else)
	}
	b.nonblank = b.nonblank || nonblank
}

// loopHead reads `name in value`. The key identifies the loop by its name and
// what it walks over.
func (p *parser) loopHead(t tag) (name string, in Expr, key string) {
	name = p.name()
	p.space()
	if !p.acceptWord("in") {
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
		// Within quotes white space is part of a key: a["b c"] and a["bc"] are
		// different loops.
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
	if p.acceptWord("continue") {
		return nil, true
	}
	return p.value(), false
}

// tableRow reads `tablerow`.
func (p *parser) tableRow(b *blockBody, t tag) {
	node := &TableRow{Pos: Pos(t.start)}
	p.add(node)
	node.Name, node.In, node.Key = p.loopHead(t)
	for p.accept(','); p.peek() != 0; p.accept(',') {
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
	p.expectEnd("tablerow takes cols: 2, limit: 3 and offset: 3")
	p.synchronizeFrom(t.at)
	p.guards++
	s := p.block(t)
	p.guards--
	node.Body = s.nodes
	b.nonblank = b.nonblank || s.nonblank
}
