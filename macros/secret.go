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

// notRoot refuses a name that would hide the secrets.
func (p *parser) notRoot(at int, name string) {
	if IsRoot(name) {
		p.fail(at, nameAdvice)
	}
}

// secretNode is a reference together with the value that it is.
type secretNode struct {
	secret    Secret
	reference Reference
}

// newSecret notes one more reference, which begins at the offset.
func (p *parser) newSecret(at int) *Secret {
	m := p.secrets.alloc()
	m.reference.Pos = Pos(at)
	m.secret.Reference = &m.reference
	if p.references == nil {
		p.references = make([]*Reference, 0, 4)
	}
	p.references = append(p.references, &m.reference)
	return &m.secret
}

// secret reads what follows `secrets`, which stands at start: the alias and
// the path to a field.
func (p *parser) secret(start int) Expr {
	value := p.newSecret(start)
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
	// `secrets.aé` must not read as `secrets.a`: that may be another secret.
	if at < p.end && p.source[at] >= utf8.RuneSelf {
		if r, _ := utf8.DecodeRuneInString(p.source[at:p.end]); unicode.IsLetter(r) || unicode.IsDigit(r) {
			p.fail(at, "this letter cannot stand in an alias: "+aliasAdvice)
			return
		}
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
