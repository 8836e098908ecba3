package jsonread

import (
	"encoding/json"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/macros"
)

// MaxDepth is how deep objects and lists may nest.
const MaxDepth = 100

// Fields is a request that knows its fields by name.
type Fields interface {
	// Field reads the value of the field called name from r and reports
	// whether there is such a field. It MUST read nothing where there is not.
	Field(name string, r *Reader) bool
}

// Reader reads one JSON text from its start to its end. After the first
// mistake it reads nothing more: every method returns a zero value.
type Reader struct {
	src   string
	pos   int
	depth int
	field string
	err   *Error
	// ordered says that objects inside a value keep the order of their keys.
	ordered bool
	known   *known
}

// Decoder reads requests. Its zero value is ready, and it is safe for concurrent
// use.
type Decoder struct {
	readers sync.Pool
	known   known
}

// Decode reads src, which MUST be one JSON object, into its fields. Strings
// are parts of src where they can be. The error is an [*Error].
func (d *Decoder) Decode(src string, into Fields) error {
	r, ok := d.readers.Get().(*Reader)
	if !ok {
		r = new(Reader)
	}
	*r = Reader{src: src, known: &d.known}
	err := r.decode(into)
	*r = Reader{}
	d.readers.Put(r)
	return err
}

func (r *Reader) decode(into Fields) error {
	if at := invalidUTF8(r.src); at >= 0 {
		r.fail(at, "the body is not valid UTF-8: send JSON in UTF-8")
		return r.err
	}
	r.space()
	if r.peek() != '{' {
		r.fail(r.pos, "the body must be a JSON object")
		return r.err
	}
	r.Object(into)
	r.space()
	if r.err == nil && r.pos < len(r.src) {
		r.fail(r.pos, "something follows the JSON object: send one object alone")
	}
	if r.err != nil {
		return r.err
	}
	return nil
}

func invalidUTF8(src string) int {
	if utf8.ValidString(src) {
		return -1
	}
	for i := 0; ; {
		c, size := utf8.DecodeRuneInString(src[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// fail notes the first mistake.
func (r *Reader) fail(at int, message string) {
	if r.err == nil {
		r.err = &Error{Message: message, Place: macros.PlaceOf(r.src, macros.Pos(at))}
		r.pos = len(r.src)
	}
}

// Refuse notes that the value of the field that is being read is wrong.
func (r *Reader) Refuse(message string) {
	r.fail(r.pos, named(r.field)+" "+message)
}

func (r *Reader) space() {
	for r.pos < len(r.src) {
		switch r.src[r.pos] {
		case ' ', '\n', '\r', '\t':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (r *Reader) peek() byte {
	if r.pos < len(r.src) {
		return r.src[r.pos]
	}
	return 0
}

// Null reads a null if one stands here.
func (r *Reader) Null() bool {
	if r.peek() != 'n' {
		return false
	}
	return r.word("null")
}

func (r *Reader) word(word string) bool {
	if len(r.src)-r.pos < len(word) || r.src[r.pos:r.pos+len(word)] != word {
		r.syntax()
		return false
	}
	r.pos += len(word)
	return true
}

func (r *Reader) syntax() {
	if r.pos >= len(r.src) {
		r.fail(len(r.src), "the JSON ends too early")
		return
	}
	r.fail(r.pos, "this is not valid JSON")
}

// mismatch notes that a value of another type stands where want should be.
func (r *Reader) mismatch(want string) {
	switch c := r.peek(); {
	case c == '"', c == '{', c == '[', c == '-', c == 't', c == 'f', c == 'n', '0' <= c && c <= '9':
		r.fail(r.pos, named(r.field)+" must be "+want)
	default:
		r.syntax()
	}
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

func (r *Reader) open(bracket byte, want string) bool {
	if r.err != nil {
		return false
	}
	if r.peek() != bracket {
		r.mismatch(want)
		return false
	}
	if r.depth++; r.depth > MaxDepth {
		r.fail(r.pos, "objects and lists nest deeper than "+strconv.Itoa(MaxDepth)+" levels")
		return false
	}
	r.pos++
	return true
}

func (r *Reader) close() {
	r.pos++
	r.depth--
}

// next reads a comma, or the closing bracket, for which it returns false.
func (r *Reader) next(bracket byte) bool {
	r.space()
	switch {
	case r.err != nil:
		return false
	case r.peek() == ',':
		r.pos++
		return true
	case r.peek() == bracket:
		r.close()
		return false
	}
	r.syntax()
	return false
}

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

// Ordered is [Reader.Map], with the objects inside it as [*engine.Object], which
// keep the order of their keys. It fills room, which MUST be empty, unless that is
// nil.
func (r *Reader) Ordered(room map[string]any) map[string]any {
	if r.err != nil || r.Null() {
		return nil
	}
	if r.peek() != '{' {
		r.mismatch("an object")
		return nil
	}
	if room == nil {
		room = make(map[string]any)
	}
	r.ordered = true
	defer func() { r.ordered = false }()
	return r.members(room)
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

func (r *Reader) orderedObject() *engine.Object {
	object := &engine.Object{}
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

// Value reads any value: nil, a bool, a string, an int64 or else a
// [json.Number], a []any or a map[string]any, which is an [*engine.Object]
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

// number reads a number: whole numbers that an int64 holds exactly as such,
// all others as they were written.
func (r *Reader) number() any {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	whole := true
	switch c := r.peek(); {
	case c == '0':
		r.pos++
	case '1' <= c && c <= '9':
		r.digits()
	default:
		r.syntax()
		return nil
	}
	if r.peek() == '.' {
		whole = false
		r.pos++
		if !r.digits() {
			return nil
		}
	}
	if c := r.peek(); c == 'e' || c == 'E' {
		whole = false
		r.pos++
		if c := r.peek(); c == '+' || c == '-' {
			r.pos++
		}
		if !r.digits() {
			return nil
		}
	}
	text := r.src[start:r.pos]
	if whole {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return json.Number(text)
}

func (r *Reader) digits() bool {
	start := r.pos
	for '0' <= r.peek() && r.peek() <= '9' {
		r.pos++
	}
	if r.pos == start {
		r.syntax()
	}
	return r.pos > start
}
