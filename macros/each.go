package macros

// Each is the expression in quotes that a filter such as `where_exp` evaluates for
// every item of a list: `where_exp: "item", "item.price > 4"`. It is written out,
// so that what it mentions is known before anything is rendered.
type Each struct {
	Pos Pos
	// Name is what the expression calls an item.
	Name string
	// Source is the text between the quotes.
	Source string
	Body   Expr
}

func (*Each) expr() {}

// asksEach reports whether the second argument of the filter called name is an
// expression about items.
func asksEach(name string) bool {
	s := FilterByName(name)
	return s != nil && len(s.Parameters) == 2 && s.Parameters[1].Kind == ExpressionKind
}

// each reads the expression of a filter whose first argument is item.
func (p *parser) each(item Expr) Expr {
	p.space()
	at := p.pos
	name, isText := literalText(item)
	switch c := p.peek(); {
	case p.failed:
		return p.literal(nil)
	case !isText || !isName(name) || classes[first(name)]&wordStart == 0:
		p.fail(at, "the first argument is what the expression calls an item, a name in quotes")
		return p.literal(nil)
	case IsRoot(name):
		p.fail(at, nameAdvice)
		return p.literal(nil)
	case c != '"' && c != '\'':
		p.fail(at, "this argument is an expression: write it out in quotes, as in \"item.price > 4\"")
		return p.literal(nil)
	}
	source, ok := p.quoted()
	if !ok {
		return p.literal(nil)
	}
	pos, content := p.pos, p.end
	p.pos, p.end = at+1, pos-1
	p.guards++
	body := p.condition()
	askTruth(body)
	if p.peek() == '|' {
		body = p.filtersBehind(body)
	}
	p.guards--
	p.expectEnd("join conditions with `and` or `or`, and compare with ==, !=, <, >, <=, >= or contains")
	p.pos, p.end = pos, content
	if p.failed {
		p.pos = content
	}
	return &Each{Pos: Pos(at), Name: name, Source: source, Body: body}
}
