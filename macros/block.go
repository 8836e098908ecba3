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

// section is what stands between two marks of a block, or all of a block that
// nothing divides.
type section struct {
	nodes []Node
	// solid is that of [body].
	solid bool
}

// block reads the content of a block that nothing divides, up to its end tag.
func (p *parser) block(t tag) section {
	if !p.nestBlock(t) {
		p.settle()
		return section{}
	}
	s, _, _ := p.section(t, false)
	p.leave()
	return s
}

// section reads up to the end of the block, or up to the next tag that divides
// it if it may be divided. It returns that mark, or false where the block does
// not end.
func (p *parser) section(t tag, divided bool) (section, tag, bool) {
	b := p.body()
	for {
		mark, ok := p.fill(&b)
		if !ok {
			p.unclosed(t)
			return section{p.nodes(b), b.solid}, mark, false
		}
		if mark.closes(t.name) || divided && mark.divides(t.name) {
			return section{p.nodes(b), b.solid}, mark, true
		}
		p.misplaced(mark, &t)
		p.settle()
		if p.handOver(mark) {
			return section{p.nodes(b), b.solid}, mark, false
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

// misplaced notes that mark does not belong inside the block, or outside of
// all blocks where block is nil.
func (p *parser) misplaced(mark tag, block *tag) {
	switch {
	case block == nil && strings.HasPrefix(mark.name, "end"):
		p.fail(mark.at, ticked(mark.name)+" closes nothing here: remove it, or open the block")
	case block == nil:
		p.fail(mark.at, ticked(mark.name)+" stands outside of a block")
	default:
		p.fail(mark.at, "unexpected "+ticked(mark.name)+" inside `"+block.name+"`: close that first with end"+block.name)
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
	p.add(node)
	cond := p.test(t)
	if !p.nestBlock(t) {
		return
	}
	p.guards++
	s, mark, ok := p.section(t, true)
	solid := s.solid
	node.Branches = p.branches.copies([]Branch{{Cond: cond, Body: s.nodes}})
	for ok && mark.name == "elsif" {
		cond = p.test(mark)
		s, mark, ok = p.section(t, true)
		node.Branches = append(node.Branches, Branch{Cond: cond, Body: s.nodes})
		solid = solid || s.solid
	}
	if ok && mark.name == "else" {
		s, mark, ok = p.section(t, true)
		node.Else = s.nodes
		solid = solid || s.solid
	}
	reached := len(p.references)
	for ok && !mark.closes(t.name) {
		p.dead = append(p.dead, mark.start)
		if mark.name == "elsif" {
			p.test(mark)
		}
		s, mark, ok = p.section(t, true)
		solid = solid || s.solid
	}
	p.references = p.references[:reached]
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
	p.add(node)
	p.readOver("case takes one value")
	p.settleIn(t.at)
	if !p.nestBlock(t) {
		return
	}
	// What stands before the first `when` is not rendered.
	dead := len(p.references)
	head, mark, ok := p.section(t, true)
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
		var s section
		s, mark, ok = p.section(t, true)
		p.guards--
		solid = solid || s.solid
		arm.Body = s.nodes
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

// withoutText returns the nodes that are not text, in the same slice.
func withoutText(nodes []Node) []Node {
	if nodes = slices.DeleteFunc(nodes, isText); len(nodes) == 0 {
		return nil
	}
	return nodes
}
