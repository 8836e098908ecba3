package macros

import "strings"

// suspicion is something that the parser reads and an author likely did not mean.
type suspicion struct {
	mistake
	code string
	// loose says that it means something in a partial, which a loop may call.
	loose bool
}

// suspect notes a suspicion for [Lint].
func (p *parser) suspect(at int, code, message string) {
	if p.recovering && len(p.suspicions) < MaxDiagnostics {
		p.suspicions = append(p.suspicions, suspicion{mistake: mistake{at, message}, code: code})
	}
}

// suspectElse looks at what stands behind an else, which is not read.
func (p *parser) suspectElse(delimiter tag) {
	rest := strings.Trim(p.source[delimiter.args:delimiter.end], spaces)
	switch {
	case rest == "":
	case strings.HasPrefix(rest, "if"):
		p.suspect(delimiter.at, CodeSuspectTag, "`else if` is an else, and its condition is not read: write elsif")
	default:
		p.suspect(delimiter.at, CodeSuspectTag, "what stands behind else is not read: take it out, or write elsif")
	}
}

// suspectJump looks at a break or continue outside of all loops.
func (p *parser) suspectJump(t tag) {
	for _, block := range p.blocks {
		if block == "for" || block == "tablerow" {
			return
		}
	}
	before := len(p.suspicions)
	p.suspect(t.start, CodeSuspectTag, "`"+t.name+"` outside of a loop ends the template here: put it into a loop, or take it out")
	if len(p.suspicions) > before {
		p.suspicions[before].loose = true
	}
}

// suspectText looks for macros in a text in quotes, where they are text: all of
// them, or in an argument those of variables.
func (p *parser) suspectText(start, end int, argument bool) {
	if !p.recovering {
		return
	}
	for at := start; ; {
		n := strings.Index(p.source[at:end], "<<")
		if n < 0 {
			return
		}
		at += n
		rest := strings.TrimLeft(p.source[at+len("<<"):end], spaces)
		switch {
		case rest == "" || !startsPath(rest[0]) || !strings.Contains(rest, ">>") || escaped(p.source[start:at]):
		case !argument:
			p.suspect(at, CodeSuspectMacro, "this macro stays text: in quotes macros count only where a filter or a partial takes the text")
		case len(rest) < len(root) || !IsRoot(rest[:len(root)]):
			p.suspect(at, CodeSuspectMacro, "this macro stays text: in quotes only those of secrets count; put the variable in with append")
		}
		at += len("<<")
	}
}
