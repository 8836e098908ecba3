package js

import (
	"fmt"
	"strconv"
	"strings"
)

// translator writes a pattern of JavaScript (ECMA-262, 22.2.1) in the syntax of
// Go's package regexp, which runs in linear time: so look-around and back
// references have no translation.
//
// Without the flag u or v a pattern is about code units: each half of a pair is a
// character. Matching does the same to the text ([newSubject]): it moves the
// halves to a range that no text uses.
type translator struct {
	source  string
	pos     int
	out     []byte
	unicode bool
	dotAll  bool
	// fold says that letters stand for their capitals and the other way round, by the
	// rules for code units; with the flag u the rules are Go's.
	fold bool
	// groups is how many capturing groups the whole pattern has.
	groups int
	names  []string
	named  bool
}

// movedSurrogates is where halves of pairs are while a pattern runs.
const movedSurrogates = 0x10F000 - surrogateMin

// Why there is no translation.
var (
	errPattern       = syntaxError("the regular expression is not valid")
	errLookAround    = syntaxError("the regular expression looks around with (?=, (?!, (?<= or (?<!: sotto has no look-around, since it may take exponential time")
	errBackReference = syntaxError("the regular expression refers back to a group with \\1 or \\k: sotto has no back references, since they may take exponential time")
	errProperty      = syntaxError("the regular expression names a property with \\p that sotto does not know")
)

// translate returns source in Go's syntax, and the names of its groups; "" for a
// group without one.
func translate(source string, unicode, dotAll, ignoreCase bool) (pattern string, names []string, err error) {
	t := &translator{source: source, unicode: unicode, dotAll: dotAll, fold: ignoreCase && !unicode}
	t.groups, t.named = countGroups(source)
	t.names = make([]string, 0, t.groups)
	// Up to 32 bytes for each of the source: a class such as \s.
	t.out = make([]byte, 0, 2*len(source)+16)
	if err := t.alternatives(0); err != nil {
		return "", nil, err
	}
	if t.pos < len(source) {
		return "", nil, errPattern
	}
	return string(t.out), t.names, nil
}

// countGroups returns the number of capturing groups, and whether one has a name.
func countGroups(source string) (n int, named bool) {
	class := false
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '(':
			rest := source[i+1:]
			if class || strings.HasPrefix(rest, "?") && !isName(rest) {
				continue
			}
			n++
			named = named || strings.HasPrefix(rest, "?<")
		}
	}
	return n, named
}

// isName reports whether what follows a parenthesis names a group.
func isName(rest string) bool {
	return strings.HasPrefix(rest, "?<") && !strings.HasPrefix(rest, "?<=") && !strings.HasPrefix(rest, "?<!")
}

func (t *translator) rest() string { return t.source[t.pos:] }

func (t *translator) write(s string) { t.out = append(t.out, s...) }

// maxPatternDepth is how deep groups nest at most.
const maxPatternDepth = 200

// alternatives reads up to a closing parenthesis or the end.
func (t *translator) alternatives(depth int) error {
	if depth > maxPatternDepth {
		return errRegexSize
	}
	for t.pos < len(t.source) {
		switch c := t.source[t.pos]; c {
		case ')':
			return nil
		case '|':
			t.write("|")
			t.pos++
			continue
		default:
			if err := t.term(depth, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// term reads an assertion or an atom with its quantifier.
func (t *translator) term(depth int, c byte) error {
	switch c {
	case '^', '$':
		t.pos++
		if c == '^' {
			t.write("^")
		} else {
			t.write("$")
		}
		return t.noQuantifier()
	case '(':
		if err := t.group(depth); err != nil {
			return err
		}
	case '.':
		t.pos++
		if t.dotAll {
			t.write(`(?s:.)`)
		} else {
			t.write(`[^\n\r\x{2028}\x{2029}]`)
		}
	case '[':
		if err := t.class(); err != nil {
			return err
		}
	case '\\':
		assertion, err := t.escape()
		if err != nil {
			return err
		}
		if assertion {
			return t.noQuantifier()
		}
	case '*', '+', '?':
		return errPattern
	case '{', '}', ']':
		if _, ok := quantifier(t.rest()); t.unicode || c == '{' && ok {
			return errPattern
		}
		t.pos++
		t.literal(rune(c))
	default:
		r, size := decode(t.rest())
		t.pos += size
		t.literals(r)
	}
	return t.quantify()
}

// literals writes a code point, as its two halves where code units count. Only the
// second is what a quantifier is about.
func (t *translator) literals(r rune) {
	if r >= supplementary && !t.unicode {
		high, low := halves(r)
		t.literal(high)
		t.literal(low)
		return
	}
	t.literal(r)
}

// literal writes one character.
func (t *translator) literal(r rune) {
	if t.fold {
		if others := alike(r); len(others) > 0 {
			t.write("[")
			for _, other := range append(others, r) {
				t.out = fmt.Appendf(t.out, `\x{%X}`, other)
			}
			t.write("]")
			return
		}
	}
	switch {
	case isHigh(r) || isLow(r):
		t.out = fmt.Appendf(t.out, `\x{%X}`, r+movedSurrogates)
	case r < 0x80 && (isWord(byte(r)) || r == ' '):
		t.out = append(t.out, byte(r))
	default:
		t.out = fmt.Appendf(t.out, `\x{%X}`, r)
	}
}

func isWord(c byte) bool { return digitValue(c) < 36 || c == '_' }

// noQuantifier fails where a quantifier follows: an assertion has none.
func (t *translator) noQuantifier() error {
	if t.pos < len(t.source) {
		if n, _ := quantifier(t.rest()); n > 0 {
			return errPattern
		}
	}
	return nil
}

// quantifier returns the length of the quantifier at the start of s, without its
// question mark, or 0. It is not ok where its numbers are in the wrong order.
func quantifier(s string) (n int, ok bool) {
	if s == "" {
		return 0, false
	}
	switch s[0] {
	case '*', '+', '?':
		return 1, true
	case '{':
	default:
		return 0, false
	}
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return 0, false
	}
	from, to, ranged := strings.Cut(s[1:end], ",")
	if from == "" || !decimalDigits(from) || !decimalDigits(to) {
		return 0, false
	}
	if ranged && to != "" {
		x, err1 := strconv.Atoi(from)
		y, err2 := strconv.Atoi(to)
		return end + 1, err1 == nil && err2 == nil && x <= y
	}
	return end + 1, true
}

func (t *translator) quantify() error {
	n, ok := quantifier(t.rest())
	if n == 0 {
		return nil
	}
	if !ok {
		return errPattern
	}
	t.write(t.source[t.pos : t.pos+n])
	t.pos += n
	if strings.HasPrefix(t.rest(), "?") {
		t.write("?")
		t.pos++
	}
	if n, _ := quantifier(t.rest()); n > 0 {
		return errPattern
	}
	return nil
}

// group reads what starts with a parenthesis.
func (t *translator) group(depth int) error {
	t.pos++
	rest := t.rest()
	switch {
	case strings.HasPrefix(rest, "?:"):
		t.pos += 2
		t.write("(?:")
	case isName(rest):
		name, size, ok := groupName(rest[2:])
		if !ok {
			return errPattern
		}
		for _, other := range t.names {
			if other == name {
				return errPattern
			}
		}
		t.pos += 2 + size
		t.names = append(t.names, name)
		t.write("(")
	case strings.HasPrefix(rest, "?=") || strings.HasPrefix(rest, "?!") || strings.HasPrefix(rest, "?<"):
		return errLookAround
	case strings.HasPrefix(rest, "?"):
		return errPattern
	default:
		t.names = append(t.names, "")
		t.write("(")
	}
	if err := t.alternatives(depth + 1); err != nil {
		return err
	}
	if t.pos == len(t.source) {
		return errPattern
	}
	t.pos++
	t.write(")")
	return nil
}

// groupName reads a name and the bracket behind it.
func groupName(s string) (name string, size int, ok bool) {
	end := strings.IndexByte(s, '>')
	if end <= 0 {
		return "", 0, false
	}
	// An escape in a name is one of the flag u, whatever the flags are.
	t := &translator{source: s[:end], unicode: true}
	var b []byte
	for t.pos < end {
		r, size := decode(t.rest())
		if r == '\\' {
			var is bool
			if !strings.HasPrefix(t.rest(), `\u`) {
				return "", 0, false
			}
			if r, size, is = t.unicodeEscape(t.source[t.pos+2:]); !is {
				return "", 0, false
			}
			size += 2
		}
		if !isIdentifier(r, t.pos == 0) {
			return "", 0, false
		}
		b = appendCode(b, r)
		t.pos += size
	}
	return string(b), end + 1, true
}
