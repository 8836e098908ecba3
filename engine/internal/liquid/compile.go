package liquid

import (
	"context"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// compiler turns trees into ops.
type compiler struct {
	t        *Template
	source   *request.Source
	problems []request.Problem
	// references :: reference -> place in Template.refs
	references map[*macros.Reference]int
	partials   map[partialKey]*compiled
	sources    []*request.Source
	// sets are the names that the template sets; nil where any may be set.
	sets map[string]bool
	// reads are the names that it reads and may not have set.
	reads map[string]bool
	// bound counts the expressions around the code that call an item by a name.
	bound    map[string]int
	isolated bool
	// capturing says that the code stands in a capture, its own or one around the
	// call of its partial.
	capturing bool
	// branches counts the branches and loops around the code, those around the
	// call of its partial too.
	branches int
	depth    int
	// escaped has the escapers of the source's values; nil where the context alone
	// tells.
	escaped *escaped
	// parsed :: partial -> its source
	parsed map[string]*parsedPartial
	// load reads a partial's source, or says what is wrong with it.
	load func(name string) (source, problem string, missing bool)
	// ctx is the caller's; once it ends, or too much is compiled, stopped says so
	// and nothing more is read.
	ctx     context.Context
	stopped *request.Error
	// dynamic says that a render is under way, so that no more secrets can be
	// resolved.
	dynamic bool
	// read is the length of all sources that were compiled, a partial counted
	// as often as it was, and text how much of that is text.
	read, text int
}

func newCompiler(t *Template, ctx context.Context) *compiler {
	return &compiler{
		t: t, ctx: ctx, references: make(map[*macros.Reference]int),
		partials: make(map[partialKey]*compiled), reads: make(map[string]bool),
	}
}

// template compiles the main template.
func (c *compiler) template(tree *macros.Template) []op {
	c.source = sourceOf(tree, "")
	c.enter(tree)
	var deadEnd *request.Problem
	if c.t.options.Context.Tracked() {
		p := c.escapePass(escape.Begin())
		c.escaped = p.template(tree, c.source)
		c.t.check = p.unsure && c.t.options.Context == escape.InJSON
		c.t.mayBeScheme = p.scheme
		deadEnd = p.deadEnd
	}
	c.sets = names(tree.Nodes)
	for _, mistake := range tree.Lenient {
		c.t.lenient = append(c.t.lenient, request.Problem{
			Code: mistake.Code, Message: mistake.Message, Place: mistake.Place,
		})
	}
	c.read = len(tree.Source)
	ops := c.body(tree.Nodes)
	if deadEnd != nil && len(c.problems) == 0 {
		c.problems = append(c.problems, *deadEnd)
	}
	for _, u := range c.sources {
		c.t.sources = append(c.t.sources, *u)
	}
	for name := range c.reads {
		c.t.names = append(c.t.names, name)
	}
	slices.Sort(c.t.names)
	return ops
}

func sourceOf(tree *macros.Template, partial string) *request.Source {
	return &request.Source{
		Text: tree.Source, Partial: partial, References: tree.References, Places: macros.NewPlaces(tree.Source),
	}
}

// enter adds the source of tree, and the secrets that it mentions, to those of the
// template.
func (c *compiler) enter(tree *macros.Template) {
	c.sources = append(c.sources, c.source)
	if c.dynamic {
		return
	}
	for _, ref := range tree.References {
		c.references[ref] = len(c.t.refs)
		c.t.refs = append(c.t.refs, ref)
	}
}

func (c *compiler) fail(pos macros.Pos, code, message string) {
	c.problems = append(c.problems, c.source.Problem(pos, code, message))
}

// slot returns the slot of a name that the template sets.
func (c *compiler) slot(name string) int { return c.t.slotOf(name) }

// body compiles nodes. Literal text goes into the op before which it stands.
func (c *compiler) body(nodes []macros.Node) []op {
	if c.depth++; c.depth > c.t.options.Limits.Nesting {
		if len(c.problems) == 0 {
			c.problems = append(c.problems, exceeded("nesting", c.t.options.Limits.Nesting, "blocks").Problems...)
		}
		return nil
	}
	defer func() { c.depth-- }()
	b := &opList{}
	c.nodes(b, nodes)
	return b.done()
}

// block compiles the body of a tag whose blank says that it prints nothing but
// white space, which is then left out.
func (c *compiler) block(nodes []macros.Node, blank bool) []op {
	return c.body(printed(nodes, blank))
}

// branch compiles the body of a branch or a loop, which may never be rendered.
func (c *compiler) branch(nodes []macros.Node, blank bool) []op {
	c.branches++
	defer func() { c.branches-- }()
	return c.block(nodes, blank)
}

// printed returns nodes without their white space where blank says so.
func printed(nodes []macros.Node, blank bool) []macros.Node {
	if !blank {
		return nodes
	}
	rest := make([]macros.Node, 0, len(nodes))
	for _, n := range nodes {
		if _, isText := n.(*macros.Text); !isText {
			rest = append(rest, n)
		}
	}
	return rest
}

// opList collects ops.
type opList struct {
	ops []op
	// text is the literal text before the next op: one text as it stands in
	// the source, or several joined in more.
	text string
	more []byte
}

func (b *opList) literal(text string) {
	switch {
	case len(b.more) > 0:
		b.more = append(b.more, text...)
	case b.text == "":
		b.text = text
	default:
		b.more = append(append(b.more, b.text...), text...)
	}
}

func (b *opList) add(o op) {
	if len(b.more) > 0 {
		b.text, b.more = string(b.more), b.more[:0]
	}
	o.text, b.text = b.text, ""
	b.ops = append(b.ops, o)
}

func (b *opList) done() []op {
	if b.text != "" {
		b.add(op{})
	}
	return slices.Clip(b.ops)
}

func (c *compiler) nodes(b *opList, nodes []macros.Node) {
	if c.t.options.Context == escape.InJSON {
		c.trailing(nodes)
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case *macros.Text:
			c.report(n, n.Pos)
			c.text += len(n.Text)
			b.literal(n.Text)
		case *macros.Output:
			b.add(c.output(n))
		default:
			b.add(c.tag(n))
		}
	}
}

// output compiles a value that is printed.
func (c *compiler) output(n *macros.Output) op {
	o := op{mode: c.escaper(n, n.Pos), source: c.source, pos: n.Pos}
	switch x := n.Value.(type) {
	case *macros.Variable:
		if path, ok := c.plain(x); ok {
			c.reads[x.Name] = true
			o.pos = x.Pos
			o.does, o.path = opVariable, path
			if len(path) > 1 {
				o.does = opPath
			}
			return o
		}
	case *macros.Secret:
		if at, ok := c.references[x.Reference]; ok && !x.Reference.Guarded && static(x.Reference) {
			o.does, o.slot = opSecret, at
			return o
		}
	}
	o.does = opNode
	o.node = &output{value: c.operand(n.Value), mode: o.mode}
	return o
}

// plain returns the path of a variable that only the request can set and whose
// keys are all written out.
func (c *compiler) plain(x *macros.Variable) ([]string, bool) {
	if c.isolated || x.Root != nil || c.sets == nil || c.sets[x.Name] {
		return nil, false
	}
	path := []string{x.Name}
	for _, segment := range x.Path {
		if segment.Index != nil || !c.dotted(segment) {
			return nil, false
		}
		path = append(path, segment.Key)
	}
	return path, true
}

// dotted reports whether a segment is written `.key`, which also knows the
// commands size, first and last.
func (c *compiler) dotted(segment macros.Segment) bool {
	at := int(segment.Pos)
	if at < 0 || at >= len(c.source.Text) {
		return true
	}
	return !(c.source.Text[at] == '[' || c.source.Text[at] == '"' || c.source.Text[at] == '\'')
}

// static reports whether ref leads to its value without rendering anything.
func static(ref *macros.Reference) bool {
	if ref.Computed != nil {
		return false
	}
	for _, segment := range ref.Path {
		if segment.Index != nil {
			if _, ok := segment.Index.(*macros.Literal); !ok {
				return false
			}
		}
	}
	return true
}

// escaper returns how a value is escaped, as the escape pass decided it.
func (c *compiler) escaper(n macros.Node, pos macros.Pos) escape.Escaper {
	if c.escaped == nil || c.capturing {
		return c.t.options.Context.Fixed(c.capturing)
	}
	c.report(n, pos)
	return c.escaped.escaper(n, pos)
}

// report reports what the escape pass found wrong at n.
func (c *compiler) report(n macros.Node, pos macros.Pos) {
	if c.escaped == nil {
		return
	}
	if problem, ok := c.escaped.problems[n]; ok {
		c.fail(pos, request.TemplateSyntax, problem)
	}
}

// flat reports whether ops need no node.
func flat(ops []op) bool {
	return !slices.ContainsFunc(ops, func(o op) bool { return o.does == opNode })
}

// names returns what nodes set, or nil where an `include` may set anything.
func names(nodes []macros.Node) map[string]bool {
	set := make(map[string]bool)
	if !collect(set, nodes) {
		return nil
	}
	return set
}

func collect(set map[string]bool, nodes []macros.Node) bool {
	for _, n := range nodes {
		ok := true
		switch n := n.(type) {
		case *macros.Assign:
			set[n.Name] = true
		case *macros.Increment:
			set[n.Name] = true
		case *macros.Capture:
			set[n.Name] = true
			ok = collect(set, n.Body)
		case *macros.For:
			set[n.Name], set["forloop"] = true, true
			ok = collect(set, n.Body) && collect(set, n.Else)
		case *macros.TableRow:
			set[n.Name], set["tablerowloop"] = true, true
			ok = collect(set, n.Body)
		case *macros.If:
			for _, b := range n.Branches {
				ok = ok && collect(set, b.Body)
			}
			ok = ok && collect(set, n.Else)
		case *macros.Case:
			for _, a := range n.Arms {
				ok = ok && collect(set, a.Body)
			}
		case *macros.IfChanged:
			ok = collect(set, n.Body)
		case *macros.Partial:
			ok = n.Isolated
		}
		if !ok {
			return false
		}
	}
	return true
}
