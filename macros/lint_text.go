package macros

import (
	"slices"
	"strings"
)

// text looks for what is text and was likely not meant to be.
func (l *linter) text(start, end int) {
	source := l.parser.source
	text := source[start:end]
	for i := 0; !l.full(); {
		n := strings.Index(text[i:], "<<")
		if n < 0 {
			break
		}
		i += n
		if i > 0 || start == 0 || source[start-1] != '\\' {
			l.find(SeverityWarning, CodeSuspectMacro, start+i, "this << opens no macro and stays text: close the macro with >>, or write \\<<")
		}
		for i < len(text) && text[i] == '<' {
			i++
		}
	}
	if l.options.Syntax == Liquid {
		l.braces(start, end)
	}
	if l.options.Syntax != Bare {
		l.bare(start, end)
	}
}

// braces looks for `{ name }}`.
func (l *linter) braces(start, end int) {
	p := l.parser
	for at := start; !l.full(); {
		n := strings.IndexByte(p.source[at:end], '{')
		if n < 0 {
			return
		}
		open := at + n
		at = open + 1
		p.pos, p.end = at, end
		if p.word() == "" {
			continue
		}
		for p.peek() == '.' && p.pos < p.end {
			p.pos++
			p.word()
		}
		if strings.HasPrefix(p.source[p.pos:end], "}}") {
			l.find(SeverityWarning, CodeSuspectObject, open, "this stays text: an object opens with {{")
		}
	}
}

// bare looks for references that stand in the text without delimiters.
func (l *linter) bare(start, end int) {
	p := l.parser
	limit := p.limit
	p.limit = end
	defer func() { p.limit = limit }()
	for at := start; at < end; {
		at = p.searchBare(at)
		if at >= end {
			return
		}
		from := at + len(root) + len(".")
		to := from
		for to < end && classes[p.source[to]]&wordByte != 0 {
			to++
		}
		alias, ok := Canonical(p.source[from:to])
		if ok && (l.options.Aliases == nil || slices.Contains(l.options.Aliases, alias)) {
			l.find(SeverityWarning, CodeBareReference, at, "this stays text: write <<"+p.source[at:to]+">> to put the secret in")
		}
		at = to
	}
}
