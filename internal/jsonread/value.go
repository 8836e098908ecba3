package jsonread

// Map reads an object as Go values; see [Reader.Value]. A null reads as nil.
func (r *Reader) Map() map[string]any {
	if r.err != nil || r.Null() {
		return nil
	}
	if r.peek() != '{' {
		r.mismatch("an object")
		return nil
	}
	return r.members(make(map[string]any))
}

// Ordered is [Reader.Map], with the objects inside it as the decoder's NewObject
// makes them. It fills values, which MUST be empty, unless that is nil.
func (r *Reader) Ordered(values map[string]any) map[string]any {
	if r.err != nil || r.Null() {
		return nil
	}
	if r.peek() != '{' {
		r.mismatch("an object")
		return nil
	}
	if values == nil {
		values = make(map[string]any)
	}
	r.ordered = r.decoder.NewObject != nil
	defer func() { r.ordered = false }()
	return r.members(values)
}

// OrderedObject is [Reader.Ordered] with the outer object made by the decoder's
// NewObject too, which MUST be set. A null reads as nil.
func (r *Reader) OrderedObject() Object {
	if r.err != nil || r.Null() {
		return nil
	}
	if r.peek() != '{' {
		r.mismatch("an object")
		return nil
	}
	r.ordered = true
	defer func() { r.ordered = false }()
	return r.orderedObject()
}

// members fills values, which is empty.
func (r *Reader) members(values map[string]any) map[string]any {
	r.pairs(func(name string, value any) bool {
		before := len(values)
		values[name] = value
		return len(values) > before
	})
	return values
}

func (r *Reader) orderedObject() Object {
	object := r.decoder.NewObject()
	r.pairs(func(name string, value any) bool {
		before := object.Len()
		object.Set(name, value)
		return object.Len() > before
	})
	return object
}

// pairs reads an object and hands each member to add, which reports whether its
// name is new.
func (r *Reader) pairs(add func(name string, value any) bool) {
	r.object("an object", func(name string, at int) {
		if !add(name, r.Value()) {
			r.failTwice(at)
		}
	})
}

// Value reads any value: nil, a bool, a string, a number (an int64 or a
// [json.Number]; see [Decoder]), a []any or a map[string]any, which is an [Object]
// inside [Reader.Ordered].
func (r *Reader) Value() any {
	r.space()
	switch c := r.peek(); {
	case r.err != nil:
		return nil
	case c == '"':
		return r.text()
	case c == '{' && r.ordered:
		return r.orderedObject()
	case c == '{':
		return r.members(make(map[string]any))
	case c == '[':
		return r.list()
	case c == 't':
		return r.word("true")
	case c == 'f':
		r.word("false")
		return false
	case c == 'n':
		r.word("null")
		return nil
	case c == '-', '0' <= c && c <= '9':
		return r.number()
	}
	r.syntax()
	return nil
}

func (r *Reader) list() []any {
	if !r.open('[', "a list") {
		return nil
	}
	values := []any{}
	r.space()
	if r.peek() == ']' {
		r.close()
		return values
	}
	for r.err == nil {
		values = append(values, r.Value())
		if !r.next(']') {
			break
		}
	}
	return values
}

// Raw reads any value and returns its text as it was sent.
func (r *Reader) Raw() string {
	r.space()
	start := r.pos
	r.Value()
	if r.err != nil {
		return ""
	}
	return r.src[start:r.pos]
}

// RawMember is [Reader.Raw] for the value of a member that has to be known whole:
// a number is where the object goes on or ends behind it, and not where the text does.
func (r *Reader) RawMember() string {
	raw := r.Raw()
	r.space()
	if c := r.peek(); r.err == nil && c != ',' && c != '}' {
		r.syntax()
		return ""
	}
	return raw
}

// RawObject reads an object, or null for none, and returns its text as it was sent.
func (r *Reader) RawObject() string {
	if r.Null() {
		return ""
	}
	r.space()
	start := r.pos
	r.Map()
	if r.err != nil {
		return ""
	}
	return r.src[start:r.pos]
}
