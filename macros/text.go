package macros

import "strings"

// text adds the source from start to end as literal output, with the white
// space removed that the tags and objects around it ask for.
func (p *parser) text(b *blockBody, start, end int, trimEnd bool) {
	if p.trim {
		// A request to trim ends with the text behind it, even an empty one:
		// `{{ a -}}<<b>> c` keeps the space before c.
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
	// No empty text is in a tree: printing and parsing again must give the same
	// nodes.
	if start == end {
		return
	}
	if p.recovering {
		p.texts = append(p.texts, [2]int{start, end})
	}
	text := p.source[start:end]
	b.nonblank = b.nonblank || !isBlank(text)
	p.add(p.literalText(start, end))
}

func (p *parser) dash(at int) bool { return at < p.limit && p.source[at] == '-' }

// opening returns where text may end, at or behind p.at: the offset of `{{`,
// `{%`, `<<` or a bare reference, or the end of the region.
func (p *parser) opening() int {
	if p.nextMacro < p.at {
		p.nextMacro = p.search("<<", p.at)
	}
	first := p.nextMacro
	switch p.syntax {
	case Liquid:
		if p.nextBrace < p.at {
			p.nextBrace = p.searchBrace(p.at)
		}
		first = min(first, p.nextBrace)
	case Bare:
		if p.nextBare < p.at {
			p.nextBare = p.searchBare(p.at)
		}
		first = min(first, p.nextBare)
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
		// A brace that is the last byte opens nothing, and none follows it.
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
