package macros

import "strconv"

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
	return p.filtersBehind(value)
}

// filtersBehind reads the filters of value, of which the first comes next.
func (p *parser) filtersBehind(value Expr) Expr {
	var few [4]Filter
	filters := few[:0]
	var chain filterChain
	chain.add(value)
	for p.accept('|') {
		filter := Filter{Pos: Pos(p.skipSpace())}
		filter.Name = p.word()
		if filter.Name == "" {
			p.fail(p.pos, "a filter's name is missing behind |")
			break
		}
		if len(filters) == MaxTerms {
			p.fail(p.pos, "too many filters behind one value: at most "+strconv.Itoa(MaxTerms))
		}
		if filter.Name == "default" {
			// Its argument is needed only where the value is missing.
			p.guards++
			p.arguments(&filter)
			p.guards--
		} else {
			p.arguments(&filter)
		}
		chain.pass(&filter)
		filters = append(filters, filter)
	}
	return &Filtered{Value: value, Filters: p.filters.clone(filters)}
}

// arguments reads `: value, name: value` behind a filter's name.
func (p *parser) arguments(f *Filter) {
	if !p.accept(':') {
		return
	}
	var few [4]Expr
	args := few[:0]
	for {
		if name := p.key(); name != "" {
			f.Named = append(f.Named, Argument{Name: name, Value: p.argument()})
		} else if len(args) == 1 && asksEach(f.Name) {
			args = append(args, p.each(args[0]))
		} else {
			args = append(args, p.argument())
		}
		if !p.accept(',') {
			f.Args = p.values.clone(args)
			return
		}
	}
}

// filterChain knows what filters mean for the references that they are applied to.
type filterChain struct {
	// candidates are the references that may still be the value: the first one, and
	// what a `default` puts in its place.
	candidates []*Reference
	// changed says that another filter than `default` made something else of
	// the value.
	changed bool
}

func (c *filterChain) add(value Expr) {
	if ref := referenceOf(value); ref != nil {
		c.candidates = append(c.candidates, ref)
	}
}

// pass takes the next filter.
func (c *filterChain) pass(f *Filter) {
	switch f.Name {
	case "default":
		for _, ref := range c.candidates {
			ref.Covered, ref.Guarded = true, true
		}
		if len(f.Args) > 0 {
			c.add(f.Args[0])
		}
		return
	case "basic_auth":
		for _, ref := range c.candidates {
			ref.Whole = ref.Whole || !c.changed
		}
	}
	c.changed = true
}
