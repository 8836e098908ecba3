package jsonread

// Fields is a request that knows its fields by name.
type Fields interface {
	// Field reads the value of the field called name from r and reports
	// whether there is such a field. It MUST read nothing where there is not.
	Field(name string, r *Reader) bool
}

// Object reads an object into its fields. A null reads as an empty one.
func (r *Reader) Object(into Fields) {
	if r.Null() {
		return
	}
	var first [16]string
	seen := first[:0]
	r.object("an object", func(name string, at int) {
		for _, s := range seen {
			if s == name {
				r.fail(at, named(name)+" stands twice in one object: keep one")
				return
			}
		}
		seen = append(seen, name)
		r.field = name
		if !into.Field(name, r) {
			r.fail(at, named(name)+" is unknown here: remove it or correct its name")
		}
	})
}

// Each reads an object of named values. A null reads as an empty one.
func (r *Reader) Each(value func(name string)) {
	if r.Null() {
		return
	}
	seen := make(map[string]bool)
	r.object("an object", func(name string, at int) {
		if seen[name] {
			r.failTwice(at)
			return
		}
		seen[name] = true
		value(name)
	})
}

func (r *Reader) failTwice(at int) {
	r.fail(at, "a name stands twice in one object: keep one")
}

func (r *Reader) object(want string, member func(name string, at int)) {
	if !r.open('{', want) {
		return
	}
	r.space()
	if r.peek() == '}' {
		r.close()
		return
	}
	for r.err == nil {
		r.space()
		at := r.pos
		name := r.text()
		r.space()
		if r.err != nil {
			return
		}
		if r.peek() != ':' {
			r.syntax()
			return
		}
		r.pos++
		r.space()
		member(name, at)
		if !r.next('}') {
			return
		}
	}
}
