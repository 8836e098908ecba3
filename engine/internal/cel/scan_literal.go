package cel

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// literalPrefix returns how many letters stand before the quote of a raw or
// bytes literal at the start of text, or 0 where there is none.
func literalPrefix(text string) int {
	for i := 0; i < len(text) && i < 3; i++ {
		switch text[i] {
		case '"', '\'':
			return i
		case 'r', 'R', 'b', 'B':
		default:
			return 0
		}
	}
	return 0
}

// literal reads a string or bytes literal that starts at pos and whose quote
// stands at quote.
func (s *scanner) literal(pos, quote int) *eval.Error {
	prefix := strings.ToLower(s.source[pos:quote])
	mark := s.source[quote : quote+1]
	if triple := strings.Repeat(mark, 3); strings.HasPrefix(s.source[quote:], triple) {
		mark = triple
	}
	at := quote + len(mark)
	for at < len(s.source) && !strings.HasPrefix(s.source[at:], mark) {
		switch c := s.source[at]; {
		case c == '\\' && !strings.Contains(prefix, "r"):
			at++
		case (c == '\n' || c == '\r') && len(mark) == 1:
			return eval.SyntaxError(pos, "the string is not closed on its line: close it, or use three quotes")
		}
		at++
	}
	if at >= len(s.source) {
		return eval.SyntaxError(pos, "the string is never closed")
	}
	s.add(text, pos, at+len(mark))
	return nil
}

// quotedField reads a field in backquotes, which is CEL's way to write a name
// that is no identifier.
func (s *scanner) quotedField() *eval.Error {
	end := s.at + 1
	for end < len(s.source) && (isAlias(s.source[end]) || strings.IndexByte("./ ", s.source[end]) >= 0) {
		end++
	}
	if end == s.at+1 || end >= len(s.source) || s.source[end] != '`' {
		return eval.SyntaxError(s.at, "a field in backquotes takes letters, digits, _ - . / and spaces: write [\"...\"] for any other")
	}
	s.add(word, s.at, end+1)
	return nil
}

// inTemplate reports whether a `}` here ends the `${` of a template literal.
func (s *scanner) inTemplate() bool {
	n := len(s.open)
	return n > 0 && s.tokens[s.open[n-1]].kind == templateHead
}

// template reads a template literal's text from the backquote or `}` at pos to
// the next `${` or the closing backquote.
func (s *scanner) template(pos int) *eval.Error {
	inside := s.source[pos] == '}'
	at := pos + 1
	for at < len(s.source) {
		switch {
		case s.source[at] == '\\':
			at += 2
			continue
		case s.source[at] == '`':
			if inside {
				return s.close(templateTail, pos, at+1)
			}
			s.add(noSubstitutionTemplate, pos, at+1)
			return nil
		case strings.HasPrefix(s.source[at:], "${"):
			if !inside {
				return s.push(templateHead, pos, at+2)
			}
			s.add(templateMiddle, pos, at+2)
			return nil
		}
		at++
	}
	return eval.SyntaxError(pos, "the template literal is never closed: add its backquote")
}
