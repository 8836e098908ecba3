package macros

import "strings"

// tag is the head of a `{% %}`, or of one line of a `liquid` tag.
type tag struct {
	name string
	// start is the offset of the tag, at of its name.
	start, at int
	// args and end enclose what follows the name.
	args, end int
}

// delimitsBlock reports whether the tag ends or divides a block.
func (t tag) delimitsBlock() bool {
	switch t.name {
	case "else", "elsif", "when":
		return true
	}
	return strings.HasPrefix(t.name, "end")
}

// closes reports whether the tag ends a block of this name.
func (t tag) closes(block string) bool {
	return len(t.name) == len("end")+len(block) && t.name[:len("end")] == "end" && t.name[len("end"):] == block
}

// openTag reads the head of the `{% %}` at the offset. It reports false after
// a mistake.
func (p *parser) openTag(at int) (tag, bool) {
	if !p.enterTag(at) {
		p.pos, p.end = at, at
		p.fail(at, "this tag is not closed: close it with %}")
		p.at = at + len("{%")
		p.synchronize()
		return tag{}, false
	}
	return p.head(at)
}

// enterTag makes the content of the `{% %}` at the offset the content in hand.
// It reports false, at the end of the region, where the tag is not closed.
func (p *parser) enterTag(at int) bool {
	start := at + len("{%")
	if p.dash(start) {
		start++
	}
	shut := p.search("%}", start)
	if shut == p.limit {
		p.at = shut
		return false
	}
	p.at = shut + len("%}")
	p.enter(start, shut)
	return true
}

// nextLine reads the head of the next line of a `liquid` tag that is not
// empty.
func (p *parser) nextLine() (tag, bool) {
	for p.at < p.limit {
		p.enterLine()
		if p.space(); p.pos == p.end {
			continue
		}
		if t, ok := p.head(p.pos); ok {
			return t, true
		}
	}
	return tag{}, false
}

// enterLine makes the next line of a `liquid` tag the content in hand.
func (p *parser) enterLine() {
	p.pos, p.end = p.at, p.search("\n", p.at)
	p.at = min(p.end+1, p.limit)
}

// head reads the name of the tag in hand, which starts at the offset.
func (p *parser) head(at int) (tag, bool) {
	t := p.tagName()
	t.start = at
	if t.name == "" {
		if hint := p.hintAt(); hint != "" {
			p.fail(p.pos, hint)
		}
		p.fail(p.pos, "a tag's name is missing here")
		p.synchronize()
		return t, false
	}
	return t, true
}

// tagName reads the name of the tag in hand, which is "" where none stands.
func (p *parser) tagName() tag {
	start := p.skipSpace()
	for p.pos < p.end && p.source[p.pos] != '-' && classes[p.source[p.pos]]&wordByte != 0 {
		p.pos++
	}
	if p.pos == start && p.pos < p.end && p.source[p.pos] == '#' {
		p.pos++
	}
	return tag{name: p.source[start:p.pos], start: start, at: start, args: p.pos, end: p.end}
}

// tag reads a tag that delimits no block, and the block that it begins if it begins
// one, and adds it to b.
func (p *parser) tag(b *blockBody, t tag) {
	switch t.name {
	case "if", "unless":
		p.ifBlock(b, t)
	case "case":
		p.caseBlock(b, t)
	case "for":
		p.forBlock(b, t)
	case "tablerow":
		p.tableRow(b, t)
	case "capture":
		p.capture(b, t)
	case "ifchanged":
		p.ifChanged(b, t)
	case "assign":
		p.assign(b, t)
	case "echo":
		p.echo(b, t)
	case "increment", "decrement":
		p.increment(b, t)
	case "break":
		b.nonblank = true
		p.suspectJump(t)
		p.add(&Break{Pos: Pos(t.start)})
	case "continue":
		b.nonblank = true
		p.suspectJump(t)
		p.add(&Continue{Pos: Pos(t.start)})
	case "cycle":
		p.cycle(b, t)
	case "render", "include":
		p.partial(b, t)
	case "liquid":
		p.liquid(b, t)
	case "raw":
		p.raw(b, t)
	case "doc":
		p.doc(t)
	case "comment":
		p.comment(t)
	case "#":
		p.inlineComment()
	default:
		p.fail(t.at, "unknown tag "+backquoted(t.name)+didYouMean(t.name, append(Tags(), "else", "elsif", "when")))
	}
	p.synchronizeFrom(t.at)
}

// name reads the name that a tag gives to a value. Unlike other names it may
// begin with a digit.
func (p *parser) name() string {
	p.space()
	start := p.pos
	if start < p.end && p.source[start] != '-' && classes[p.source[start]]&wordByte != 0 {
		name := p.wordFrom(start)
		p.notRoot(start, name)
		return name
	}
	p.fail(start, "a name is missing here: it consists of letters, digits, _ and -")
	return ""
}

func (p *parser) echo(b *blockBody, t tag) {
	value := p.filtered()
	p.expectEnd("put | before a filter")
	p.output(b, t.start, value)
}

func (p *parser) increment(b *blockBody, t tag) {
	node := &Increment{Pos: Pos(t.start), Name: p.name(), Down: t.name == "decrement"}
	p.expectEnd(t.name + " takes one name")
	b.nonblank = true
	p.add(node)
}

func (p *parser) ifChanged(b *blockBody, t tag) {
	s := p.block(t)
	b.nonblank = b.nonblank || s.nonblank
	p.add(&IfChanged{Pos: Pos(t.start), Body: s.nodes})
}

func (p *parser) assign(b *blockBody, t tag) {
	node := &Assign{Pos: Pos(t.start), Name: p.name()}
	if !p.accept('=') {
		p.fail(p.pos, "assign is written {% assign name = value %}: = is missing here")
	}
	node.Value = p.filtered()
	p.expectEnd("put | before a filter")
	p.add(node)
}

func (p *parser) capture(b *blockBody, t tag) {
	node := &Capture{Pos: Pos(t.start)}
	if c := p.peek(); c == '"' || c == '\'' {
		at := p.pos + 1
		node.Name, _ = p.quoted()
		p.notRoot(at, node.Name)
	} else {
		node.Name = p.name()
	}
	p.lenientEnd("capture takes one name")
	p.synchronizeFrom(t.at)
	node.Body = p.block(t).nodes
	p.add(node)
}

// lenientEnd ends the content in hand. What is left of it, Liquid reads over.
func (p *parser) lenientEnd(advice string) {
	if p.peek(); p.pos < p.end && !p.failed {
		p.lenient = append(p.lenient, mistake{p.pos, "unexpected " + p.found() + ": " + advice})
		p.pos = p.end
	}
}

func (p *parser) cycle(b *blockBody, t tag) {
	node := &Cycle{Pos: Pos(t.start)}
	first := p.value()
	if p.accept(':') {
		node.Group = first
		first = p.value()
	}
	// The first value is printed whenever the tag is reached; each of the others
	// only when it is its turn.
	node.Values = append(node.Values, first)
	p.guards++
	for p.accept(',') && p.peek() != 0 {
		node.Values = append(node.Values, p.value())
	}
	p.guards--
	p.expectEnd("values of a cycle are separated by commas")
	var key printer
	key.list(node.Values)
	node.Key = string(key.out)
	b.nonblank = true
	p.add(node)
}

func (p *parser) skipSpace() int {
	p.space()
	return p.pos
}

func (p *parser) partial(b *blockBody, t tag) {
	node := &Partial{Pos: Pos(t.start), Isolated: t.name == "render"}
	at := p.skipSpace()
	node.Name = p.value()
	name, isText := literalText(node.Name)
	if node.Isolated && !isText {
		p.fail(at, "render takes the name of a partial in quotes")
	}
	switch {
	case p.acceptWord("with"):
		node.With = p.value()
	case p.acceptWord("for"):
		node.With, node.Each = p.value(), true
	}
	if p.acceptWord("as") {
		node.As = p.name()
	} else if isText && node.With != nil {
		// Without `as` the value is called like the file of the partial.
		p.notRoot(at, name[strings.LastIndexByte(name, '/')+1:])
	}
	for {
		p.accept(',')
		key := p.key()
		if key == "" {
			break
		}
		node.Args = append(node.Args, Argument{Name: key, Value: p.argument()})
	}
	p.expectEnd("arguments are written name: value and separated by commas")
	b.nonblank = true
	p.add(node)
}

func literalText(value Expr) (string, bool) {
	literal, ok := value.(*Literal)
	if !ok {
		return "", false
	}
	text, ok := literal.Value.(string)
	return text, ok
}

// liquid reads the lines of a `liquid` tag. What they yield stands in b as if
// each line was a tag of its own, but no block reaches beyond the tag.
func (p *parser) liquid(b *blockBody, t tag) {
	if !p.nestBlock(t) {
		return
	}
	at, limit, lines, trim := p.at, p.limit, p.lines, p.trim
	p.at, p.limit, p.lines = t.args, t.end, true
	p.region(b)
	p.leave()
	p.at, p.limit, p.lines, p.trim = at, limit, lines, trim
	if p.failed {
		// synchronize ended the lines alone; the source around ends too.
		p.at = p.limit
	}
}
