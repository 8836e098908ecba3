package macros

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// searchBare returns the offset of the next bare `secrets.<alias>` in the text
// from at on, or the end of the region.
func (p *parser) searchBare(at int) int {
	// Dots are rarer than the letter s, and the word before one is compared in
	// place: text without references costs a search for a byte.
	for from := at; ; {
		i := strings.IndexByte(p.source[from:p.limit], '.')
		if i < 0 {
			return p.limit
		}
		dot := from + i
		from = dot + 1
		start := dot - len(root)
		// What begins before at was read already, as part of another reference.
		if start < at || from >= p.limit || !IsRoot(p.source[start:dot]) || !p.standsAlone(start) {
			continue
		}
		// An alias begins with no hyphen; `secrets.` at the end of a sentence is
		// no reference.
		if c := p.source[from]; c != '-' && classes[c]&wordByte != 0 {
			return start
		}
	}
}

// standsAlone reports whether the byte before start lets a bare reference
// begin there. The body of an escaped macro is text.
func (p *parser) standsAlone(start int) bool {
	if before, macro := strings.CutSuffix(strings.TrimRight(p.source[:start], " \t"), "<<"); macro && escaped(before) {
		return false
	}
	// Behind a letter it is the end of a longer word, behind the others part of a
	// path, an address or a host. What is no UTF-8, and the start of the source,
	// decode to RuneError, which forbids nothing.
	r, _ := utf8.DecodeLastRuneInString(p.source[:start])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && (r >= utf8.RuneSelf || !strings.ContainsRune("_-./@:", r))
}

// bareReference reads the bare reference at the offset, with the text from
// start on before it.
func (p *parser) bareReference(b *blockBody, start, at int) {
	p.text(b, start, at, false)
	p.pos, p.end = at+len(root)+len("."), p.limit
	value := p.newSecret(at)
	ref := value.Reference
	p.alias(ref)
	// A dot belongs to the reference only where a name follows at once, else it
	// is the full stop of a sentence. Brackets and white space end it for the
	// same reason, which is why path does not read this.
	for !p.failed && p.pos+1 < p.end && p.source[p.pos] == '.' && classes[p.source[p.pos+1]]&wordStart != 0 {
		field := p.pos + 1
		p.pos = field
		for p.pos < p.end && classes[p.source[p.pos]]&wordByte != 0 {
			p.pos++
		}
		ref.Path = append(ref.Path, Segment{Pos: Pos(field), Key: p.source[field:p.pos]})
	}
	p.at = p.pos
	if p.failed {
		// fail moved pos to the end of the source. Behind the word no reference
		// begins at the same dot again, so Lint cannot loop.
		p.at = at + len(root)
	}
	p.output(b, at, value)
	p.synchronize()
}
