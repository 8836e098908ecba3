package cel

import (
	"regexp"

	"github.com/sotto-render/sotto/macros"
)

var (
	// substitution is what only a template literal replaces, and root where a
	// reference starts in it.
	substitution  = regexp.MustCompile(`\$\{[^{}]*\}`)
	referenceRoot = regexp.MustCompile(`(?i)(?:^|[^\w.])(secrets)\s*[.\[]`)
)

// TextReferences returns the offsets of the references that the author wrote as
// `${secrets.x}` in a string literal, where they stay text.
func (p *Program) TextReferences() ([]macros.Pos, string) {
	var found []macros.Pos
	for _, t := range p.tokens {
		if t.kind != text {
			continue
		}
		for _, at := range substitution.FindAllStringIndex(p.source[t.pos:t.end], -1) {
			from := t.pos + at[0] + len("$")
			for _, root := range referenceRoot.FindAllStringSubmatchIndex(p.source[from:t.pos+at[1]], -1) {
				found = append(found, macros.Pos(from+root[2]))
			}
		}
	}
	return found, "this reference stays text: `${...}` counts only between backquotes"
}
