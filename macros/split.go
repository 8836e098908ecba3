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
	// About as many as messages of this length have, so that a short one grows nothing.
	n := min(len(p.source)/64, 16)
	p.outputs.expect(n)
	p.literalTexts.expect(n)
	p.variables.expect(n)
	s := &splitting{p: p, b: b}
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
	if strings.HasSuffix(before, `\`) || isAmbiguous(body) {
		return 0, errUnpaired
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
