package macros

import (
	"bytes"
	"slices"
	"strings"
)

// String returns source that parses to the same tree: what Liquid ignores,
// such as comments and the white space inside tags, is gone.
func (t *Template) String() string {
	p := printer{syntax: t.Syntax}
	p.nodes(t.Nodes, false)
	return string(p.out)
}

// printer writes a tree as source.
type printer struct {
	out    []byte
	syntax Syntax
}

func (p *printer) add(parts ...string) {
	for _, part := range parts {
		p.out = append(p.out, part...)
	}
}

// openTag and closeTag enclose a tag.
func (p *printer) openTag(name string) { p.add("{% ", name) }

func (p *printer) closeTag() { p.add(" %}") }

func (p *printer) tag(name string) {
	p.openTag(name)
	p.closeTag()
}

// nodes writes nodes in order. KeepBlank says that white space alone would be
// dropped where they stand.
func (p *printer) nodes(nodes []Node, keepBlank bool) {
	for i, n := range nodes {
		switch n := n.(type) {
		case *Text:
			if i == 0 || !isText(nodes[i-1]) {
				p.text(leadingText(nodes[i:]), keepBlank)
			}
		case *Output:
			p.output(n)
		case *Assign:
			p.openTag("assign ")
			p.add(n.Name, " = ")
			p.expr(n.Value)
			p.closeTag()
		case *Capture:
			p.openTag("capture ")
			if isName(n.Name) {
				p.add(n.Name)
			} else {
				p.quote(n.Name)
			}
			p.closeTag()
			p.nodes(n.Body, false)
			p.tag("endcapture")
		case *Increment:
			if n.Down {
				p.openTag("decrement ")
			} else {
				p.openTag("increment ")
			}
			p.add(n.Name)
			p.closeTag()
		case *Break:
			p.tag("break")
		case *Continue:
			p.tag("continue")
		case *IfChanged:
			p.tag("ifchanged")
			p.nodes(n.Body, false)
			p.tag("endifchanged")
		case *Cycle:
			p.openTag("cycle ")
			if n.Group != nil {
				p.expr(n.Group)
				p.add(": ")
			}
			p.add(n.Key)
			p.closeTag()
		case *Partial:
			p.partial(n)
		case *If:
			p.branches(n)
		case *Case:
			p.arms(n)
		case *For:
			p.loop(n)
		case *TableRow:
			p.tableRow(n)
		}
	}
}

func isText(n Node) bool {
	_, ok := n.(*Text)
	return ok
}

// leadingText returns the text that nodes begin with.
func leadingText(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		text, ok := n.(*Text)
		if !ok {
			break
		}
		b.WriteString(text.Text)
	}
	return b.String()
}

// text writes literal text so that none of it is taken for anything else.
func (p *printer) text(text string, keepBlank bool) {
	if p.syntax == Liquid {
		if keepBlank && isBlank(text) || strings.HasSuffix(text, "{") ||
			strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, `\<<`) {
			if strings.Contains(text, "endraw") {
				// Behind each `{%` the block is closed and opened again, so that
				// an `{% endraw` of the text does not close it.
				text = strings.ReplaceAll(text, "{%", "{%{% endraw %}{% raw %}")
			}
			p.add("{% raw %}", text, "{% endraw %}")
			return
		}
	}
	p.add(strings.ReplaceAll(text, "<<", `\<<`))
}

// output writes an output in the first form whose end its texts do not hold.
func (p *printer) output(n *Output) {
	start := len(p.out)
	if p.syntax == Bare && (escaped(p.out) || bytes.HasSuffix(p.out, []byte(`\<`))) {
		p.expr(n.Value)
		return
	}
	forms := [][2]string{{"{{ ", " }}"}, {"{% echo ", " %}"}, {"<<", ">>"}}
	if p.syntax != Liquid {
		forms = forms[2:]
	}
	for _, form := range forms {
		p.out = append(p.out[:start], form[0]...)
		p.expr(n.Value)
		if !bytes.Contains(p.out[start+len(form[0]):], []byte(strings.TrimSpace(form[1]))) {
			p.add(form[1])
			return
		}
	}
}

func (p *printer) partial(n *Partial) {
	if n.Isolated {
		p.openTag("render ")
	} else {
		p.openTag("include ")
	}
	p.expr(n.Name)
	if n.With != nil {
		if n.Each {
			p.add(" for ")
		} else {
			p.add(" with ")
		}
		p.expr(n.With)
	}
	if n.As != "" {
		p.add(" as ", n.As)
	}
	for _, a := range n.Args {
		p.add(", ", a.Name, ": ")
		p.expr(a.Value)
	}
	p.closeTag()
}

func (p *printer) branches(n *If) {
	name, opening := "if", "if "
	if n.Unless {
		name, opening = "unless", "unless "
	}
	sections := [][]Node{n.Else}
	for _, b := range n.Branches {
		sections = append(sections, b.Body)
	}
	keepBlank := !slices.ContainsFunc(sections, nonblank)
	for _, b := range n.Branches {
		p.openTag(opening)
		p.expr(b.Cond)
		p.closeTag()
		p.nodes(b.Body, keepBlank)
		opening = "elsif "
	}
	p.otherwise(n.Else, keepBlank)
	p.tag("end" + name)
}

func (p *printer) otherwise(nodes []Node, keepBlank bool) {
	if nodes != nil {
		p.tag("else")
		p.nodes(nodes, keepBlank)
	}
}

func (p *printer) arms(n *Case) {
	p.openTag("case ")
	p.expr(n.Value)
	p.closeTag()
	keepBlank := !slices.ContainsFunc(n.Arms, func(a Arm) bool { return nonblank(a.Body) })
	for _, a := range n.Arms {
		if a.Else {
			p.tag("else")
		} else {
			p.openTag("when ")
			p.list(a.Values)
			p.closeTag()
		}
		p.nodes(a.Body, keepBlank)
	}
	p.tag("endcase")
}

func (p *printer) loop(n *For) {
	p.openTag("for ")
	p.add(n.Name, " in ", n.Key[len(n.Name)+1:])
	if n.Reversed {
		p.add(" reversed")
	}
	p.attributes(n.Limit, n.Offset, n.OffsetContinue)
	p.closeTag()
	keepBlank := !nonblank(n.Body) && !nonblank(n.Else)
	p.nodes(n.Body, keepBlank)
	p.otherwise(n.Else, keepBlank)
	p.tag("endfor")
}

func (p *printer) tableRow(n *TableRow) {
	p.openTag("tablerow ")
	p.add(n.Name, " in ", n.Key[len(n.Name)+1:])
	if n.Cols != nil {
		p.add(" cols: ")
		p.expr(n.Cols)
	}
	p.attributes(n.Limit, n.Offset, n.OffsetContinue)
	p.closeTag()
	p.nodes(n.Body, false)
	p.tag("endtablerow")
}

func (p *printer) attributes(limit, offset Expr, offsetContinue bool) {
	if limit != nil {
		p.add(" limit: ")
		p.expr(limit)
	}
	if offsetContinue {
		p.add(" offset: continue")
	} else if offset != nil {
		p.add(" offset: ")
		p.expr(offset)
	}
}

// nonblank reports whether nodes keepBlank the white space beside them from being
// dropped; see [blockBody].
func nonblank(nodes []Node) bool {
	return slices.ContainsFunc(nodes, func(n Node) bool {
		switch n := n.(type) {
		case *Text:
			return !isBlank(n.Text)
		case *Assign, *Capture:
			return false
		case *If:
			return nonblank(n.Else) || slices.ContainsFunc(n.Branches, func(b Branch) bool { return nonblank(b.Body) })
		case *Case:
			return slices.ContainsFunc(n.Arms, func(a Arm) bool { return nonblank(a.Body) })
		case *For:
			return nonblank(n.Body) || nonblank(n.Else)
		case *TableRow:
			return nonblank(n.Body)
		case *IfChanged:
			return nonblank(n.Body)
		}
		return true
	})
}
