package cel

import (
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

func (s *scanner) push(k kind, pos, end int) *eval.Error {
	if len(s.open) >= s.limits.Nesting {
		return eval.TooLarge(pos, "the expression is nested too deeply")
	}
	s.open = append(s.open, len(s.tokens))
	s.add(k, pos, end)
	return nil
}

// close ends the innermost bracket.
func (s *scanner) close(k kind, pos, end int) *eval.Error {
	n := len(s.open)
	opener := s.open[n-1]
	s.open = s.open[:n-1]
	s.add(k, pos, end)
	last := len(s.tokens) - 1
	s.tokens[opener].match, s.tokens[last].match = last, opener
	return nil
}

func (s *scanner) punct() *eval.Error {
	c := s.source[s.at]
	switch c {
	case '(', '[', '{':
		return s.push(punct, s.at, s.at+1)
	case ')', ']', '}':
		n := len(s.open)
		if n == 0 || !pairs(s.source[s.tokens[s.open[n-1]].pos], c) {
			return eval.SyntaxError(s.at, "`"+string(c)+"` closes nothing")
		}
		return s.close(punct, s.at, s.at+1)
	}
	if c == '&' || c >= utf8.RuneSelf {
		if bad := pasted(s.source, s.at); bad != nil {
			return bad
		}
	}
	if c < utf8.RuneSelf {
		s.add(punct, s.at, s.at+1)
		return nil
	}
	return eval.SyntaxError(s.at, "this character cannot stand here: put text in quotes")
}

func pairs(open, end byte) bool {
	return open == '(' && end == ')' || open == '[' && end == ']' || open == '{' && end == '}'
}
