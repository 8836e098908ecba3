package js

import (
	"regexp"

	"github.com/sotto-render/sotto/macros"
)

// macro is a reference as templates and CEL write it.
var macro = regexp.MustCompile(`(?i)<<\s*secrets\s*[.\[]`)

// TextReferences returns the offsets of what would be a reference in a template or in
// CEL and is text here, and what to say of it.
func (p *Program) TextReferences() ([]macros.Pos, string) {
	var found []macros.Pos
	visit(p.tree, func(n node, _ int) bool {
		switch n := n.(type) {
		case *literal:
			if n.value.kind == kindString {
				found = p.macros(found, n.pos, n.end)
			}
		case *templateLiteral:
			from := n.pos
			for _, part := range n.parts {
				found = p.macros(found, from, part.where().pos)
				from = part.where().end
			}
			found = p.macros(found, from, n.end)
		}
		return true
	})
	return found, "this reference stays text: `<<...>>` has no meaning in JavaScript, write `secrets.name`"
}

func (p *Program) macros(found []macros.Pos, from, to int) []macros.Pos {
	for _, at := range macro.FindAllStringIndex(p.source[from:to], -1) {
		found = append(found, macros.Pos(from+at[0]))
	}
	return found
}
