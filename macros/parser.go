package macros

import "sync"

// MaxNesting is how deep blocks may stand inside blocks, and brackets inside
// brackets. Deeper source is refused, so that no source exhausts the stack.
const MaxNesting = 100

// MaxTerms is how many conditions one tag may join with `and` and `or`, how
// many filters one value may pass through, and how many steps a path may have.
const MaxTerms = 1000

// Parse reads source and returns its tree. The error is an [*Error] with the
// place of the first mistake. Parse takes time and memory in proportion to
// the length of source, whatever source holds. A source that is not UTF-8 is
// refused with the place of its first wrong byte.
func Parse(source string, syntax Syntax) (*Template, error) {
	if at, advice := InvalidUTF8(source); at >= 0 {
		return nil, mistake{int(at), advice}.located(NewPlaces(source))
	}
	p := parsers.Get().(*parser)
	defer p.rest()
	p.begin(source, syntax)
	b := p.openBody()
	if syntax == Macros {
		p.split(&b)
	}
	p.region(&b)
	if p.failed {
		return nil, p.mistake.located(NewPlaces(source))
	}
	t := &Template{Source: source, Syntax: syntax, Nodes: p.closeBody(b), References: p.references}
	if len(p.lenient) > 0 {
		places := NewPlaces(source)
		for _, m := range p.lenient {
			t.Lenient = append(t.Lenient, m.located(places))
		}
	}
	return t, nil
}

// parsers are parsers at rest, all zero: one takes more room than the tree of a
// short source.
var parsers = sync.Pool{New: func() any { return new(parser) }}

// rest gives the parser back. Nothing of a tree or a source stays with it.
func (p *parser) rest() {
	*p = parser{}
	parsers.Put(p)
}

// parser reads one source in a single pass. It works on two levels: the region
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

	// The offsets of the next `{{` or `{%`, `<<`, `>>` and bare reference, or
	// the end of the region; one that lies behind is searched anew. They keep
	// the pass linear: without them each of a million `<<` would look through
	// the rest of the source for a `>>` that is not there.
	nextBrace, nextMacro, nextClose, nextBare int

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
	// What trees mostly consist of comes out of arenas.
	nodeLists    arena[Node]
	outputs      arena[Output]
	literalTexts arena[Text]
	literals     arena[Literal]
	variables    arena[Variable]
	segments     arena[Segment]
	secrets      arena[secretNode]
	filters      arena[Filter]
	values       arena[Expr]
	branches     arena[Branch]

	splitting splitting // is here so that it is not allocated for each source

	failed  bool
	mistake mistake
	// nested says that the mistake is a macro inside the content in hand, and
	// macroBody that this content is that of a macro.
	nested, macroBody bool
	// recovering keeps all mistakes in mistakes and goes on behind each. What
	// follows is kept for [Lint] alone.
	recovering bool
	mistakes   []mistake
	// texts are the start and end of each text, unreachable the offsets of sections
	// that are never reached.
	texts       [][2]int
	unreachable []int
	// suspicions are what is read and likely not meant; inArgument says that a text
	// in quotes is one in which macros of secrets count.
	suspicions []suspicion
	inArgument bool
	// pending is a delimiter of a block further out: see deferToOuter.
	pending *tag
}

// mistake is an [Error] whose place is not worked out yet.
type mistake struct {
	at      int
	message string
}

func (m mistake) located(places *Places) *Error {
	return &Error{Code: CodeTemplateSyntax, Message: m.message, Place: places.At(Pos(m.at))}
}

func newParser(source string, syntax Syntax) *parser {
	p := new(parser)
	p.begin(source, syntax)
	return p
}

// begin makes a zero parser one of source.
func (p *parser) begin(source string, syntax Syntax) {
	p.source, p.syntax, p.limit = source, syntax, len(source)
	p.nextBrace, p.nextMacro, p.nextClose, p.nextBare = -1, -1, -1, -1
	p.stack = p.few[:0]
}

// fail notes a mistake at the offset and ends the object or tag in hand.
func (p *parser) fail(at int, message string) {
	if !p.failed {
		// The first mistake counts: later ones are likely its consequences.
		p.failed = true
		p.mistake = mistake{at: at, message: message}
	}
	// Whoever reads on sees the end of the content, so that every loop over it
	// ends by itself.
	p.pos = p.end
}

// synchronize is called behind each object and tag. After a mistake it ends the
// whole source or, when recovering, lets the parser go on.
func (p *parser) synchronize() {
	if !p.failed {
		return
	}
	if !p.recovering {
		// All open blocks end here, and miss their end tags; fail does not
		// take those for mistakes, because it has its one.
		p.at = p.limit
		return
	}
	p.mistakes = append(p.mistakes, p.mistake)
	p.failed = false
	if len(p.mistakes) == MaxDiagnostics {
		// failed stays set: what follows would find no room, and hostile
		// source is not read to its end.
		p.failed, p.recovering = true, false
		p.at = p.limit
	}
}

// synchronizeFrom is synchronize for a mistake in an object or a tag whose content begins at
// start. When recovering it goes back to the next object or tag that begins
// inside, because an end was likely missing.
func (p *parser) synchronizeFrom(start int) {
	// A mistake before start is one of the block around. In a liquid tag the next
	// line begins anew anyway, and a brace there begins nothing.
	if p.failed && p.recovering && !p.lines && p.mistake.at >= start {
		if next := p.searchBrace(p.mistake.at); next < p.at {
			p.at, p.trim = next, false
		}
	}
	p.synchronize()
}
