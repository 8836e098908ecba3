package macros

import (
	"slices"
	"strconv"
	"strings"
)

// nestBlock counts a block that opens here.
func (p *parser) nestBlock(t tag) bool {
	if len(p.blocks) == MaxNesting {
		p.fail(t.start, "blocks stand too deep inside blocks: at most "+strconv.Itoa(MaxNesting)+" levels")
		// Not even Lint goes on: the end tags of all that was not opened would
		// be a mistake each.
		p.recovering = false
		return false
	}
	p.blocks = append(p.blocks, t.name)
	return true
}

// leave closes the innermost block.
func (p *parser) leave() { p.blocks = p.blocks[:len(p.blocks)-1] }

// deferToOuter keeps a misplaced delimiter for the open block that it ends, if there
// is one around the innermost.
func (p *parser) deferToOuter(delimiter tag) bool {
	// The innermost block has refused it already. A liquid tag is a wall: none of
	// its lines ends a block that was opened outside of it.
	for i := len(p.blocks) - 2; i >= 0 && p.blocks[i] != "liquid"; i-- {
		if delimiter.closes(p.blocks[i]) {
			p.pending = &delimiter
			return true
		}
	}
	return false
}

// section is what stands between two marks of a block, or all of a block that
// nothing divides.
type section struct {
	nodes []Node
	// nonblank is that of [blockBody].
	nonblank bool
}

// block reads the content of a block that nothing divides, up to its end tag.
func (p *parser) block(t tag) section {
	if !p.nestBlock(t) {
		p.synchronize()
		return section{}
	}
	s, _, _ := p.section(t, false)
	p.leave()
	return s
}

// section reads up to the end of the block, or up to the next tag that divides
// it if it may be divided. It returns that delimiter, or false where the block does
// not end.
func (p *parser) section(t tag, divided bool) (section, tag, bool) {
	b := p.openBody()
	for {
		// Each way out closes the body: what it left on the stack would become
		// part of the body around.
		delimiter, ok := p.fill(&b)
		if !ok {
			p.unclosed(t)
			return section{p.closeBody(b), b.nonblank}, delimiter, false
		}
		if delimiter.closes(t.name) || divided && delimiter.divides(t.name) {
			return section{p.closeBody(b), b.nonblank}, delimiter, true
		}
		p.misplaced(delimiter, &t)
		p.synchronize()
		if p.deferToOuter(delimiter) {
			return section{p.closeBody(b), b.nonblank}, delimiter, false
		}
	}
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

// misplaced notes that delimiter does not belong inside the block, or outside of
// all blocks where block is nil.
func (p *parser) misplaced(delimiter tag, block *tag) {
	switch {
	case block == nil && strings.HasPrefix(delimiter.name, "end"):
		p.fail(delimiter.at, backquoted(delimiter.name)+" closes nothing here: remove it, or open the block")
	case block == nil:
		p.fail(delimiter.at, backquoted(delimiter.name)+" stands outside of a block")
	default:
		p.fail(delimiter.at, "unexpected "+backquoted(delimiter.name)+" inside `"+block.name+"`: close that first with end"+block.name)
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
func (p *parser) ifBlock(b *blockBody, t tag) {
	node := &If{Pos: Pos(t.start), Unless: t.name == "unless"}
	p.add(node)
	cond := p.branchCondition(t)
	if !p.nestBlock(t) {
		return
	}
	p.guards++
	s, delimiter, ok := p.section(t, true)
	nonblank := s.nonblank
	node.Branches = p.branches.clone([]Branch{{Cond: cond, Body: s.nodes}})
	for ok && delimiter.name == "elsif" {
		cond = p.branchCondition(delimiter)
		s, delimiter, ok = p.section(t, true)
		node.Branches = append(node.Branches, Branch{Cond: cond, Body: s.nodes})
		nonblank = nonblank || s.nonblank
	}
	if ok && delimiter.name == "else" {
		p.suspectElse(delimiter)
		s, delimiter, ok = p.section(t, true)
		node.Else = s.nodes
		nonblank = nonblank || s.nonblank
	}
	// What follows the first else is read, because its blocks have to end, and
	// then forgotten. Were its references kept, a render would open or miss
	// secrets that it never uses. Its text still counts for white space, as it
	// does in Liquid.
	reached := len(p.references)
	for ok && !delimiter.closes(t.name) {
		p.unreachable = append(p.unreachable, delimiter.start)
		if delimiter.name == "elsif" {
			p.branchCondition(delimiter)
		}
		s, delimiter, ok = p.section(t, true)
		nonblank = nonblank || s.nonblank
	}
	p.references = p.references[:reached]
	p.guards--
	p.leave()
	if !nonblank {
		for i := range node.Branches {
			node.Branches[i].Body = withoutText(node.Branches[i].Body)
		}
		node.Else = withoutText(node.Else)
	}
	b.nonblank = b.nonblank || nonblank
}

// branchCondition reads the condition of the tag in hand.
func (p *parser) branchCondition(t tag) Expr {
	cond := p.condition()
	askTruth(cond)
	p.expectEnd("join conditions with `and` or `or`, and compare with ==, !=, <, >, <=, >= or contains")
	p.synchronizeFrom(t.at)
	return cond
}

// caseBlock reads `case`. Every `when` is tried, so none of their values is
// in a branch.
func (p *parser) caseBlock(b *blockBody, t tag) {
	node := &Case{Pos: Pos(t.start), Value: p.value()}
	p.add(node)
	p.lenientEnd("case takes one value")
	p.synchronizeFrom(t.at)
	if !p.nestBlock(t) {
		return
	}
	// What stands before the first `when` is not rendered, so its secrets are not
	// opened.
	before := len(p.references)
	head, delimiter, ok := p.section(t, true)
	p.references = p.references[:before]
	nonblank := head.nonblank
	for ok && !delimiter.closes(t.name) {
		arm := Arm{Else: delimiter.name == "else"}
		if arm.Else {
			p.expectEnd("else takes nothing")
		} else {
			arm.Values = p.whenValues()
		}
		p.synchronizeFrom(delimiter.at)
		// The values above are compared whichever arm is taken, and need their
		// secrets; the body may not be reached.
		p.guards++
		var s section
		s, delimiter, ok = p.section(t, true)
		p.guards--
		nonblank = nonblank || s.nonblank
		arm.Body = s.nodes
		node.Arms = append(node.Arms, arm)
	}
	p.leave()
	if !nonblank {
		for i := range node.Arms {
			node.Arms[i].Body = withoutText(node.Arms[i].Body)
		}
	}
	b.nonblank = b.nonblank || nonblank
}

// whenValues reads values that are separated by `,` or `or`.
func (p *parser) whenValues() []Expr {
	values := []Expr{p.value()}
	for p.accept(',') || p.acceptWord("or") {
		values = append(values, p.value())
	}
	p.lenientEnd("values of when are separated by commas or `or`")
	return values
}

// withoutText returns the nodes that are not text, in the same slice.
func withoutText(nodes []Node) []Node {
	if nodes = slices.DeleteFunc(nodes, isText); len(nodes) == 0 {
		return nil
	}
	return nodes
}
