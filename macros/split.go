package macros

import (
	"errors"
	"io"
	"strings"

	"github.com/valyala/fasttemplate"
)

// splitting reads a source whose only markup are macros, as fasttemplate splits it.
// It reads no macro itself, and stops where pairs of `<<` and `>>` do not tell what
// is one.
type splitting struct {
	p *parser
	b *blockBody
	// at is the offset behind what fasttemplate has gone through, start that of the
	// text in hand.
	at, start int
}

// errUnpaired stops fasttemplate where the scanner has to go on.
var errUnpaired = errors.New("what stands here is told by more than its delimiters")

// split reads the region up to its end, or to the text before the first `<<` that
// only the scanner can judge: one behind a backslash, or with a quote, a second `<<`
// or a backslash before its `>>`.
func (p *parser) split(b *blockBody) {
	// As many as there can be, but few where the text is markup.
	n := min(strings.Count(p.source, "<")/2, 16)
	p.outputs.expect(n)
	p.literalTexts.expect(n + 1)
	p.variables.expect(n)
	s := &p.splitting
	*s = splitting{p: p, b: b}
	// The error says where the scanner goes on, which s knows.
	_, _ = fasttemplate.ExecuteFunc(p.source, "<<", ">>", s, s.tag)
	p.at = s.start
}

// Write takes the text before a macro, and the rest behind the last.
func (s *splitting) Write(text []byte) (int, error) {
	s.at += len(text)
	return len(text), nil
}

// tag takes what stands between `<<` and the next `>>`.
func (s *splitting) tag(_ io.Writer, body string) (int, error) {
	open := s.at
	before := s.p.source[s.start:open]
	name, ambiguous := bodyOf(body)
	if ambiguous || strings.HasSuffix(before, `\`) {
		return 0, errUnpaired
	}
	if name && !IsRoot(body) {
		// Most macros are one name, of which nothing is left to be read.
		at := open + len("<<")
		s.at = at + len(body) + len(">>")
		s.p.text(s.b, s.start, open, false)
		s.p.output(s.b, open, s.p.variable(at, body, nil))
		s.start = s.at
		return 0, nil
	}
	// The parser reads the body as behind its own search.
	s.p.nextClose = open + len("<<") + len(body)
	s.at = s.p.nextClose + len(">>")
	if s.p.macro(s.b, s.start, open) {
		if s.p.at != s.at {
			s.start = s.p.at
			return 0, errUnpaired
		}
		s.start = s.at
		return 0, nil
	}
	// No macro stands here: in `a << b <<c>>` one may begin inside, which has a `<<`
	// of its own and was left to the scanner.
	return 0, nil
}

// bodyOf reports whether the body of a macro is a name, and whether more than the next
// >> tells where the macro ends.
func bodyOf(body string) (name, ambiguous bool) {
	some, all := uint8(0), uint8(wordByte)
	for i := range len(body) {
		class := classes[body[i]]
		some |= class
		all &= class
	}
	return all != 0 && body != "" && classes[body[0]]&wordStart != 0, some&ambiguousByte != 0
}
