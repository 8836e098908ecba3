package macros

import (
	"strconv"
	"strings"
)

// nestBlock counts a block that opens here.
func (p *parser) nestBlock(t tag) bool {
	if len(p.blocks) == MaxNesting {
		p.fail(t.start, "blocks stand too deep inside blocks: at most "+strconv.Itoa(MaxNesting)+" levels")
		p.recovering = false
		return false
	}
	p.blocks = append(p.blocks, t.name)
	return true
}

// leave closes the innermost block.
func (p *parser) leave() { p.blocks = p.blocks[:len(p.blocks)-1] }

// handOver keeps a misplaced mark for the open block that it ends, if there
// is one around the innermost.
func (p *parser) handOver(mark tag) bool {
	for i := len(p.blocks) - 2; i >= 0 && p.blocks[i] != "liquid"; i-- {
		if mark.closes(p.blocks[i]) {
			p.pending = &mark
			return true
		}
	}
	return false
}

// block reads the content of a block that nothing divides, up to its end tag.
func (p *parser) block(t tag) body {
	if !p.nestBlock(t) {
		p.settle()
		return body{}
	}
	b := p.lastSection(t)
	p.leave()
	return b
}

// unclosed notes that the block has no end.
func (p *parser) unclosed(t tag) {
	p.pos, p.end = p.limit, p.limit
	advice := "add {% end" + t.name + " %}"
	if p.lines {
		advice = "add a line end" + t.name + ", a block must end inside the liquid tag"
	}
	p.fail(t.start, "this `"+t.name+"` is not closed: "+advice)
}

// misplaced notes that mark does not belong inside the block, or outside of
// all blocks where block is nil.
func (p *parser) misplaced(mark tag, block *tag) {
	switch {
	case block == nil && mark.name[0] == 'e' && len(mark.name) > 3 && mark.name[:3] == "end":
		p.fail(mark.at, "`"+mark.name+"` closes nothing here: remove it, or open the block")
	case block == nil:
		p.fail(mark.at, "`"+mark.name+"` stands outside of a block")
	default:
		p.fail(mark.at, "unexpected `"+mark.name+"` inside `"+block.name+"`: close that first with end"+block.name)
	}
}

// section reads one section of a divided block, up to the next mark.
func (p *parser) section(t tag) (body, tag, bool) {
	var b body
	for {
		mark, ok := p.fill(&b)
		if !ok {
			p.unclosed(t)
			return b, mark, false
		}
		if mark.closes(t.name) || mark.divides(t.name) {
			return b, mark, true
		}
		p.misplaced(mark, &t)
		p.settle()
		if p.handOver(mark) {
			return b, mark, false
		}
	}
}

// divides reports whether the tag begins a section of a block of this name.
func (t tag) divides(block string) bool {
	switch block {
	case "if", "unless":
		return t.name == "else" || t.name == "elsif"
	case "case":
		return t.name == "else" || t.name == "when"
	}
	return block == "for" && t.name == "else"
}

// ifBlock reads `if` and `unless`. What stands behind the first `else` up to
// the end is never reached in Liquid, and is left out of the tree.
func (p *parser) ifBlock(b *body, t tag) {
	node := &If{Pos: Pos(t.start), Unless: t.name == "unless"}
	b.add(node)
	cond := p.test(t)
	if !p.nestBlock(t) {
		return
	}
	p.guards++
	solid := false
	mark, ok := t, true
	var inner body
	dead := -1 // how many references there were when dead code began
	for ended := false; ok && !ended; {
		section := mark
		inner, mark, ok = p.section(t)
		solid = solid || inner.solid
		switch {
		case dead >= 0:
			p.references = p.references[:dead]
		case section.name == "else":
			node.Else = inner.nodes
			dead = len(p.references)
		default:
			node.Branches = append(node.Branches, Branch{Cond: cond, Body: inner.nodes})
		}
		if ok && dead >= 0 && !mark.closes(t.name) {
			p.dead = append(p.dead, mark.start)
		}
		switch {
		case !ok || mark.closes(t.name):
			ended = true
		case mark.name == "elsif":
			cond = p.test(mark)
		}
	}
	p.guards--
	p.leave()
	if !solid {
		for i := range node.Branches {
			node.Branches[i].Body = withoutText(node.Branches[i].Body)
		}
		node.Else = withoutText(node.Else)
	}
	b.solid = b.solid || solid
}

// test reads the condition of the tag in hand.
func (p *parser) test(t tag) Expr {
	cond := p.condition()
	p.ends("join conditions with `and` or `or`, and compare with ==, !=, <, >, <=, >= or contains")
	p.settleIn(t.at)
	return cond
}

// caseBlock reads `case`. Every `when` is tried, so none of their values is
// in a branch.
func (p *parser) caseBlock(b *body, t tag) {
	node := &Case{Pos: Pos(t.start), Value: p.value()}
	b.add(node)
	p.readOver("case takes one value")
	p.settleIn(t.at)
	if !p.nestBlock(t) {
		return
	}
	// What stands before the first `when` is not rendered.
	dead := len(p.references)
	head, mark, ok := p.section(t)
	p.references = p.references[:dead]
	solid := head.solid
	for ok && !mark.closes(t.name) {
		arm := Arm{Else: mark.name == "else"}
		if arm.Else {
			p.ends("else takes nothing")
		} else {
			arm.Values = p.whenValues()
		}
		p.settleIn(mark.at)
		p.guards++
		var inner body
		inner, mark, ok = p.section(t)
		p.guards--
		solid = solid || inner.solid
		arm.Body = inner.nodes
		node.Arms = append(node.Arms, arm)
	}
	p.leave()
	if !solid {
		for i := range node.Arms {
			node.Arms[i].Body = withoutText(node.Arms[i].Body)
		}
	}
	b.solid = b.solid || solid
}

// whenValues reads values that are separated by `,` or `or`.
func (p *parser) whenValues() []Expr {
	values := []Expr{p.value()}
	for p.take(',') || p.keyword("or") {
		values = append(values, p.value())
	}
	p.readOver("values of when are separated by commas or `or`")
	return values
}

func (p *parser) forBlock(b *body, t tag) {
	node := &For{Pos: Pos(t.start)}
	b.add(node)
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
	inner, mark, ok := p.section(t)
	node.Body = inner.nodes
	solid := inner.solid
	if ok && mark.name == "else" {
		inner = p.lastSection(t)
		node.Else = inner.nodes
		solid = solid || inner.solid
	}
	p.guards--
	p.leave()
	if !solid {
		node.Body, node.Else = withoutText(node.Body), withoutText(node.Else)
	}
	b.solid = b.solid || solid
}

// lastSection reads the section up to the end of the block.
func (p *parser) lastSection(t tag) body {
	var b body
	for {
		mark, ok := p.fill(&b)
		if !ok {
			p.unclosed(t)
			return b
		}
		if mark.closes(t.name) {
			return b
		}
		p.misplaced(mark, &t)
		p.settle()
		if p.handOver(mark) {
			return b
		}
	}
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
	if strings.IndexAny(text, spaces) < 0 {
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

func (p *parser) tableRow(b *body, t tag) {
	node := &TableRow{Pos: Pos(t.start)}
	b.add(node)
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
	inner := p.block(t)
	p.guards--
	node.Body = inner.nodes
	b.solid = b.solid || inner.solid
}

// withoutText returns the nodes that are not text.
func withoutText(nodes []Node) []Node {
	var kept []Node
	for _, n := range nodes {
		if _, ok := n.(*Text); !ok {
			kept = append(kept, n)
		}
	}
	return kept
}
