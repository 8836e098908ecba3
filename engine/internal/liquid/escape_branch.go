package liquid

import (
	"github.com/sotto-render/sotto/engine/internal/escape"
	"github.com/sotto-render/sotto/macros"
)

// alternatives are bodies of which one is rendered. All begin in the same
// states.
type alternatives struct {
	p             *escapePass
	before, after escape.States
}

func (p *escapePass) alternatives() *alternatives { return &alternatives{p: p, before: p.at} }

func (a *alternatives) try(nodes []macros.Node, blank bool) {
	a.p.at = a.before
	a.p.branch(nodes, blank)
	a.after = a.after.Join(a.p.at)
}

func (p *escapePass) conditional(n *macros.If) {
	blank, paths := isBlank(n), p.alternatives()
	for _, b := range n.Branches {
		paths.try(b.Body, blank)
	}
	paths.try(n.Else, blank)
	p.at = paths.after
}

func (p *escapePass) choice(n *macros.Case) {
	blank, paths := isBlank(n), p.alternatives()
	if exclusive(n.Arms) {
		for _, a := range n.Arms {
			paths.try(a.Body, blank)
		}
		if len(n.Arms) == 0 || !n.Arms[len(n.Arms)-1].Else {
			paths.try(nil, blank)
		}
		p.at = paths.after
		return
	}
	// Each value of an arm that equals the subject renders it, so an arm may run
	// any number of times, and so may those behind it.
	for _, a := range n.Arms {
		before := p.at
		p.repeated(false, func() { p.branch(a.Body, blank) })
		p.at = p.at.Join(before)
	}
}

func (p *escapePass) loop(n *macros.For) {
	blank, before := isBlank(n), p.at
	p.repeated(true, func() { p.branch(n.Body, blank) })
	after := p.at
	p.at = before
	p.branch(n.Else, blank)
	p.at = after.Join(p.at)
}

const (
	// maxRepeats bounds how often a body is walked until its states settle. Then
	// nothing is taken for granted of what stands before it.
	maxRepeats = 4
	// maxWork bounds the nodes that are walked before states are followed no more:
	// loops in loops and partials multiply the walks.
	maxWork = 20_000
)

// repeated walks a body that may run any number of times, until what is
// possible before it covers what is possible behind it. In a loop, break and
// continue lead to its end; else they lead on to the loop around it.
func (p *escapePass) repeated(loop bool, walk func()) {
	if p.capturing {
		walk()
		return
	}
	before, failed, outer, last := p.at, p.failed, p.jumps, p.last
	p.last = false
	for i := 0; ; i++ {
		p.jumps = jumps{}
		p.at = before
		if i == maxRepeats || p.work > maxWork {
			p.at = escape.Unknown()
		}
		settled := p.at
		walk()
		after := p.at
		if loop {
			after = after.Join(p.jumps.continues)
		}
		if settled.Covers(after) || p.failed > failed {
			p.at = after
			break
		}
		before = before.Join(after)
	}
	inner := p.jumps
	p.jumps, p.last = outer, last
	if loop {
		p.at = p.at.Join(inner.breaks)
		return
	}
	p.jumps.add(inner)
}

// call walks a partial that is rendered once, or once for each item of a list.
func (p *escapePass) call(n *macros.Partial) {
	name, ok := staticName(n)
	switch {
	case !ok && p.capturing:
		if !n.Isolated {
			p.mayBreak()
		}
	case !ok:
		p.unsure, p.at = true, escape.Unknown()
	case p.capturing:
		p.callCapturing(n, name)
	case n.Isolated && !n.Each:
		p.isolated(n, name)
	default:
		before := p.at
		var inner jumps
		p.repeated(true, func() {
			if n.Isolated {
				p.isolated(n, name)
			} else {
				inner = p.partial(n, name).jumps
			}
		})
		p.at = p.at.Join(before)
		// An `include` hands break and continue on to the loop around it.
		p.jumps.add(inner)
	}
}

// mayBreak follows an `include` inside a capture whose partial only rendering
// names, and which may so break the loop around the capture, or end the template.
// Without it an output cut short here would pass as whole. In a URL a state more
// could forbid a value that is fine with all partials there are, so that is left
// to the render.
func (p *escapePass) mayBreak() {
	left := p.at
	if p.context == escape.InURL {
		left = escape.Unknown()
	}
	p.jumps.add(jumps{left, left})
}

// isolated walks a partial that break and continue end.
func (p *escapePass) isolated(n *macros.Partial, name string) {
	jumps := p.partial(n, name).jumps
	p.at = p.at.Join(jumps.breaks).Join(jumps.continues)
}

// callCapturing walks a partial inside a capture. Nothing is printed where the
// capture stands, so the states are the same wherever the partial leads.
func (p *escapePass) callCapturing(n *macros.Partial, name string) {
	before := p.at
	p.at = escape.Begin()
	inner := p.partial(n, name).jumps
	p.at = before
	if n.Isolated || before.Dead() {
		return
	}
	if !inner.breaks.Dead() {
		p.jumps.breaks = p.jumps.breaks.Join(before)
	}
	if !inner.continues.Dead() {
		p.jumps.continues = p.jumps.continues.Join(before)
	}
}

// partial walks the partial that n calls. One that calls itself in the same
// states is walked once: what is behind the inner call is not known then.
func (p *escapePass) partial(n *macros.Partial, name string) *escaped {
	if p.nested > p.c.t.options.Limits.PartialDepth || p.work > maxWork || p.walks[name] > maxWalks {
		p.at = escape.Unknown()
	}
	key := partialStates{name, p.capturing, p.at.String()}
	done, ok := p.partials[key]
	if !ok {
		done = &escaped{after: escape.Unknown(), jumps: jumps{escape.Unknown(), escape.Unknown()}}
		if p.partials == nil {
			p.partials = make(map[partialStates]*escaped)
		}
		p.partials[key] = done
		p.walkPartial(done, name)
	}
	if p.tree.partials == nil {
		p.tree.partials = make(map[*macros.Partial]*escaped)
	}
	p.tree.partials[n] = done
	if done.missing {
		p.at = escape.States{} // whoever reaches the call goes no further
		return done
	}
	if done.source == nil {
		return done // it cannot be read, so nothing follows from the call
	}
	p.unsure = p.unsure || !p.capturing && !done.after.Known()
	p.at = done.after
	return done
}

// dynamic walks a partial that only rendering named, and reports whether it has a
// value where the scheme of the URL may be.
func (p *escapePass) dynamic(name string) (done *escaped, scheme bool) {
	done = &escaped{}
	p.walkPartial(done, name)
	return done, p.scheme
}

// maxWalks bounds how often one partial is walked.
const maxWalks = 8

func (p *escapePass) walkPartial(done *escaped, name string) {
	from := p.c.parsePartial(name)
	if from.missing && p.branches > 0 {
		done.missing, done.jumps = true, jumps{}
		return
	}
	if from.tree == nil {
		// The compiler says why. What stands behind the call is looked at as if it
		// printed nothing, so that all else that is wrong is told too.
		p.failed++
		done.jumps = jumps{}
		return
	}
	done.source = from.source
	if p.walks == nil {
		p.walks = make(map[string]int)
	}
	p.walks[name]++
	p.nested++
	outer, last := p.jumps, p.last
	p.jumps, p.last = jumps{}, false // another call of it may not be the last
	p.walk(done, from.tree)
	done.after, done.jumps = p.at, p.jumps
	p.jumps, p.last = outer, last
	p.nested--
}

// staticName returns the name of a partial that is written out.
func staticName(n *macros.Partial) (string, bool) {
	l, ok := n.Name.(*macros.Literal)
	if !ok {
		return "", false
	}
	name, ok := l.Value.(string)
	return name, ok
}
