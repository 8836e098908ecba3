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

// open and shut enclose a tag.
func (p *printer) open(name string) { p.add("{% ", name) }

func (p *printer) shut() { p.add(" %}") }

func (p *printer) tag(name string) {
	p.open(name)
	p.shut()
}

// nodes writes nodes in order. Keep says that white space alone would be
// dropped where they stand.
func (p *printer) nodes(nodes []Node, keep bool) {
	for i, n := range nodes {
		switch n := n.(type) {
		case *Text:
			if i == 0 || !isText(nodes[i-1]) {
				p.text(joined(nodes[i:]), keep)
			}
		case *Output:
			p.output(n)
		case *Assign:
			p.open("assign ")
			p.add(n.Name, " = ")
			p.expr(n.Value)
			p.shut()
		case *Capture:
			p.open("capture ")
			if isName(n.Name) {
				p.add(n.Name)
			} else {
				p.quote(n.Name)
			}
			p.shut()
			p.nodes(n.Body, false)
			p.tag("endcapture")
		case *Increment:
			if n.Down {
				p.open("decrement ")
			} else {
				p.open("increment ")
			}
			p.add(n.Name)
			p.shut()
		case *Break:
			p.tag("break")
		case *Continue:
			p.tag("continue")
		case *IfChanged:
			p.tag("ifchanged")
			p.nodes(n.Body, false)
			p.tag("endifchanged")
		case *Cycle:
			p.open("cycle ")
			if n.Group != nil {
				p.expr(n.Group)
				p.add(": ")
			}
			p.add(n.Key)
			p.shut()
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

// joined returns the text that nodes begin with.
func joined(nodes []Node) string {
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
func (p *printer) text(text string, keep bool) {
	if p.syntax == Liquid {
		if keep && isBlank(text) || strings.HasSuffix(text, "{") ||
			strings.Contains(text, "{{") || strings.Contains(text, "{%") {
			if strings.Contains(text, "endraw") {
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
	if p.syntax == Bare && (bytes.HasSuffix(p.out, []byte(`\`)) || bytes.HasSuffix(p.out, []byte(`\<`))) {
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
		p.open("render ")
	} else {
		p.open("include ")
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
	p.shut()
}

func (p *printer) branches(n *If) {
	name, mark := "if", "if "
	if n.Unless {
		name, mark = "unless", "unless "
	}
	sections := [][]Node{n.Else}
	for _, b := range n.Branches {
		sections = append(sections, b.Body)
	}
	keep := !slices.ContainsFunc(sections, isSolid)
	for _, b := range n.Branches {
		p.open(mark)
		p.expr(b.Cond)
		p.shut()
		p.nodes(b.Body, keep)
		mark = "elsif "
	}
	p.otherwise(n.Else, keep)
	p.tag("end" + name)
}

func (p *printer) otherwise(nodes []Node, keep bool) {
	if nodes != nil {
		p.tag("else")
		p.nodes(nodes, keep)
	}
}

func (p *printer) arms(n *Case) {
	p.open("case ")
	p.expr(n.Value)
	p.shut()
	keep := !slices.ContainsFunc(n.Arms, func(a Arm) bool { return isSolid(a.Body) })
	for _, a := range n.Arms {
		if a.Else {
			p.tag("else")
		} else {
			p.open("when ")
			p.list(a.Values)
			p.shut()
		}
		p.nodes(a.Body, keep)
	}
	p.tag("endcase")
}

func (p *printer) loop(n *For) {
	p.open("for ")
	p.add(n.Name, " in ", n.Key[len(n.Name)+1:])
	if n.Reversed {
		p.add(" reversed")
	}
	p.attributes(n.Limit, n.Offset, n.OffsetContinue)
	p.shut()
	keep := !isSolid(n.Body) && !isSolid(n.Else)
	p.nodes(n.Body, keep)
	p.otherwise(n.Else, keep)
	p.tag("endfor")
}

func (p *printer) tableRow(n *TableRow) {
	p.open("tablerow ")
	p.add(n.Name, " in ", n.Key[len(n.Name)+1:])
	if n.Cols != nil {
		p.add(" cols: ")
		p.expr(n.Cols)
	}
	p.attributes(n.Limit, n.Offset, n.OffsetContinue)
	p.shut()
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

// isSolid reports whether nodes keep the white space beside them from being
// dropped; see [body].
func isSolid(nodes []Node) bool {
	return slices.ContainsFunc(nodes, func(n Node) bool {
		switch n := n.(type) {
		case *Text:
			return !isBlank(n.Text)
		case *Assign, *Capture:
			return false
		case *If:
			return isSolid(n.Else) || slices.ContainsFunc(n.Branches, func(b Branch) bool { return isSolid(b.Body) })
		case *Case:
			return slices.ContainsFunc(n.Arms, func(a Arm) bool { return isSolid(a.Body) })
		case *For:
			return isSolid(n.Body) || isSolid(n.Else)
		case *TableRow:
			return isSolid(n.Body)
		case *IfChanged:
			return isSolid(n.Body)
		}
		return true
	})
}
