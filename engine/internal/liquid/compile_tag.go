package liquid

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// tag compiles a tag.
func (c *compiler) tag(n macros.Node) op {
	switch n := n.(type) {
	case *macros.Assign:
		return c.op(n.Pos, &assign{slot: c.slot(n.Name), value: c.operand(n.Value)})
	case *macros.Capture:
		return c.op(n.Pos, c.capture(n))
	case *macros.If:
		return c.op(n.Pos, c.conditional(n))
	case *macros.Case:
		return c.op(n.Pos, c.choice(n))
	case *macros.For:
		return c.op(n.Pos, c.forLoop(n))
	case *macros.TableRow:
		return c.op(n.Pos, c.tableRow(n))
	case *macros.Break:
		return c.op(n.Pos, interrupt{breakLoop})
	case *macros.Continue:
		return c.op(n.Pos, interrupt{continueLoop})
	case *macros.Cycle:
		return c.op(n.Pos, c.cycle(n))
	case *macros.Increment:
		return c.op(n.Pos, &increment{name: n.Name, slot: c.slot(n.Name), down: n.Down, mode: c.escaper(n, n.Pos)})
	case *macros.Partial:
		return c.op(n.Pos, c.call(n))
	case *macros.IfChanged:
		return c.op(n.Pos, &ifChanged{body: c.body(n.Body)})
	}
	return op{}
}

func (c *compiler) op(pos macros.Pos, n node) op {
	return op{does: opNode, node: n, source: c.source, pos: pos}
}

func (c *compiler) capture(n *macros.Capture) node {
	outer := c.capturing
	c.capturing = true
	body := c.body(n.Body)
	c.capturing = outer
	return &capture{slot: c.slot(n.Name), body: body, lone: isLone(n.Body)}
}

// isLone reports whether nodes print one value, with white space around it.
func isLone(nodes []macros.Node) bool {
	values := 0
	for _, n := range nodes {
		if _, ok := n.(*macros.Output); ok {
			values++
		} else if _, ok := n.(*macros.Text); !ok || !isBlank(n) {
			return false
		}
	}
	return values == 1
}

func (c *compiler) conditional(n *macros.If) node {
	out, blank := &conditional{}, isBlank(n)
	for i, b := range n.Branches {
		next := branch{cond: c.operand(b.Cond), negate: n.Unless && i == 0}
		next.body = c.branch(b.Body, blank)
		out.branches = append(out.branches, next)
	}
	out.otherwise = c.branch(n.Else, blank)
	return out
}

func (c *compiler) choice(n *macros.Case) node {
	out, blank := &choice{subject: c.operand(n.Value)}, isBlank(n)
	for _, a := range n.Arms {
		next := arm{otherwise: a.Else}
		for _, v := range a.Values {
			next.values = append(next.values, c.operand(v))
		}
		next.body = c.branch(a.Body, blank)
		out.arms = append(out.arms, next)
	}
	return out
}

// exclusive reports whether at most one arm can be rendered: all values are
// literals, each stands once, and an else comes last.
func exclusive(arms []macros.Arm) bool {
	seen := make(map[any]bool)
	for i, a := range arms {
		if a.Else && i < len(arms)-1 {
			return false
		}
		for _, v := range a.Values {
			l, ok := v.(*macros.Literal)
			if !ok || seen[l.Value] {
				return false
			}
			if _, isFloat := l.Value.(float64); isFloat {
				return false
			}
			seen[l.Value] = true
		}
	}
	return true
}

func (c *compiler) forLoop(n *macros.For) node {
	out := &forLoop{iteration: iteration{
		source: c.source, pos: n.Pos, slot: c.slot(n.Name), loopSlot: c.slot("forloop"), key: n.Key,
		in: c.operand(n.In), limit: c.optional(n.Limit), offset: c.optional(n.Offset),
		offsetContinue: n.OffsetContinue, reversed: n.Reversed,
	}}
	blank := isBlank(n)
	out.body = c.branch(n.Body, blank)
	out.otherwise = c.branch(n.Else, blank)
	return out
}

func (c *compiler) tableRow(n *macros.TableRow) node {
	switch c.t.options.Context {
	case escape.InJSON, escape.InURL, escape.InHeader:
		c.fail(n.Pos, request.TemplateSyntax, "`tablerow` prints HTML: it works in the contexts html and text only")
	}
	return &tableRow{
		iteration: iteration{
			source: c.source, pos: n.Pos, slot: c.slot(n.Name), loopSlot: c.slot("tablerowloop"), key: n.Key,
			in: c.operand(n.In), limit: c.optional(n.Limit), offset: c.optional(n.Offset),
			offsetContinue: n.OffsetContinue, reversed: n.Reversed, table: true, body: c.branch(n.Body, false),
		},
		cols: c.optional(n.Cols),
	}
}

func (c *compiler) cycle(n *macros.Cycle) node {
	out := &cycle{group: c.optional(n.Group), key: n.Key, mode: c.escaper(n, n.Pos)}
	for _, v := range n.Values {
		out.values = append(out.values, c.operand(v))
	}
	return out
}

func (c *compiler) call(n *macros.Partial) node {
	// Renders share the template: what one compiles on its way changes nothing of it.
	if !c.dynamic {
		c.t.calls = true
	}
	out := &partial{
		source: c.source, pos: n.Pos, isolated: n.Isolated, capturing: c.capturing,
		with: c.optional(n.With), bound: n.With != nil, each: n.Each, as: n.As,
	}
	for _, arg := range n.Args {
		out.args = append(out.args, partialArg{name: arg.Name, slot: c.slot(arg.Name), value: c.operand(arg.Value)})
	}
	if name, ok := staticName(n); ok {
		key := partialKey{name: name, isolated: n.Isolated, capturing: c.capturing, branch: c.branches > 0}
		if c.escaped != nil {
			key.escaped = c.escaped.partials[n]
		}
		out.body = c.partial(key, c.source, n.Pos)
		return out
	}
	out.name = c.operand(n.Name)
	if !c.dynamic {
		c.t.chooses = true
	}
	return out
}

func (c *compiler) optional(x macros.Expr) operand {
	if x == nil {
		return nil
	}
	return c.operand(x)
}

// operand compiles an expression.
func (c *compiler) operand(x macros.Expr) operand {
	switch x := x.(type) {
	case *macros.Literal:
		return constant{literal(x.Value)}
	case *macros.Empty:
		return emptyLiteral{}
	case *macros.Blank:
		return emptyLiteral{blank: true}
	case *macros.Range:
		return &rangeOperand{source: c.source, pos: x.Pos, from: c.operand(x.From), to: c.operand(x.To)}
	case *macros.Variable:
		return c.variable(x)
	case *macros.Secret:
		return c.secret(x.Reference)
	case *macros.Filtered:
		return c.filtered(x)
	case *macros.Interpolated:
		return c.filtered(x.Joined())
	case *macros.Binary:
		if x.Op == "and" || x.Op == "or" {
			return &logic{or: x.Op == "or", left: c.operand(x.Left), right: c.operand(x.Right)}
		}
		return &comparison{source: c.source, pos: x.Pos, op: x.Op, left: c.operand(x.Left), right: c.operand(x.Right)}
	}
	return constant{nilValue}
}

// literal returns the value of a literal. Its floats stay floats.
func literal(x any) value {
	if f, ok := x.(float64); ok {
		return floatValue(f)
	}
	return valueOf(x)
}

func (c *compiler) steps(path []macros.Segment) []step {
	steps := make([]step, len(path))
	for i, segment := range path {
		steps[i] = step{key: segment.Key, dot: segment.Index == nil && c.dotted(segment)}
		if segment.Index != nil {
			steps[i].index = c.operand(segment.Index)
		}
	}
	return steps
}

func (c *compiler) variable(x *macros.Variable) operand {
	if x.Root != nil {
		return &computed{source: c.source, pos: x.Pos, template: c.t, name: c.operand(x.Root), path: c.steps(x.Path)}
	}
	v := &variable{source: c.source, pos: x.Pos, name: x.Name, slot: -1, path: c.steps(x.Path)}
	if c.isolated || c.sets == nil || c.sets[x.Name] || c.bound[x.Name] > 0 {
		v.slot = c.slot(x.Name)
	} else {
		c.reads[x.Name] = true
	}
	return v
}

func (c *compiler) filtered(x *macros.Filtered) operand {
	out := &filtered{value: c.operand(x.Value)}
	for i, f := range x.Filters {
		if code, message := f.CheckWith(c.t.options.Functions.Filters()); code != "" {
			c.fail(f.Pos, code, message)
			continue
		}
		if v, ok := out.value.(*variable); ok && i == 0 && f.Name == "default" {
			v.covered = true
		}
		run := filters[f.Name]
		if run == nil {
			run = c.t.options.ownFilter(f.Name)
		}
		call := filterCall{filter: run, source: c.source, pos: f.Pos, name: f.Name}
		call.covered = i+1 < len(x.Filters) && x.Filters[i+1].Name == "default"
		for _, arg := range f.Args {
			if x, ok := arg.(*macros.Each); ok {
				call.each = c.each(x)
				continue
			}
			call.args = append(call.args, c.operand(arg))
		}
		for _, arg := range f.Named {
			call.named = c.operand(arg.Value)
		}
		out.filters = append(out.filters, call)
	}
	return out
}

// each compiles an expression about the items of a list.
func (c *compiler) each(x *macros.Each) *each {
	if c.bound == nil {
		c.bound = make(map[string]int)
	}
	c.bound[x.Name]++
	defer func() { c.bound[x.Name]-- }()
	return &each{slot: c.slot(x.Name), body: c.operand(x.Body)}
}

// isBlank reports whether a node prints nothing but white space, whatever the
// data: Liquid then leaves the white space out too.
func isBlank(n macros.Node) bool {
	switch n := n.(type) {
	case *macros.Text:
		return strings.Trim(n.Text, " \t\n\v\f\r") == ""
	case *macros.Assign, *macros.Capture:
		return true
	case *macros.If:
		for _, b := range n.Branches {
			if !allBlank(b.Body) {
				return false
			}
		}
		return allBlank(n.Else)
	case *macros.Case:
		for _, a := range n.Arms {
			if !allBlank(a.Body) {
				return false
			}
		}
		return true
	case *macros.For:
		return allBlank(n.Body) && allBlank(n.Else)
	case *macros.TableRow:
		return allBlank(n.Body)
	case *macros.IfChanged:
		return allBlank(n.Body)
	}
	return false
}

func allBlank(nodes []macros.Node) bool {
	for _, n := range nodes {
		if !isBlank(n) {
			return false
		}
	}
	return true
}
