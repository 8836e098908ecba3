package engine

import (
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/macros"
)

// tracked reports whether the place of a value is followed at all.
func (c *compiler) tracked() bool {
	return !c.entry.capturing && (c.t.context == JSONContext || c.t.context == URLContext)
}

// doubt notes that only the finished output shows whether it is JSON.
func (c *compiler) doubt() {
	if !c.late && c.t.context == JSONContext {
		c.t.check = true
	}
}

// literal follows text that is printed as it is.
func (c *compiler) literal(n *macros.Text) {
	if !c.tracked() || n.Text == "" || c.ahead.Dead() {
		return
	}
	if c.t.context == JSONContext && !utf8.ValidString(n.Text) {
		c.fail(n.Pos, TemplateSyntax, "this text is no UTF-8, which JSON must be")
		return
	}
	next := c.ahead.Literal(escape.Context(c.t.context), n.Text)
	c.follow(next, c.posIn(n, next.At))
}

// follow takes a transition; pos is where it is stuck.
func (c *compiler) follow(next escape.Transition, pos macros.Pos) {
	c.ahead = next.States
	if next.Unsure {
		c.doubt()
	}
	if next.Stuck != "" && c.deadEnd == nil {
		d := detailAt(c.unit, pos, TemplateSyntax, next.Stuck)
		c.deadEnd = &d
	}
}

// posIn returns the place of byte i of a text, as far as escapes and
// white-space control have not moved it.
func (c *compiler) posIn(n *macros.Text, i int) macros.Pos {
	source := c.unit.Text[min(int(n.Pos), len(c.unit.Text)):]
	if len(source) >= i && source[:i] == n.Text[:i] {
		return n.Pos + macros.Pos(i)
	}
	return n.Pos
}

// place returns how a value that is printed at pos is escaped, and follows it.
func (c *compiler) place(pos macros.Pos) escape.Escaper {
	context := escape.Context(c.t.context)
	if !c.tracked() {
		return context.Fixed(c.entry.capturing)
	}
	next := c.ahead.Value(context, c.following)
	if next.Problem != "" {
		c.fail(pos, TemplateSyntax, next.Problem)
	}
	c.t.mayBeScheme = c.t.mayBeScheme || next.Scheme
	c.follow(next, pos)
	return next.Escaper
}

// lookAhead returns what follows node i of a body.
func (c *compiler) lookAhead(nodes []macros.Node, i int) escape.Following {
	f := escape.AtEnd(c.depth == 1)
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

// alternatives are bodies of which one is rendered. All begin in the same
// states.
type alternatives struct {
	c      *compiler
	before escape.States
	after  escape.States
}

func (c *compiler) alternatives() *alternatives {
	return &alternatives{c: c, before: c.ahead}
}

// try compiles one alternative.
func (a *alternatives) try(compile func()) {
	a.c.ahead = a.before
	compile()
	a.after = a.after.Join(a.c.ahead)
}

func (a *alternatives) done() { a.c.ahead = a.after }

// maxRepeats bounds how often a body is compiled until its states settle.
const maxRepeats = 4

// repeated compiles a body that may run any number of times, until what is
// possible before it covers what is possible behind it. In a loop, break and
// continue lead to its end; else they lead on to the loop around it.
func (c *compiler) repeated(loop bool, compile func()) {
	if !c.tracked() {
		compile()
		return
	}
	before, mark := c.ahead, len(c.details)
	outer := c.jumps
	for i := 0; ; i++ {
		c.details = c.details[:mark]
		c.jumps = &jumps{}
		c.ahead = before
		if i == maxRepeats || c.work > maxWork {
			c.ahead = escape.Unknown()
		}
		settled := c.ahead
		compile()
		after := c.ahead
		if loop {
			after = after.Join(c.jumps.continues)
		}
		if settled.Covers(after) || len(c.details) > mark {
			c.ahead = after
			break
		}
		before = before.Join(after)
	}
	inner := c.jumps
	c.jumps = outer
	if loop {
		c.ahead = c.ahead.Join(inner.breaks)
		return
	}
	c.jumps.add(inner)
}

// jumps are the states in which break and continue leave a body.
type jumps struct{ breaks, continues escape.States }

func (j *jumps) add(k *jumps) {
	j.breaks, j.continues = j.breaks.Join(k.breaks), j.continues.Join(k.continues)
}

// maxWork bounds the nodes that are compiled before states are followed no
// more.
const maxWork = 20_000

func (c *compiler) interrupt(how control) node {
	if how == breakLoop {
		c.jumps.breaks = c.jumps.breaks.Join(c.ahead)
	} else {
		c.jumps.continues = c.jumps.continues.Join(c.ahead)
	}
	c.ahead = escape.States{}
	return interrupt{how}
}

// finish looks at the states in which the template may end.
func (c *compiler) finish(end macros.Pos) {
	if !c.tracked() {
		return
	}
	c.ahead = c.ahead.Join(c.jumps.breaks).Join(c.jumps.continues)
	if c.t.context != JSONContext {
		return
	}
	may, always := c.ahead.Complete()
	if !always {
		c.doubt()
	}
	switch {
	case may || len(c.details) > 0:
	case c.deadEnd != nil:
		c.details = append(c.details, *c.deadEnd)
	default:
		c.fail(end, TemplateSyntax, "the JSON is not complete here: a value, a quote or a closing bracket is missing")
	}
}
