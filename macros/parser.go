package macros

import "strings"

// MaxNesting is how deep blocks may stand inside blocks, and brackets inside
// brackets. Deeper source is refused, so that no source exhausts the stack.
const MaxNesting = 100

// MaxTerms is how many conditions one tag may join with `and` and `or`, how
// many filters one value may pass through, and how many steps a path may have.
const MaxTerms = 1000

// Parse reads source and returns its tree. The error is an [*Error] with the
// place of the first mistake. Parse takes time and memory in proportion to
// the length of source, whatever source holds. Bytes that are no UTF-8 pass
// untouched in text.
func Parse(source string, syntax Syntax) (*Template, error) {
	p := newParser(source, syntax)
	b := p.body()
	p.region(&b)
	if p.failed {
		return nil, p.mistake.located(source)
	}
	t := &Template{Source: source, Syntax: syntax, Nodes: p.nodes(b), References: p.references}
	for _, m := range p.lenient {
		t.Lenient = append(t.Lenient, m.located(source))
	}
	return t, nil
}

// parser reads one source in a single pass. It works on two levels: region
// (at, limit) is what is still to be split into text, objects and tags; and
// inside (pos, end) lies the content of the one object or tag in hand.
//
// The first mistake is kept and makes everything that follows see the end of
// the source, so that no caller needs to test for it.
type parser struct {
	source string
	syntax Syntax

	at, limit int
	pos, end  int
	// lines says that the region is the content of a `liquid` tag, where
	// each line is a tag.
	lines bool
	// trim says that the last tag or object ended with `-`.
	trim bool

	// brace, angle, shut and bare remember the next `{{` or `{%`, `<<`, `>>`
	// and bare reference, so that no byte is searched twice for one of them.
	brace, angle, shut, bare int

	// blocks are the names of the open blocks.
	blocks []string
	// brackets counts the open brackets.
	brackets int
	// guards counts the branches, loops and fallbacks around what is read.
	guards int

	references []*Reference
	lenient    []mistake

	// stack holds the nodes of the open bodies, at first in few.
	stack []Node
	few   [32]Node
	// What trees mostly consist of comes out of slabs.
	lists        slab[Node]
	outputs      slab[Output]
	literalTexts slab[Text]
	literals     slab[Literal]
	variables    slab[Variable]
	segments     slab[Segment]
	secrets      slab[mention]
	filters      slab[Filter]
	values       slab[Expr]
	branches     slab[Branch]

	failed  bool
	mistake mistake
	// recovering keeps all mistakes in mistakes and goes on behind each. What
	// follows is kept for [Lint] alone.
	recovering bool
	mistakes   []mistake
	// texts are the start and end of each text, dead the offsets of sections
	// that are never reached.
	texts [][2]int
	dead  []int
	// pending is a mark that belongs to a block further out.
	pending *tag
}

// mistake is an [Error] whose place is not worked out yet.
type mistake struct {
	at      int
	message string
}

func (m mistake) located(source string) *Error {
	return &Error{Code: CodeTemplateSyntax, Message: m.message, Place: PlaceOf(source, Pos(m.at))}
}

func newParser(source string, syntax Syntax) *parser {
	p := &parser{
		source: source, syntax: syntax, limit: len(source),
		brace: -1, angle: -1, shut: -1, bare: -1,
	}
	p.stack = p.few[:0]
	return p
}

// fail notes a mistake at the offset and ends the object or tag in hand.
func (p *parser) fail(at int, message string) {
	if !p.failed {
		p.failed = true
		p.mistake = mistake{at: at, message: message}
	}
	p.pos = p.end
}

// settle is called behind each object and tag. After a mistake it ends the
// whole source or, when recovering, lets the parser go on.
func (p *parser) settle() {
	if !p.failed {
		return
	}
	if !p.recovering {
		p.at = p.limit
		return
	}
	p.mistakes = append(p.mistakes, p.mistake)
	p.failed = false
	if len(p.mistakes) == MaxDiagnostics {
		p.failed, p.recovering = true, false
		p.at = p.limit
	}
}

// region parses all of the region into b.
func (p *parser) region(b *body) {
	for {
		mark, ok := p.fill(b)
		if !ok {
			return
		}
		p.misplaced(mark, nil)
		p.settle()
	}
}

// body is the content of a block, or of the whole source.
type body struct {
	// start is where the nodes of the body begin on the parser's stack.
	start int
	// solid says that something in the body may yield output, if only white
	// space. The text of a block whose bodies are all not solid is dropped,
	// as Liquid does.
	solid bool
}

// body begins a body: what is added from here on belongs to it, up to the
// matching call of nodes.
func (p *parser) body() body { return body{start: len(p.stack)} }

// nodes ends the body and returns its nodes.
func (p *parser) nodes(b body) []Node {
	nodes := p.lists.copies(p.stack[b.start:])
	clear(p.stack[b.start:])
	p.stack = p.stack[:b.start]
	return nodes
}

// add adds a node to the innermost body.
func (p *parser) add(n Node) { p.stack = append(p.stack, n) }

// output adds a value that is printed.
func (p *parser) output(b *body, at int, value Expr) {
	n := p.outputs.one()
	n.Pos, n.Value = Pos(at), value
	p.add(n)
	b.solid = true
}

func (p *parser) literalText(start, end int) *Text {
	n := p.literalTexts.one()
	n.Pos, n.Text = Pos(start), p.source[start:end]
	return n
}

// fill adds nodes to b until a tag is met that ends or divides a block. It
// returns that tag, and false at the end of the region.
func (p *parser) fill(b *body) (tag, bool) {
	for {
		if p.pending != nil {
			t := *p.pending
			p.pending = nil
			return t, true
		}
		t, ok := p.next(b)
		if !ok || t.isMark() {
			return t, ok
		}
		p.tag(b, t)
	}
}

// next adds text, objects and macros to b until a tag is met.
func (p *parser) next(b *body) (tag, bool) {
	if p.lines {
		return p.nextLine()
	}
	start := p.at
	for p.at < p.limit {
		at := p.opening()
		switch {
		case at == p.limit:
			p.at = at
		case p.source[at] == '{' && p.source[at+1] == '%':
			p.text(b, start, at, p.dash(at+2))
			if t, ok := p.openTag(at); ok {
				return t, true
			}
			start = p.at
		case p.source[at] == '{':
			p.text(b, start, at, p.dash(at+2))
			p.object(b, at)
			start = p.at
		case p.source[at] != '<':
			p.bareReference(b, start, at)
			start = p.at
		case at > start && p.source[at-1] == '\\':
			p.text(b, start, at-1, false)
			start, p.at = at, at+len("<<")
		case p.macro(b, start, at):
			start = p.at
		default:
			p.at = at + 1
		}
	}
	p.text(b, start, p.limit, false)
	return tag{}, false
}

func (p *parser) dash(at int) bool { return at < p.limit && p.source[at] == '-' }

// opening returns where text may end, at or behind p.at: the offset of `{{`,
// `{%`, `<<` or a bare reference, or the end of the region.
func (p *parser) opening() int {
	if p.angle < p.at {
		p.angle = p.search("<<", p.at)
	}
	first := p.angle
	switch p.syntax {
	case Liquid:
		if p.brace < p.at {
			p.brace = p.searchBrace(p.at)
		}
		first = min(first, p.brace)
	case Bare:
		if p.bare < p.at {
			p.bare = p.searchBare(p.at)
		}
		first = min(first, p.bare)
	}
	return first
}

// search returns the offset of needle in the region from at on, or its end.
func (p *parser) search(needle string, at int) int {
	if i := strings.Index(p.source[at:p.limit], needle); i >= 0 {
		return at + i
	}
	return p.limit
}

func (p *parser) searchBrace(at int) int {
	for {
		i := strings.IndexByte(p.source[at:p.limit], '{')
		if i < 0 || at+i+1 >= p.limit {
			return p.limit
		}
		at += i
		if c := p.source[at+1]; c == '{' || c == '%' {
			return at
		}
		at++
	}
}

// text adds the source from start to end as literal output, with the white
// space removed that the tags and objects around it ask for.
func (p *parser) text(b *body, start, end int, trimEnd bool) {
	if p.trim {
		p.trim = false
		for start < end && isSpace(p.source[start]) {
			start++
		}
	}
	if trimEnd {
		for start < end && isSpace(p.source[end-1]) {
			end--
		}
	}
	if start == end {
		return
	}
	if p.recovering {
		p.texts = append(p.texts, [2]int{start, end})
	}
	text := p.source[start:end]
	b.solid = b.solid || !isBlank(text)
	p.add(p.literalText(start, end))
}

// object reads the `{{ }}` at the offset.
func (p *parser) object(b *body, at int) {
	start := at + len("{{")
	if p.dash(start) {
		start++
	}
	shut := p.search("}}", start)
	if shut == p.limit {
		p.pos, p.end = start, start
		p.fail(at, "this object is not closed: close it with }}")
		p.at = at + len("{{")
		p.settle()
		return
	}
	p.at = shut + len("}}")
	p.enter(start, shut)
	value := p.filtered()
	p.ends("close the object with }}, or put | before a filter")
	p.output(b, at, value)
	p.settleIn(start)
}

// settleIn settles a mistake in an object or a tag whose content begins at
// start. When recovering it goes back to the next object or tag that begins
// inside, because an end was likely missing.
func (p *parser) settleIn(start int) {
	if p.failed && p.recovering && !p.lines && p.mistake.at >= start {
		if next := p.searchBrace(p.mistake.at); next < p.at {
			p.at, p.trim = next, false
		}
	}
	p.settle()
}

// enter makes the source from start to shut the content in hand. A `-` before
// shut asks for the white space behind it to be removed.
func (p *parser) enter(start, shut int) {
	p.trim = p.source[shut-1] == '-'
	if p.trim && shut > start {
		shut--
	}
	p.pos, p.end = start, shut
}

// macro reads the `<<...>>` at the offset, with the text from start on before
// it. It reports false where no macro stands there but text.
func (p *parser) macro(b *body, start, at int) bool {
	open := at + len("<<")
	if p.shut < open {
		p.shut = p.search(">>", open)
	}
	shut := p.shut
	p.pos, p.end = open, shut
	p.space()
	first := p.pos
	if first == p.end || !startsPath(p.source[first]) {
		return false
	}
	secret := p.startsSecret(first)
	if shut == p.limit {
		if !secret {
			return false
		}
		p.fail(at, "this macro is not closed: close it with >>")
	}
	mark := len(p.references)
	value := p.filtered()
	p.ends("close the macro with >>, or put | before a filter")
	if p.failed && !secret {
		p.failed = false
		p.references = p.references[:mark]
		return false
	}
	p.at = min(shut+len(">>"), p.limit)
	if p.failed && p.recovering && shut == p.limit {
		p.at = open
	}
	p.text(b, start, at, false)
	p.trim = false
	p.output(b, at, value)
	p.settle()
	return true
}

// startsSecret reports whether `secrets.` or `secrets[` stands at the offset,
// in any letter case, or `secrets` alone in a closed macro.
func (p *parser) startsSecret(at int) bool {
	rest := p.source[at:p.end]
	if len(rest) < len(root) || !IsRoot(rest[:len(root)]) {
		return false
	}
	rest = strings.TrimLeft(rest[len(root):], spaces)
	if rest == "" {
		return p.end < p.limit
	}
	return rest[0] == '.' || rest[0] == '[' || rest[0] == '|'
}
