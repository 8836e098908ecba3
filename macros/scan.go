package macros

import (
	"strings"
	"unicode/utf8"
)

// Classes of bytes. What is not ASCII belongs to none of them, so that a source
// is read byte by byte: no byte of a longer character ends or begins anything.
const (
	space     = 1 << iota
	wordStart // may begin a name
	wordByte  // may stand in a name
	digit
	ambiguousByte // in a macro, may keep the next >> from being its end
)

// spaces are the bytes that count as white space.
const spaces = " \t\n\v\f\r"

// classes :: byte -> its classes
var classes = func() (table [256]uint8) {
	for _, c := range []byte(spaces) {
		table[c] = space
	}
	for c := byte('0'); c <= '9'; c++ {
		table[c] = wordByte | digit
	}
	for c := byte('a'); c <= 'z'; c++ {
		table[c] = wordStart | wordByte
		table[c-'a'+'A'] = wordStart | wordByte
	}
	table['_'] = wordStart | wordByte
	table['-'] = wordByte
	for _, c := range []byte(`"'\<`) {
		table[c] = ambiguousByte
	}
	return table
}()

func isSpace(c byte) bool { return classes[c]&space != 0 }

// startsPath reports whether a path may begin with c.
func startsPath(c byte) bool { return classes[c]&wordStart != 0 || c == '[' }

func isBlank(text string) bool {
	for i := range len(text) {
		if !isSpace(text[i]) {
			return false
		}
	}
	return true
}

// space skips white space in the content in hand.
func (p *parser) space() {
	for p.pos < p.end && isSpace(p.source[p.pos]) {
		p.pos++
	}
}

// peek returns the next byte that is not white space, or 0 at the end. A byte 0
// of the source looks like the end too, which is safe: whoever stops there calls
// expectEnd, which looks at the offset and refuses what is left.
func (p *parser) peek() byte {
	p.space()
	if p.pos < p.end {
		return p.source[p.pos]
	}
	return 0
}

// accept skips c, and white space before it, if c is what comes next.
func (p *parser) accept(c byte) bool {
	if p.peek() != c || p.pos >= p.end {
		return false
	}
	p.pos++
	return true
}

// word reads a name: a letter or `_`, then letters, digits, `_` and `-`, and
// one `?` at its end. It returns "" where no name stands.
func (p *parser) word() string {
	p.space()
	start := p.pos
	if start >= p.end || classes[p.source[start]]&wordStart == 0 {
		return ""
	}
	return p.wordFrom(start)
}

func (p *parser) wordFrom(start int) string {
	at := start
	for at < p.end && classes[p.source[at]]&wordByte != 0 {
		at++
	}
	if at < p.end && p.source[at] == '?' {
		at++
	}
	p.pos = at
	return p.source[start:at]
}

// acceptWord skips the name word if it comes next.
func (p *parser) acceptWord(word string) bool {
	// The whole name is read: `order` does not begin with `or`.
	start := p.pos
	if p.word() == word {
		return true
	}
	p.pos = start
	return false
}

// key reads `name:` and returns the name, or "" where something else stands.
func (p *parser) key() string {
	start := p.pos
	name := p.word()
	if name != "" {
		at := p.pos
		// Without the colon the name was the beginning of a value, and is read
		// again as that.
		if p.accept(':') {
			p.notRoot(at-len(name), name)
			return name
		}
	}
	p.pos = start
	return ""
}

// expectEnd checks that nothing is left of the content in hand; advice says what
// to do about what is.
func (p *parser) expectEnd(advice string) {
	if p.peek(); p.pos < p.end {
		p.unexpected(advice)
	}
}

// found names what stands at the current offset, for a message.
func (p *parser) found() string {
	rest := p.source[p.pos:p.end]
	n := 0
	for n < len(rest) && classes[rest[n]]&wordByte != 0 {
		n++
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(rest)
	}
	if n == 0 {
		return "end"
	}
	return backquoted(rest[:n])
}

// backquoted puts a piece of the source between ticks, for a message. Only the
// beginning of a long one is shown.
func backquoted(text string) string {
	const most = 40
	if len(text) > most {
		// The cut may go through a character; ToValidUTF8 mends that below.
		text = text[:most] + "..."
	}
	return "`" + strings.ToValidUTF8(text, "?") + "`"
}
