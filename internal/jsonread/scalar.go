package jsonread

import "strconv"

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

// Whole reads a whole number from 0 on. A null reads as 0.
func (r *Reader) Whole() int64 {
	if r.err != nil || r.Null() {
		return 0
	}
	at := r.pos
	if c := r.peek(); c < '0' || c > '9' {
		r.mismatch(wholeNumber)
		return 0
	}
	text := r.Raw()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.fail(at, named(r.field)+" must be "+wholeNumber)
	}
	return n
}

const wholeNumber = "a whole number from 0 on"

// Strings reads a list of strings: nil for null, but not for an empty list.
func (r *Reader) Strings() []string {
	const want = "a list of strings"
	return r.texts(want, func() string {
		r.space()
		if r.peek() != '"' {
			r.mismatch(want)
			return ""
		}
		return r.text()
	})
}

// RawList reads a list of anything, each as it was written: nil for null, but not
// for an empty list.
func (r *Reader) RawList() []string {
	return r.texts("a list", r.Raw)
}

// texts reads a list, which is what was wanted, each item with item.
func (r *Reader) texts(want string, item func() string) []string {
	if r.err != nil || r.Null() || !r.open('[', want) {
		return nil
	}
	list := []string{}
	r.space()
	if r.peek() == ']' {
		r.close()
		return list
	}
	for r.err == nil {
		list = append(list, item())
		if !r.next(']') {
			break
		}
	}
	return list
}
