package jsonread

// String reads a string. A null reads as "".
func (r *Reader) String() string {
	if r.err != nil || r.Null() {
		return ""
	}
	if r.peek() != '"' {
		r.mismatch("a string")
		return ""
	}
	return r.text()
}

// Bool reads true or false. A null reads as false.
func (r *Reader) Bool() bool {
	switch r.peek() {
	case 't':
		return r.word("true")
	case 'f':
		r.word("false")
		return false
	}
	if r.err == nil && !r.Null() {
		r.mismatch("true or false")
	}
	return false
}

// Strings reads a list of strings: nil for null, but not for an empty list.
func (r *Reader) Strings() []string {
	if r.err != nil || r.Null() || !r.open('[', "a list of strings") {
		return nil
	}
	list := []string{}
	r.space()
	if r.peek() == ']' {
		r.close()
		return list
	}
	for r.err == nil {
		r.space()
		if r.peek() != '"' {
			r.mismatch("a list of strings")
			return nil
		}
		list = append(list, r.text())
		if !r.next(']') {
			break
		}
	}
	return list
}
