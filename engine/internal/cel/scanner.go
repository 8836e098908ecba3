package cel

import (
	"strings"

	"github.com/sotto-render/sotto/engine/internal/eval"
	"github.com/sotto-render/sotto/macros"
)

// scanner cuts an expression into tokens. It knows CEL's lexical grammar and,
// on top of it, template literals, macros and aliases with hyphens.
type scanner struct {
	source string
	limits eval.Limits
	tokens []token
	// open are the indices of the brackets that are not closed yet.
	open []int
	at   int
}

func scan(source string, limits eval.Limits) ([]token, *eval.Error) {
	s := &scanner{source: source, limits: limits, tokens: make([]token, 0, 8+len(source)/6)}
	for {
		s.skipSpace()
		if s.at >= len(source) {
			break
		}
		if err := s.next(); err != nil {
			return nil, err
		}
		if len(s.tokens) > limits.Tokens {
			return nil, eval.TooLarge(s.at, "the expression has too many parts")
		}
	}
	if n := len(s.open); n > 0 {
		at := s.tokens[s.open[n-1]]
		if at.kind == templateHead {
			return nil, eval.SyntaxError(at.pos, "the template literal is never closed: add its backquote")
		}
		return nil, eval.SyntaxError(at.pos, "`"+source[at.pos:at.end]+"` is never closed")
	}
	return s.tokens, nil
}

// skipSpace steps over white space and comments.
func (s *scanner) skipSpace() {
	for s.at < len(s.source) {
		switch c := s.source[s.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			s.at++
		case c == '/' && strings.HasPrefix(s.source[s.at:], "//"):
			end := strings.IndexByte(s.source[s.at:], '\n')
			if end < 0 {
				s.at = len(s.source)
				return
			}
			s.at += end
		default:
			return
		}
	}
}

func (s *scanner) next() *eval.Error {
	rest := s.source[s.at:]
	c := rest[0]
	switch {
	case isLetter(c):
		if quote := literalPrefix(rest); quote > 0 {
			return s.literal(s.at, s.at+quote)
		}
		return s.word()
	case c >= '0' && c <= '9', c == '.' && len(rest) > 1 && isDigit(rest[1]) && !s.behindValue():
		s.number()
		return nil
	case c == '"' || c == '\'':
		return s.literal(s.at, s.at)
	case c == '`' && s.behindDot():
		return s.quotedField()
	case c == '`':
		return s.template(s.at)
	case c == '}' && s.inTemplate():
		return s.template(s.at)
	case strings.HasPrefix(rest, "<<"):
		return s.macro()
	default:
		return s.punct()
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isAlias(c byte) bool  { return isLetter(c) || isDigit(c) || c == '-' }

func (s *scanner) add(k kind, pos, end int) {
	s.tokens = append(s.tokens, token{kind: k, pos: pos, end: end, match: len(s.tokens)})
	s.at = end
}

// last returns the token before the current place.
func (s *scanner) last() (token, bool) {
	if len(s.tokens) == 0 {
		return token{}, false
	}
	return s.tokens[len(s.tokens)-1], true
}

// behindValue reports whether a dot here would select from a value.
func (s *scanner) behindValue() bool {
	t, ok := s.last()
	return ok && (t.kind != punct && t.kind != templateHead && t.kind != templateMiddle || t.closes(s.source))
}

// behindDot reports whether the current word is a field.
func (s *scanner) behindDot() bool {
	n := len(s.tokens)
	if n > 1 && s.is(n-1, '?') {
		n--
	}
	return n > 0 && s.is(n-1, '.')
}

func (s *scanner) is(i int, c byte) bool {
	t := s.tokens[i]
	return t.kind == punct && s.source[t.pos] == c
}

func (s *scanner) word() *eval.Error {
	end := s.at
	for end < len(s.source) && (isLetter(s.source[end]) || isDigit(s.source[end])) {
		end++
	}
	name := s.source[s.at:end]
	if strings.HasPrefix(name, reservedPrefix) {
		return eval.SyntaxError(s.at, "names that start with "+reservedPrefix+" are reserved: choose another")
	}
	if !macros.IsRoot(name) || s.behindDot() {
		s.add(word, s.at, end)
		return nil
	}
	s.add(root, s.at, end)
	return s.alias()
}

// alias reads the alias behind `secrets.` with its hyphens. Where none stands
// there, the tokens go their usual way and the binder refuses the bare root.
func (s *scanner) alias() *eval.Error {
	rootPos := s.tokens[len(s.tokens)-1].pos
	s.skipSpace()
	if s.at >= len(s.source) || s.source[s.at] != '.' {
		return nil
	}
	s.add(punct, s.at, s.at+1)
	s.skipSpace()
	if s.at < len(s.source) && s.source[s.at] == '?' {
		s.add(punct, s.at, s.at+1)
		s.skipSpace()
	}
	end := s.at
	for end < len(s.source) && isAlias(s.source[end]) {
		end++
	}
	if end == s.at {
		return eval.SyntaxError(rootPos, "an alias must stand behind `secrets.`")
	}
	if _, ok := macros.Canonical(s.source[s.at:end]); !ok {
		return eval.SyntaxError(rootPos, "the alias behind `secrets.` is not valid: it has at most 128 letters, digits, _ and -, and no - at its start")
	}
	s.add(alias, s.at, end)
	s.skipSpace()
	if s.at < len(s.source) && s.source[s.at] == '(' {
		return eval.SyntaxError(rootPos, eval.BareSecrets)
	}
	return nil
}

func (s *scanner) number() {
	end := s.at
	for end < len(s.source) {
		c := s.source[end]
		exponent := (c == '+' || c == '-') && s.source[end-1]|0x20 == 'e' && !strings.HasPrefix(s.source[s.at:], "0x")
		if !isLetter(c) && !isDigit(c) && c != '.' && !exponent {
			break
		}
		if c == '.' && (end+1 >= len(s.source) || !isDigit(s.source[end+1])) {
			break
		}
		end++
	}
	s.add(number, s.at, end)
}

func (s *scanner) macro() *eval.Error {
	path, end, state := readMacro(s.source, s.at)
	if state == macroFound && s.behindDot() {
		return eval.SyntaxError(s.at, "a macro cannot stand behind a dot")
	}
	if state != macroFound {
		return eval.SyntaxError(s.at, "`<<` opens no macro here: an expression takes `<<Secrets.name>>`, and a variable by its bare name")
	}
	pos := s.at
	s.add(macro, pos, end)
	s.tokens[len(s.tokens)-1].path = path
	return nil
}
