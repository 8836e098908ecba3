package engine

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/macros"
)

// spot is where a reader of the output would stand. Which field counts depends
// on the template's context.
type spot struct {
	json jsonState
	url  urlState
	// inserted says that a value ends here, which may have been a number
	// that goes on.
	inserted bool
}

// outlook is what the compiler knows of the output before a node: the spots
// where rendering may stand, so that each value is escaped for its place
// without looking at the output. No spot at all means that rendering does not
// come here.
type outlook struct {
	spots []spot
	// any says that too many spots are possible to follow. What stands
	// behind is then decided while rendering.
	any bool
}

// maxSpots bounds the spots that are followed.
const maxSpots = 8

func (o outlook) dead() bool { return !o.any && len(o.spots) == 0 }

// join returns what is possible in o or in p.
func (o outlook) join(p outlook) outlook {
	if o.any || p.any {
		return outlook{any: true}
	}
	joined := outlook{spots: slices.Clone(o.spots)}
	for _, s := range p.spots {
		if !slices.Contains(joined.spots, s) {
			joined.spots = append(joined.spots, s)
		}
	}
	if len(joined.spots) > maxSpots {
		return outlook{any: true}
	}
	return joined
}

// covers reports whether all that is possible in p is so in o.
func (o outlook) covers(p outlook) bool {
	if o.any || p.any {
		return o.any
	}
	return !slices.ContainsFunc(p.spots, func(s spot) bool { return !slices.Contains(o.spots, s) })
}

// String spells the outlook, so that equal ones are spelled alike.
func (o outlook) String() string {
	if o.any {
		return "any"
	}
	lines := make([]string, len(o.spots))
	for i, s := range o.spots {
		lines[i] = fmt.Sprint(s)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

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
	if !c.tracked() || n.Text == "" || c.ahead.dead() {
		return
	}
	if c.t.context == URLContext {
		c.ahead.spots = slices.Clone(c.ahead.spots)
		for i := range c.ahead.spots {
			c.ahead.spots[i].url.read([]byte(n.Text))
		}
		c.ahead.spots = unique(c.ahead.spots)
		return
	}
	if !utf8.ValidString(n.Text) {
		c.fail(n.Pos, TemplateSyntax, "this text is no UTF-8, which JSON must be")
		return
	}
	if c.ahead.any {
		return
	}
	rest, furthest := c.ahead.spots[:0:0], 0
	for _, s := range c.ahead.spots {
		if s.inserted && strings.IndexByte("0123456789.eE+-", n.Text[0]) >= 0 {
			c.doubt()
			c.ahead = outlook{any: true}
			return
		}
		s.inserted = false
		read := s.json.readAll(n.Text)
		if s.json.phase == broken {
			furthest = max(furthest, read)
			c.doubt()
			continue
		}
		rest = append(rest, s)
	}
	if len(rest) == 0 {
		c.stuck(c.posIn(n, furthest), "this can never be JSON: look at the quotes, commas and brackets before it")
	}
	c.ahead.spots = unique(rest)
}

// stuck notes where no spot leads on. That is a mistake only if no other branch
// leads to the end either.
func (c *compiler) stuck(pos macros.Pos, message string) {
	if c.culprit == nil {
		d := c.unit.at(pos, TemplateSyntax, message)
		c.culprit = &d
	}
}

// posIn returns the place of byte i of a text, as far as escapes and
// white-space control have not moved it.
func (c *compiler) posIn(n *macros.Text, i int) macros.Pos {
	if at := int(n.Pos) + i; strings.HasPrefix(c.unit.source[min(int(n.Pos), len(c.unit.source)):], n.Text[:i]) {
		return macros.Pos(at)
	}
	return n.Pos
}

func unique(spots []spot) []spot {
	kept := spots[:0:0]
	for _, s := range spots {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// place returns how a value that is printed at pos is escaped, and follows it.
func (c *compiler) place(pos macros.Pos) mode {
	switch {
	case c.t.context == TextContext, c.t.context == HeaderContext && c.entry.capturing:
		return modeText
	case c.t.context == HeaderContext:
		return modeHeader
	case c.entry.capturing:
		return modeHeld
	case c.t.context == HTMLContext:
		return modeHTML
	case c.t.context == URLContext:
		return c.placeURL(pos)
	}
	return c.placeJSON(pos)
}

func (c *compiler) placeJSON(pos macros.Pos) mode {
	if c.ahead.any || c.ahead.dead() {
		c.doubt()
		return modeJSONLive
	}
	agreed, agree := mode(0), true
	rest := c.ahead.spots[:0:0]
	for _, s := range c.ahead.spots {
		m, ok := s.json.mode()
		if !ok {
			c.doubt()
			continue
		}
		agree = agree && (len(rest) == 0 || m == agreed)
		agreed = m
		switch s.json.phase {
		case inString:
		case atValue, atFirstItem:
			s.json.phase, s.inserted = behindValue, true
		case atKey, atFirstKey:
			s.json.phase = atColon
		default:
			c.doubt()
			c.ahead = outlook{any: true}
			return modeJSONLive
		}
		rest = append(rest, s)
	}
	if len(rest) == 0 {
		c.stuck(pos, "no value can stand here: it would break the JSON around it")
	}
	c.ahead.spots = unique(rest)
	if !agree {
		c.doubt()
		return modeJSONLive
	}
	return agreed
}

func (c *compiler) placeURL(pos macros.Pos) mode {
	if c.ahead.any || c.ahead.dead() {
		c.t.mayBeScheme = true
		return modeURLLive
	}
	agreed, agree := mode(0), true
	c.ahead.spots = slices.Clone(c.ahead.spots)
	for i := range c.ahead.spots {
		s := &c.ahead.spots[i].url
		m := s.mode(c.behind)
		c.t.mayBeScheme = c.t.mayBeScheme || s.phase == urlStart || s.phase == urlFirst
		if m == modeURLGlued {
			c.fail(pos, TemplateSyntax, gluedMessage)
		}
		agree = agree && (i == 0 || m == agreed)
		agreed = m
		s.insert()
	}
	c.ahead.spots = unique(c.ahead.spots)
	if !agree {
		return modeURLLive
	}
	return agreed
}

// lookBehind returns what stands behind node i of a body.
func (c *compiler) lookBehind(nodes []macros.Node, i int) behind {
	b := behind{outermost: c.depth == 1}
	for _, n := range nodes[i+1 : min(i+1+maxBehind, len(nodes))] {
		if t, ok := n.(*macros.Text); ok {
			if b.literal(t.Text) {
				break
			}
			continue
		}
		b.value()
		if _, ok := n.(*macros.Output); !ok {
			break
		}
	}
	return b
}

// alternatives are bodies of which one is rendered. All begin at the same
// spots.
type alternatives struct {
	c      *compiler
	before outlook
	after  outlook
}

func (c *compiler) alternatives() *alternatives {
	return &alternatives{c: c, before: c.ahead}
}

// try compiles one alternative.
func (a *alternatives) try(compile func()) {
	a.c.ahead = a.before
	compile()
	a.after = a.after.join(a.c.ahead)
}

func (a *alternatives) done() { a.c.ahead = a.after }

// maxRepeats bounds how often a body is compiled until its spots settle.
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
			c.ahead = outlook{any: true}
		}
		settled := c.ahead
		compile()
		after := c.ahead
		if loop {
			after = after.join(c.jumps.continues)
		}
		if settled.covers(after) || len(c.details) > mark {
			c.ahead = after
			break
		}
		before = before.join(after)
	}
	inner := c.jumps
	c.jumps = outer
	if loop {
		c.ahead = c.ahead.join(inner.breaks)
		return
	}
	c.jumps.add(inner)
}

// jumps are the spots from which break and continue leave a body.
type jumps struct{ breaks, continues outlook }

func (j *jumps) add(k *jumps) {
	j.breaks, j.continues = j.breaks.join(k.breaks), j.continues.join(k.continues)
}

// maxWork bounds the nodes that are compiled before spots are followed no
// more.
const maxWork = 20_000

func (c *compiler) interrupt(how control) node {
	if how == breakLoop {
		c.jumps.breaks = c.jumps.breaks.join(c.ahead)
	} else {
		c.jumps.continues = c.jumps.continues.join(c.ahead)
	}
	c.ahead = outlook{}
	return interrupt{how}
}

// finish looks at the spots where the template may end.
func (c *compiler) finish(end macros.Pos) {
	if !c.tracked() {
		return
	}
	c.ahead = c.ahead.join(c.jumps.breaks).join(c.jumps.continues)
	if c.t.context != JSONContext {
		return
	}
	if c.ahead.any {
		c.doubt()
		return
	}
	whole := 0
	for _, s := range c.ahead.spots {
		if s.json.complete() {
			whole++
		} else {
			c.doubt()
		}
	}
	switch {
	case whole > 0 || len(c.details) > 0:
	case c.culprit != nil:
		c.details = append(c.details, *c.culprit)
	default:
		c.fail(end, TemplateSyntax, "the JSON is not complete here: a value, a quote or a closing bracket is missing")
	}
}
