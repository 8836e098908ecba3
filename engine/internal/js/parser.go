package js

import (
	"strings"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// parser makes a tree of a source, by recursive descent. Brackets nest as deep as
// the limits allow, so that the stack is bounded by them; it reads each token once.
type parser struct {
	scanner
	token token
	// previous is where the token before ends.
	previous int
	limits   *eval.Limits
	// nesting is how many brackets are open, depth how deep the parser is in
	// itself.
	nesting, depth int
	// start is where an arrow function may begin: an operand cannot be one.
	start int
	// noIn says that `in` is no operator here.
	noIn bool
	// instructions is the size of all regular expressions so far.
	instructions int
	// functions is how many functions are open, and loops and choices how many
	// statements that a jump may leave.
	functions, loops, choices int
	// literals are where the contents of literals stand; nil where nobody asks.
	literals []extent
}

// parse returns the tree of the expression in source. It panics with an
// *eval.Error.
func parse(source string, limits *eval.Limits) node {
	p := &parser{scanner: scanner{source: source, left: limits.Tokens}, limits: limits, start: -1}
	if !utf8.ValidString(source) {
		for i, r := range source {
			if _, size := utf8.DecodeRuneInString(source[i:]); r == utf8.RuneError && size == 1 {
				p.fail(i, "the source is not UTF-8 here")
			}
		}
	}
	p.advance()
	if p.token.kind == tokenEnd {
		p.fail(p.token.pos, "the expression is empty")
	}
	if p.token.kind == tokenName && !p.token.escaped {
		if sentence := statementWords[p.token.text]; sentence != "" {
			p.fail(p.token.pos, sentence)
		}
	}
	e := p.expression()
	switch {
	case p.token.kind == tokenEnd:
		return e
	case p.token.is(";"):
		p.fail(p.token.pos, "one expression is wanted here, without `;`: statements stand in a function, as in `(() => { const a = 1; return a })()`")
	}
	p.unexpected()
	return nil
}

const bodyOnly = "a statement stands in the body of a function only: `(() => { ... })()`"

// statementWords :: first word of a statement -> what to say where an expression is
// wanted
var statementWords = map[string]string{
	"const": bodyOnly, "let": bodyOnly, "var": bodyOnly, "if": bodyOnly + "; or choose with `a ? b : c`", "for": bodyOnly, "while": bodyOnly,
	"do": bodyOnly, "switch": bodyOnly, "return": "`return` stands in the body of a function only: write the value alone",
	"throw": bodyOnly, "break": bodyOnly, "continue": bodyOnly,
}

func (p *parser) advance() {
	p.literal(&p.token)
	p.previous = p.token.end
	p.token = p.next()
}

// is reports whether the next token is a mark.
func (p *parser) is(mark string) bool { return p.token.kind == tokenMark && p.token.text == mark }

// take goes over a mark if it is next.
func (p *parser) take(mark string) bool {
	if !p.is(mark) {
		return false
	}
	p.advance()
	return true
}

// expect goes over a mark that must be next.
func (p *parser) expect(mark string) {
	if !p.take(mark) {
		p.missing(mark)
	}
}

func (p *parser) missing(mark string) {
	if p.token.kind == tokenEnd {
		p.fail(p.token.pos, "the expression ends too early: a `"+mark+"` is missing")
	}
	p.fail(p.token.pos, "a `"+mark+"` is missing before "+p.shown())
}

// shown names the next token: it is the author's own text.
func (p *parser) shown() string {
	switch p.token.kind {
	case tokenEnd:
		return "the end"
	case tokenText:
		return "this text"
	case tokenTemplate:
		return "this template literal"
	case tokenNumber:
		return "this number"
	}
	return "`" + p.token.text + "`"
}

// unexpected ends parsing at a token that cannot stand where it is.
func (p *parser) unexpected() {
	switch {
	case p.token.kind == tokenEnd:
		p.fail(p.token.pos, "the expression ends too early")
	case p.token.kind == tokenName && !p.token.escaped:
		p.refuse(p.token.text, p.token.pos)
	case p.is("=>"):
		p.fail(p.token.pos, "`=>` follows a name or a list of parameters in brackets")
	case p.is("<<"), p.is("<"):
		if strings.HasPrefix(p.source[p.token.pos:], "<<") {
			p.fail(p.token.pos, "`<<...>>` has no meaning in JavaScript: write `secrets.name`")
		}
	}
	p.fail(p.token.pos, p.shown()+" cannot stand here: check the operators, commas and quotes around it")
}

// enter opens a bracket that begins at pos.
func (p *parser) enter(pos int) {
	if p.nesting++; p.nesting > p.limits.Nesting {
		panic(eval.TooLarge(pos, "the expression is nested too deeply"))
	}
}

func (p *parser) leave() { p.nesting-- }

// deeper counts what nests without brackets: operators before an operand, conditions
// and arrows.
func (p *parser) deeper() {
	if p.depth++; p.depth > p.limits.Depth {
		panic(eval.TooLarge(p.token.pos, "the expression is nested too deeply"))
	}
}

// extentFrom returns the extent from pos to the end of the token before.
func (p *parser) extentFrom(pos int) extent { return extent{pos: pos, end: p.previous} }
