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
