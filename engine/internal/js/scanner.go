package js

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine/internal/eval"
)

// scanner cuts a source into tokens, one at a time: only the parser knows whether
// a slash divides or begins a regular expression.
type scanner struct {
	source string
	// at is where the next token is looked for.
	at int
	// left is how many tokens may still come.
	left int
}

// fail ends parsing with a mistake at pos.
func (s *scanner) fail(pos int, message string) {
	panic(eval.SyntaxError(pos, message))
}

// next returns the token behind white space and comments.
func (s *scanner) next() token {
	newline := s.skip()
	if s.left--; s.left < 0 {
		panic(eval.TooLarge(s.at, "the expression has too many parts"))
	}
	t := token{pos: s.at, newline: newline}
	if s.at == len(s.source) {
		t.end = s.at
		return t
	}
	switch c := s.source[s.at]; {
	case isNameStart(c) || c == '\\' || c >= utf8.RuneSelf:
		s.name(&t)
	case isDigit(c) || c == '.' && isDigit(s.peek(1)):
		s.number(&t)
	case c == '"' || c == '\'':
		s.text(&t, c)
	case c == '`':
		s.at++
		s.template(&t)
	case c == '#':
		s.fail(s.at, "`#` names a private field of a class, and there are no classes here")
	default:
		s.mark(&t)
	}
	t.end = s.at
	return t
}

// peek returns the byte n behind the next one, or 0.
func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.source) {
		return s.source[s.at+n]
	}
	return 0
}

// skip goes over white space and comments and reports whether a line ended there.
func (s *scanner) skip() (newline bool) {
	for s.at < len(s.source) {
		switch c := s.source[s.at]; {
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			s.at++
		case c == '\n' || c == '\r':
			newline = true
			s.at++
		case c == '/' && s.peek(1) == '/':
			s.at += lineEnd(s.source[s.at:])
		case c == '/' && s.peek(1) == '*':
			end := strings.Index(s.source[s.at+2:], "*/")
			if end < 0 {
				s.fail(s.at, "this comment does not end: close it with `*/`")
			}
			comment := s.source[s.at : s.at+2+end]
			newline = newline || lineEnd(comment) < len(comment)
			s.at += end + 4
		case c < utf8.RuneSelf:
			return newline
		default:
			r, size := utf8.DecodeRuneInString(s.source[s.at:])
			switch {
			case r == '\u2028' || r == '\u2029':
				newline = true
			case r != '\ufeff' && !unicode.Is(unicode.Zs, r):
				return newline
			}
			s.at += size
		}
	}
	return newline
}

// lineEnd returns where the first line of text ends.
func lineEnd(text string) int {
	for i, r := range text {
		if r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' {
			return i
		}
	}
	return len(text)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
}

// name scans an identifier (ECMA-262, 12.7).
func (s *scanner) name(t *token) {
	t.kind = tokenName
	start := s.at
	for s.at < len(s.source) && (isNameStart(s.source[s.at]) || isDigit(s.source[s.at])) {
		s.at++
	}
	if s.at == len(s.source) || s.source[s.at] < utf8.RuneSelf && s.source[s.at] != '\\' {
		t.text = s.source[start:s.at]
		return
	}
	var b strings.Builder
	b.WriteString(s.source[start:s.at])
	for s.at < len(s.source) {
		pos := s.at
		var r rune
		if s.source[s.at] == '\\' {
			t.escaped = true
			s.at++
			if s.peek(0) != 'u' {
				s.fail(pos, "a `\\` cannot stand here")
			}
			r = s.unicodeEscape(pos)
		} else {
			var size int
			r, size = utf8.DecodeRuneInString(s.source[s.at:])
			s.at += size
		}
		first := b.Len() == 0
		if !isNameRune(r, first) {
			if t.escaped && s.source[pos] == '\\' {
				s.fail(pos, "this escape is no letter of a name")
			}
			s.at = pos
			break
		}
		b.WriteRune(r)
	}
	if t.text = b.String(); t.text == "" {
		s.fail(s.at, "this character cannot stand here: outside of texts the language has letters, digits and its operators")
	}
}

// isNameRune reports whether r may stand in a name, or begin it.
func isNameRune(r rune, first bool) bool {
	switch {
	case r < utf8.RuneSelf:
		return isNameStart(byte(r)) || !first && isDigit(byte(r))
	case unicode.IsLetter(r) || unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Other_ID_Start, r):
		return true
	case first:
		return false
	}
	return unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue) || r == '\u200c' || r == '\u200d'
}

// marks are the punctuators by their first byte, each before those it begins with.
var marks = [128][]string{
	'{': {"{"}, '}': {"}"}, '(': {"("}, ')': {")"}, '[': {"["}, ']': {"]"}, ';': {";"}, ',': {","},
	'~': {"~"}, ':': {":"}, '.': {"...", "."}, '<': {"<<=", "<<", "<=", "<"},
	'>': {">>>=", ">>>", ">>=", ">>", ">=", ">"}, '=': {"===", "==", "=>", "="},
	'!': {"!==", "!=", "!"}, '+': {"++", "+=", "+"}, '-': {"--", "-=", "-"},
	'*': {"**=", "**", "*=", "*"}, '%': {"%=", "%"}, '&': {"&&=", "&&", "&=", "&"},
	'|': {"||=", "||", "|=", "|"}, '^': {"^=", "^"}, '/': {"/=", "/"},
	'?': {"??=", "??", "?.", "?"},
}

func (s *scanner) mark(t *token) {
	t.kind = tokenMark
	rest := s.source[s.at:]
	for _, m := range marks[rest[0]] {
		// In `a?.5:b` a number stands behind the question mark.
		if strings.HasPrefix(rest, m) && (m != "?." || len(rest) < 3 || !isDigit(rest[2])) {
			t.text = m
			s.at += len(m)
			return
		}
	}
	if rest[0] == '@' {
		s.fail(s.at, "there are no decorators here")
	}
	s.fail(s.at, "this character cannot stand here: outside of texts the language has letters, digits and its operators")
}
