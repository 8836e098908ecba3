package macros

import "strings"

// text adds the source from start to end as literal output, with the white
// space removed that the tags and objects around it ask for.
func (p *parser) text(b *body, start, end int, trimEnd bool) {
	if p.trim {
		p.trim = false
		for start < end && isSpace(p.source[start]) {
			start++
		}
	}
	if trimEnd {
		for start < end && isSpace(p.source[end-1]) {
			end--
		}
	}
	if start == end {
		return
	}
	if p.recovering {
		p.texts = append(p.texts, [2]int{start, end})
	}
	text := p.source[start:end]
	b.solid = b.solid || !isBlank(text)
	p.add(p.literalText(start, end))
}

func (p *parser) dash(at int) bool { return at < p.limit && p.source[at] == '-' }

// opening returns where text may end, at or behind p.at: the offset of `{{`,
// `{%`, `<<` or a bare reference, or the end of the region.
func (p *parser) opening() int {
	if p.angle < p.at {
		p.angle = p.search("<<", p.at)
	}
	first := p.angle
	switch p.syntax {
	case Liquid:
		if p.brace < p.at {
			p.brace = p.searchBrace(p.at)
		}
		first = min(first, p.brace)
	case Bare:
		if p.bare < p.at {
			p.bare = p.searchBare(p.at)
		}
		first = min(first, p.bare)
	}
	return first
}

// search returns the offset of needle in the region from at on, or its end.
func (p *parser) search(needle string, at int) int {
	if i := strings.Index(p.source[at:p.limit], needle); i >= 0 {
		return at + i
	}
	return p.limit
}

func (p *parser) searchBrace(at int) int {
	for {
		i := strings.IndexByte(p.source[at:p.limit], '{')
		if i < 0 || at+i+1 >= p.limit {
			return p.limit
		}
		at += i
		if c := p.source[at+1]; c == '{' || c == '%' {
			return at
		}
		at++
	}
}
