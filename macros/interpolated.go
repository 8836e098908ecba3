package macros

import "strings"

// Interpolated is a text in quotes that holds macros of secrets, as in
// `default: "Bearer <<Secrets.api_key>>"`.
type Interpolated struct {
	Pos Pos
	// Source is the text between the quotes as it was written.
	Source string
	// Parts are [Literal] texts and [Secret] values in order.
	Parts []Expr
}

func (*Interpolated) expr() {}

// Joined returns the parts put together by `append`.
func (x *Interpolated) Joined() *Filtered {
	joined := &Filtered{Value: &Literal{Value: ""}}
	for _, part := range x.Parts {
		joined.Filters = append(joined.Filters, Filter{Pos: x.Pos, Name: "append", Args: []Expr{part}})
	}
	return joined
}

// argument reads a value in whose text macros of secrets count: what is passed
// to a filter or a partial. Elsewhere a text is a text.
func (p *parser) argument() Expr {
	p.space()
	if p.nestedMacro() {
		return p.literal(nil)
	}
	start := p.pos
	p.inArgument = true
	value := p.value()
	p.inArgument = false
	if text, ok := literalText(value); ok && !p.failed && strings.Contains(text, "<<") {
		p.suspectText(start+1, p.pos-1, true)
		return p.interpolated(start+1, p.pos-1, value)
	}
	return value
}

// nestedMacro refuses a macro in the place of a value. Were it text, half of
// what the author wrote would be sent.
func (p *parser) nestedMacro() bool {
	if !strings.HasPrefix(p.source[p.pos:p.end], "<<") {
		return false
	}
	p.nested = true
	p.fail(p.pos, "a macro cannot stand inside a macro, an object or a tag: write the path alone, as in `default: secrets.backup`")
	return true
}

// interpolated reads the macros of secrets in the text from start to end, which
// is the literal where it holds none.
func (p *parser) interpolated(start, end int, literal Expr) Expr {
	pos, content := p.pos, p.end
	var parts []Expr
	from := start
	for at := start; !p.failed; {
		n := strings.Index(p.source[at:end], "<<")
		if n < 0 {
			break
		}
		at += n
		p.pos, p.end = at+len("<<"), end
		p.space()
		if !p.opensSecret(p.pos) {
			at++
			continue
		}
		if escaped(p.source[start:at]) {
			parts = append(parts, p.literal(p.source[from:at-1]))
			from, at = at, at+len("<<")
			continue
		}
		if at > from {
			parts = append(parts, p.literal(p.source[from:at]))
		}
		shut := strings.Index(p.source[p.pos:end], ">>")
		if shut < 0 {
			p.fail(at, "this macro is not closed: close it with >>")
			break
		}
		p.end = p.pos + shut
		from = p.end + len(">>")
		parts = append(parts, p.named(p.pos))
		p.expectEnd("a macro inside a text has no filters: close it with >>")
		at = from
	}
	if p.failed {
		p.pos = content
		p.end = content
		return literal
	}
	p.pos, p.end = pos, content
	if len(parts) == 0 {
		return literal
	}
	if from < end {
		parts = append(parts, p.literal(p.source[from:end]))
	}
	return &Interpolated{Pos: Pos(start - 1), Source: p.source[start:end], Parts: parts}
}

// opensSecret reports whether `secrets.` or `secrets[` stands at the offset, or
// `secrets` and the end of the macro.
func (p *parser) opensSecret(at int) bool {
	rest := p.source[at:p.end]
	if len(rest) < len(root) || !IsRoot(rest[:len(root)]) {
		return false
	}
	rest = strings.TrimLeft(rest[len(root):], spaces)
	return rest != "" && (rest[0] == '.' || rest[0] == '[') || strings.HasPrefix(rest, ">>")
}

// escaped reports whether text, which stands before a `<<`, ends in an odd number
// of backslashes. The last of them then makes the `<<` text.
func escaped[T string | []byte](text T) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)%2 == 1
}

// extend makes the content of the macro in hand reach beyond a text whose quote
// stands at the offset: the `>>` where the content ended so far closes a macro
// inside that text. It reports false where there is none.
func (p *parser) extend(quote int) bool {
	if !p.macroBody || p.end >= p.limit {
		return false
	}
	inside := p.source[quote+1 : p.end]
	i := strings.LastIndex(inside, "<<")
	if i < 0 || !p.opensSecret(quote+1+i+len("<<")+len(inside[i+len("<<"):])-len(strings.TrimLeft(inside[i+len("<<"):], spaces))) {
		return false
	}
	closing := strings.IndexByte(p.source[p.end:p.limit], p.source[quote])
	if closing < 0 {
		return false
	}
	p.end = p.search(">>", p.end+closing)
	return p.end < p.limit
}
