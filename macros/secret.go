package macros

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// root is the first word of every reference.
	root = "secrets"

	aliasAdvice = "an alias is 1 to 128 letters, digits, _ and -, and starts with no -"
	listAdvice  = "secrets cannot be listed or passed on as a whole: name one, such as secrets.my_token"
	nameAdvice  = "nothing else may be called `secrets`: choose another name"
)

// referenceOf returns the reference that value is, or nil.
func referenceOf(value Expr) *Reference {
	if s, ok := value.(*Secret); ok {
		return s.Reference
	}
	return nil
}

// cover notes that a fallback takes the place of the reference, if any.
func (r *Reference) cover() {
	if r != nil {
		r.Covered, r.Guarded = true, true
	}
}

// notRoot refuses a name that would hide the secrets.
func (p *parser) notRoot(at int, name string) {
	if IsRoot(name) {
		p.fail(at, nameAdvice)
	}
}

// mention is a reference together with the value that it is.
type mention struct {
	secret    Secret
	reference Reference
}

func (p *parser) mention(at int) *Secret {
	m := p.secrets.one()
	m.reference.Pos = Pos(at)
	m.secret.Reference = &m.reference
	p.references = append(p.references, &m.reference)
	return &m.secret
}

// secret reads what follows `secrets`, which stands at start: the alias and
// the path to a field.
func (p *parser) secret(start int) Expr {
	value := p.mention(start)
	ref := value.Reference
	ref.Guarded = p.guards > 0
	switch p.peek() {
	case '.':
		p.pos++
		p.space()
		p.alias(ref)
	case '[':
		p.aliasIndex(ref)
	default:
		p.fail(start, listAdvice)
	}
	ref.Path = p.path()
	return value
}

// alias reads the alias behind `secrets.`. It may begin with a digit, and all
// its hyphens belong to it.
func (p *parser) alias(ref *Reference) {
	start := p.pos
	at := start
	for at < p.end && classes[p.source[at]]&wordByte != 0 {
		at++
	}
	if r, _ := utf8.DecodeRuneInString(p.source[at:p.end]); unicode.IsLetter(r) || unicode.IsDigit(r) {
		p.fail(at, "this letter cannot stand in an alias: "+aliasAdvice)
		return
	}
	p.pos = at
	p.setAlias(ref, start, p.source[start:at])
}

// aliasIndex reads `["alias"]` or `[name]`.
func (p *parser) aliasIndex(ref *Reference) {
	start := p.pos + len("[")
	segment := p.index()
	if p.failed {
		return
	}
	switch segment.Index.(type) {
	case nil:
		p.setAlias(ref, start, segment.Key)
	case *Variable, *Secret:
		ref.Computed = segment.Index
		ref.Display = strings.Trim(p.source[start:p.pos-len("]")], spaces)
	default:
		p.fail(start, "an alias is a name: write secrets[\"alias\"] or secrets[variable]")
	}
}

// setAlias gives ref the alias that is spelled at the offset.
func (p *parser) setAlias(ref *Reference, at int, spelled string) {
	alias, ok := Canonical(spelled)
	if !ok {
		p.fail(at, "this is not an alias: "+aliasAdvice)
		return
	}
	ref.Alias, ref.Display = alias, spelled
}

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
// begin there.
func (p *parser) standsAlone(start int) bool {
	r, _ := utf8.DecodeLastRuneInString(p.source[:start])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && (r >= utf8.RuneSelf || !strings.ContainsRune("_-./@:", r)) || start == 0
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
