package liquid

import (
	"cmp"
	"slices"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/engine/internal/request"
	"github.com/sotto-render/sotto/macros"
)

// escaped is a parsed template, or a partial as it is called in certain states,
// with the escaper of each value in it. What is compiled from it needs no look
// at what stands around a value any more.
type escaped struct {
	source *request.Source
	// decisions are about the values, in the order of their places.
	decisions []decision
	// problems says why a node cannot stand where it does.
	problems map[macros.Node]string
	// partials are those that the tree calls by name.
	partials map[*macros.Partial]*escaped
	// after are the states where it ends, jumps those in which it is left.
	after escape.States
	jumps jumps
	// missing says that there is no such partial, and that its call stands in a
	// branch.
	missing bool
}

// decision is how the value that is printed by node is escaped.
type decision struct {
	node    macros.Node
	pos     macros.Pos
	escaper escape.Escaper
}

// decide notes the escaper of n, which may be one for more states than before.
func (e *escaped) decide(n macros.Node, pos macros.Pos, escaper escape.Escaper) {
	at, found := e.find(pos)
	if !found {
		e.decisions = slices.Insert(e.decisions, at, decision{node: n, pos: pos})
	} else if e.decisions[at].node != n {
		escaper = escape.Live // two values at one place must not take each other's
	}
	e.decisions[at].escaper = escaper
}

// escaper returns the escaper of n. A value that the pass did not come to, such
// as one nested too deep, must not go out as it is: reading the output is right
// everywhere.
func (e *escaped) escaper(n macros.Node, pos macros.Pos) escape.Escaper {
	if at, found := e.find(pos); found && e.decisions[at].node == n {
		return e.decisions[at].escaper
	}
	return escape.Live
}

func (e *escaped) find(pos macros.Pos) (int, bool) {
	return slices.BinarySearchFunc(e.decisions, pos, func(d decision, pos macros.Pos) int { return cmp.Compare(d.pos, pos) })
}

// jumps are the states in which break and continue leave a body.
type jumps struct{ breaks, continues escape.States }

func (j *jumps) add(k jumps) {
	j.breaks, j.continues = j.breaks.Join(k.breaks), j.continues.Join(k.continues)
}

// escapePass walks a parsed template before it is compiled, and decides how each
// value is escaped. Only contexts that are tracked need it.
//
// A body that may run twice is walked until the states behind it add nothing to
// those before it, so a value in it is escaped for every turn alike; a partial is
// walked once for each set of states that it is called in.
type escapePass struct {
	c       *compiler
	context escape.Context
	// tree is the one whose nodes are walked, at the states before the next.
	tree  *escaped
	at    escape.States
	jumps jumps
	// capturing says that what is printed goes into a capture, which is escaped
	// where that is printed. Only break and continue count in it.
	capturing bool
	// last says that nothing is printed behind the node in hand.
	last  bool
	depth int
	// branches counts the branches and loops around the node in hand.
	branches int
	// partials are those that were walked; walks counts the walks of each, nested
	// is how deep they call each other, work the nodes that were walked.
	partials map[partialStates]*escaped
	walks    map[string]int
	nested   int
	work     int
	// failed counts the mistakes that were found.
	failed int
	// deadEnd is the first place from which no branch leads on.
	deadEnd *request.Problem
	// unsure says that only the finished output shows whether it is JSON, scheme
	// that a value stands where the scheme of the URL may be.
	unsure bool
	scheme bool
}

// partialStates names a partial and the states in which it is called.
type partialStates struct {
	name      string
	capturing bool
	states    string
}

func (c *compiler) escapePass(at escape.States) *escapePass {
	return &escapePass{
		c: c, context: c.t.options.Context, at: at, last: true,
	}
}

// template walks the main template.
func (p *escapePass) template(tree *macros.Template, u *request.Source) *escaped {
	done := &escaped{source: u}
	p.walk(done, tree)
	p.end(u, macros.Pos(len(tree.Source)))
	return done
}

// end looks at the states in which the template may end.
func (p *escapePass) end(u *request.Source, pos macros.Pos) {
	if p.context != escape.InJSON {
		return
	}
	may, always := p.at.Join(p.jumps.breaks).Join(p.jumps.continues).Complete()
	p.unsure = p.unsure || !always
	switch {
	case may:
		p.deadEnd = nil
	case p.deadEnd == nil:
		problem := u.Problem(pos, request.TemplateSyntax, "the JSON is not complete here: a value, a quote or a closing bracket is missing")
		p.deadEnd = &problem
	}
}

func (p *escapePass) walk(into *escaped, tree *macros.Template) {
	outer := p.tree
	// Every second node of a list is a value as a rule.
	into.decisions = make([]decision, 0, len(tree.Nodes)/2+1)
	p.tree = into
	p.body(tree.Nodes)
	p.tree = outer
}

func (p *escapePass) body(nodes []macros.Node) {
	if p.depth == p.c.t.options.Limits.Nesting {
		return // the compiler says so
	}
	p.depth++
	last := p.last
	for i, n := range nodes {
		p.work++
		p.last = last && i == len(nodes)-1
		p.node(nodes, i, n)
	}
	p.last = last
	p.depth--
}

// block walks what the compiler's block compiles.
func (p *escapePass) block(nodes []macros.Node, blank bool) { p.body(printed(nodes, blank)) }

// branch walks what the compiler's branch compiles.
func (p *escapePass) branch(nodes []macros.Node, blank bool) {
	p.branches++
	p.block(nodes, blank)
	p.branches--
}

func (p *escapePass) node(nodes []macros.Node, i int, n macros.Node) {
	switch n := n.(type) {
	case *macros.Text:
		p.literal(n)
	case *macros.Output:
		p.value(nodes, i, n, n.Pos)
	case *macros.Cycle:
		p.value(nodes, i, n, n.Pos)
	case *macros.Increment:
		p.value(nodes, i, n, n.Pos)
	case *macros.Capture:
		outer := p.capturing
		p.capturing = true
		p.body(n.Body)
		p.capturing = outer
		p.captured(n)
	case *macros.If:
		p.conditional(n)
	case *macros.Case:
		p.choice(n)
	case *macros.For:
		p.loop(n)
	case *macros.TableRow:
		before := p.at
		p.repeated(true, func() { p.branch(n.Body, false) })
		p.at = p.at.Join(before)
	case *macros.IfChanged:
		before := p.at
		p.body(n.Body)
		p.at = p.at.Join(before)
	case *macros.Break:
		p.jumps.breaks, p.at = p.jumps.breaks.Join(p.at), escape.States{}
	case *macros.Continue:
		p.jumps.continues, p.at = p.jumps.continues.Join(p.at), escape.States{}
	case *macros.Partial:
		p.call(n)
	}
}

// literal follows text that is printed as it is.
func (p *escapePass) literal(n *macros.Text) {
	if p.capturing || n.Text == "" || p.at.Dead() {
		return
	}
	next := p.at.Literal(p.context, n.Text)
	p.follow(next)
	if next.Problem != "" {
		p.fail(n, next.Problem)
	}
	if next.Stuck != "" {
		p.stuck(p.tree.source.PosIn(n, next.At), next.Stuck)
	}
}

// value follows a value and decides its escaper.
func (p *escapePass) value(nodes []macros.Node, i int, n macros.Node, pos macros.Pos) {
	if p.capturing {
		return
	}
	var following escape.Following
	if p.context != escape.InJSON {
		following = p.following(nodes, i)
		following.Raw = isRaw(n)
	}
	next := p.at.Value(p.context, following)
	p.follow(next)
	if next.Stuck != "" {
		p.stuck(pos, next.Stuck)
	}
	if next.Problem != "" && !(p.context == escape.InHTML && isRaw(n)) {
		p.fail(n, next.Problem)
	}
	if next.Problem == "" && !isRaw(n) {
		p.c.doubt(p.tree.source, pos, next.Escaper.Doubt(endsWith(n, "json")))
	}
	p.tree.decide(n, pos, next.Escaper)
}

// isRaw reports whether the author takes the responsibility for what n prints.
func isRaw(n macros.Node) bool { return endsWith(n, "raw") }

// endsWith reports whether filter is the last that n's value passes.
func endsWith(n macros.Node, filter string) bool {
	out, ok := n.(*macros.Output)
	if !ok {
		return false
	}
	value, ok := out.Value.(*macros.Filtered)
	return ok && len(value.Filters) > 0 && value.Filters[len(value.Filters)-1].Name == filter
}

// captured looks at what was captured. Where that opens markup and does not close
// it, what stands behind the place where it is printed is known to the render
// only.
func (p *escapePass) captured(n *macros.Capture) {
	if p.context == escape.InHTML && !p.at.Dead() && opens(n.Body) {
		p.at = escape.Unknown()
	}
}

// opens reports whether the text of nodes ends in another place than it began.
func opens(nodes []macros.Node) bool {
	at := escape.Begin()
	for _, n := range nodes {
		if t, ok := n.(*macros.Text); ok {
			at = at.Literal(escape.InHTML, t.Text).States
		}
	}
	return !at.Covers(escape.Begin())
}

func (p *escapePass) follow(next escape.Transition) {
	p.at = next.States
	p.unsure = p.unsure || next.Unsure
	p.scheme = p.scheme || next.Scheme
}

// fail notes a mistake for the compiler, which reports it when it comes to n, so
// that all mistakes come in the order of the source.
func (p *escapePass) fail(n macros.Node, problem string) {
	if p.tree.problems == nil {
		p.tree.problems = make(map[macros.Node]string)
	}
	p.tree.problems[n] = problem
	p.failed++
}

// stuck notes where no state leads on. That is a mistake only if no other branch
// leads to the end either.
func (p *escapePass) stuck(pos macros.Pos, message string) {
	if p.deadEnd == nil {
		problem := p.tree.source.Problem(pos, request.TemplateSyntax, message)
		p.deadEnd = &problem
	}
}

// following returns what stands behind node i of a body.
func (p *escapePass) following(nodes []macros.Node, i int) escape.Following {
	f := escape.AtEnd(p.last)
	for _, n := range nodes[i+1 : min(i+1+escape.MaxFollowing, len(nodes))] {
		if t, ok := n.(*macros.Text); ok {
			if f.Literal(t.Text) {
				break
			}
			continue
		}
		f.Value()
		if _, ok := n.(*macros.Output); !ok {
			break
		}
	}
	return f
}
