package macros

import "strconv"

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
			// Two dots are those of a range: (a..b).
			if p.pos+1 < p.end && p.source[p.pos+1] == '.' {
				break
			}
			p.pos++
			segment := Segment{Pos: Pos(p.skipSpace())}
			segment.Key = p.word()
			if segment.Key == "" {
				p.fail(p.pos, "a name is missing behind the dot: write .name, [0] or [\"any name\"]")
				return p.segments.clone(path)
			}
			path = append(path, segment)
			continue
		}
		// The white space that peek went over is not part of the path. After a
		// mistake pos stays at the end, where fail put it.
		if !p.failed {
			p.pos = before
		}
		return p.segments.clone(path)
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
	if !p.accept(']') {
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

// nest counts a bracket that opens here.
func (p *parser) nest() bool {
	if p.brackets == MaxNesting {
		p.fail(p.pos, "brackets stand too deep inside brackets: at most "+strconv.Itoa(MaxNesting)+" levels")
		return false
	}
	p.brackets++
	return true
}
