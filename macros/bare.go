package macros

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// searchBare returns the offset of the next bare `secrets.<alias>` in the text
// from at on, or the end of the region.
func (p *parser) searchBare(at int) int {
	for from := at; ; {
		i := strings.IndexByte(p.source[from:p.limit], '.')
		if i < 0 {
			return p.limit
		}
		dot := from + i
		from = dot + 1
		start := dot - len(root)
		if start < at || from >= p.limit || !IsRoot(p.source[start:dot]) || !p.standsAlone(start) {
			continue
		}
		if c := p.source[from]; c != '-' && classes[c]&wordByte != 0 {
			return start
		}
	}
}

// standsAlone reports whether the byte before start lets a bare reference
// begin there. The body of an escaped macro is text.
func (p *parser) standsAlone(start int) bool {
	if strings.HasSuffix(strings.TrimRight(p.source[:start], " \t"), `\<<`) {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(p.source[:start])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && (r >= utf8.RuneSelf || !strings.ContainsRune("_-./@:", r))
}

// bareReference reads the bare reference at the offset, with the text from
// start on before it.
func (p *parser) bareReference(b *body, start, at int) {
	p.text(b, start, at, false)
	p.pos, p.end = at+len(root)+len("."), p.limit
	value := p.mention(at)
	ref := value.Reference
	p.alias(ref)
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
		p.at = at + len(root)
	}
	p.output(b, at, value)
	p.settle()
}
