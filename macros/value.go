package macros

import (
	"strconv"
	"strings"
)

// filtered reads a value and its filters. Nothing at all is nil, as in
// Liquid.
func (p *parser) filtered() Expr {
	if p.peek() == 0 && p.pos >= p.end {
		return p.literal(nil)
	}
	value := p.value()
	if p.peek() != '|' {
		return value
	}
	var few [4]Filter
	filters := few[:0]
	// base and fallback are the references whose place a later `default`
	// takes.
	base, fallback := referenceOf(value), (*Reference)(nil)
	for p.take('|') {
		filter := Filter{Pos: Pos(p.skipSpace())}
		filter.Name = p.word()
		if filter.Name == "" {
			p.fail(p.pos, "a filter's name is missing behind |")
			break
		}
		if len(filters) == MaxTerms {
			p.fail(p.pos, "too many filters behind one value: at most "+strconv.Itoa(MaxTerms))
		}
		isDefault := filter.Name == "default"
		if isDefault {
			p.guards++
		}
		p.arguments(&filter)
		if isDefault {
			p.guards--
			base.cover()
			fallback.cover()
			if len(filter.Args) > 0 {
				fallback = referenceOf(filter.Args[0])
			}
		}
		if len(filters) == 0 && base != nil && filter.Name == "basic_auth" {
			base.Whole = true
		}
		filters = append(filters, filter)
	}
	return &Filtered{Value: value, Filters: p.filters.copies(filters)}
}

// arguments reads `: value, name: value` behind a filter's name.
func (p *parser) arguments(f *Filter) {
	if !p.take(':') {
		return
	}
	var few [4]Expr
	args := few[:0]
	for {
		if name := p.key(); name != "" {
			f.Named = append(f.Named, Argument{Name: name, Value: p.value()})
		} else {
			args = append(args, p.value())
		}
		if !p.take(',') {
			f.Args = p.values.copies(args)
			return
		}
	}
}

// condition reads comparisons that are joined by `and` and `or`, which bind
// from right to left and equally strongly.
func (p *parser) condition() Expr {
	first := p.comparison()
	if p.peek() == 0 {
		return first
	}
	// last is the join whose right side may still grow.
	var whole Expr = first
	var last *Binary
	for terms := 1; ; terms++ {
		p.space()
		at := p.pos
		op := ""
		switch {
		case p.keyword("and"):
			op = "and"
		case p.keyword("or"):
			op = "or"
		default:
			return whole
		}
		if terms == MaxTerms {
			p.fail(at, "too many conditions in one tag: split it, at most "+strconv.Itoa(MaxTerms)+" may be joined")
			return whole
		}
		p.guards++
		right := p.comparison()
		p.guards--
		if last == nil {
			last = &Binary{Pos: Pos(at), Op: op, Left: whole, Right: right}
			whole = last
			continue
		}
		join := &Binary{Pos: Pos(at), Op: op, Left: last.Right, Right: right}
		last.Right = join
		last = join
	}
}

func (p *parser) comparison() Expr {
	left := p.value()
	p.space()
	at := p.pos
	op := p.operator()
	if op == "" {
		return left
	}
	return &Binary{Pos: Pos(at), Op: op, Left: left, Right: p.value()}
}

// operator reads a comparison operator and returns its one spelling, or "".
func (p *parser) operator() string {
	if p.pos >= p.end {
		return ""
	}
	rest := p.source[p.pos:p.end]
	op, spelled := "", 2
	switch {
	case strings.HasPrefix(rest, "=="):
		op = "=="
	case strings.HasPrefix(rest, "!="), strings.HasPrefix(rest, "<>"):
		op = "!="
	case strings.HasPrefix(rest, "<="):
		op = "<="
	case strings.HasPrefix(rest, ">="):
		op = ">="
	case rest[0] == '<':
		op, spelled = "<", 1
	case rest[0] == '>':
		op, spelled = ">", 1
	case rest[0] == 'c':
		if p.keyword("contains") {
			return "contains"
		}
		return ""
	default:
		return ""
	}
	p.pos += spelled
	return op
}

// value reads a literal, a range, a variable or a reference.
func (p *parser) value() Expr {
	c := p.peek()
	start := p.pos
	switch {
	case start >= p.end:
		p.fail(start, "a value is missing here")
	case classes[c]&wordStart != 0:
		return p.named(start)
	case c == '"' || c == '\'':
		if text, ok := p.quoted(); ok {
			return p.literal(text)
		}
	case classes[c]&digit != 0:
		return p.number(start)
	case c == '-' && start+1 < p.end && classes[p.source[start+1]]&digit != 0:
		return p.number(start)
	case c == '[':
		return p.computedRoot(start)
	case c == '(':
		return p.rangeValue(start)
	default:
		p.fail(start, "unexpected "+p.found()+": write a variable, a text in quotes, a number or a range")
	}
	return p.literal(nil)
}

// named reads what begins with a name: a word with a meaning of its own, a
// reference or a variable.
func (p *parser) named(start int) Expr {
	name := p.wordFrom(start)
	if IsRoot(name) {
		return p.secret(start)
	}
	path := p.path()
	if path == nil {
		switch name {
		case "nil", "null":
			return p.literal(nil)
		case "true":
			return p.literal(true)
		case "false":
			return p.literal(false)
		case "empty":
			return &Empty{}
		case "blank":
			return &Blank{}
		}
	}
	v := p.variables.one()
	v.Pos, v.Name, v.Path = Pos(start), name, path
	return v
}

// computedRoot reads `[name].path`.
func (p *parser) computedRoot(start int) Expr {
	segment := p.index()
	v := &Variable{Pos: Pos(start), Root: segment.Index}
	if segment.Index == nil {
		p.notRoot(start, segment.Key)
		v.Root = p.literal(segment.Key)
	}
	v.Path = p.path()
	return v
}

// path reads `.name` and `[index]` as often as they follow.
func (p *parser) path() []Segment {
	var few [4]Segment
	path := few[:0]
	for {
		if len(path) == MaxTerms {
			p.fail(p.pos, "this path is too long: at most "+strconv.Itoa(MaxTerms)+" steps")
		}
		before := p.pos
		switch p.peek() {
		case '[':
			path = append(path, p.index())
			continue
		case '.':
			if p.pos+1 < p.end && p.source[p.pos+1] == '.' {
				break
			}
			p.pos++
			segment := Segment{Pos: Pos(p.skipSpace())}
			segment.Key = p.word()
			if segment.Key == "" {
				p.fail(p.pos, "a name is missing behind the dot: write .name, [0] or [\"any name\"]")
				return p.segments.copies(path)
			}
			path = append(path, segment)
			continue
		}
		if !p.failed {
			p.pos = before
		}
		return p.segments.copies(path)
	}
}

// index reads `[value]`.
func (p *parser) index() Segment {
	segment := Segment{Pos: Pos(p.pos)}
	if !p.nest() {
		return segment
	}
	p.pos++
	value := p.value()
	p.brackets--
	if !p.take(']') {
		p.fail(p.pos, "this bracket is not closed: close it with ]")
	}
	if text, ok := value.(*Literal); ok {
		if key, ok := text.Value.(string); ok {
			segment.Key = key
			return segment
		}
	}
	segment.Index = value
	return segment
}

// rangeValue reads `(from..to)`.
func (p *parser) rangeValue(start int) Expr {
	r := &Range{Pos: Pos(start)}
	if !p.nest() {
		return r
	}
	p.pos++
	r.From = p.value()
	p.space()
	if !strings.HasPrefix(p.source[p.pos:p.end], "..") {
		p.fail(p.pos, "a range is written (1..5): two dots are missing here")
	} else {
		p.pos += len("..")
	}
	r.To = p.value()
	p.brackets--
	if !p.take(')') {
		p.fail(p.pos, "this range is not closed: close it with )")
	}
	return r
}

// nest counts a bracket that opens here.
func (p *parser) nest() bool {
	if p.brackets == MaxNesting {
		p.fail(p.pos, "brackets stand too deep inside brackets: at most "+strconv.Itoa(MaxNesting)+" levels")
		return false
	}
	p.brackets++
	return true
}

// quoted reads a text in quotes. Liquid knows no escapes in it.
func (p *parser) quoted() (string, bool) {
	start := p.pos + 1
	n := strings.IndexByte(p.source[start:p.end], p.source[p.pos])
	if n < 0 {
		p.fail(p.pos, "this text is not closed: close it with "+p.source[p.pos:start])
		return "", false
	}
	p.pos = start + n + 1
	return p.source[start : start+n], true
}

// number reads a whole number or a decimal one.
func (p *parser) number(start int) Expr {
	at := p.digits(start + 1)
	whole := true
	if at+1 < p.end && p.source[at] == '.' && classes[p.source[at+1]]&digit != 0 {
		whole = false
		at = p.digits(at + 1)
	}
	p.pos = at
	text := p.source[start:at]
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return p.literal(n)
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		p.fail(start, "this number is too large")
	}
	return p.literal(f)
}

func (p *parser) literal(value any) *Literal {
	n := p.literals.one()
	n.Value = value
	return n
}

func (p *parser) digits(at int) int {
	for at < p.end && classes[p.source[at]]&digit != 0 {
		at++
	}
	return at
}
