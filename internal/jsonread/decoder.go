package jsonread

import (
	"cmp"
	"sync"

	"github.com/sotto-render/sotto/macros"
)

// DefaultDepth is how deep objects and lists may nest where a [Decoder] says
// nothing else.
const DefaultDepth = 100

// Decoder reads JSON texts that are one object each. Its zero value is ready. It
// is safe for concurrent use, but its fields MUST NOT change once it is used.
type Decoder struct {
	// Subject is what messages call the text. Default: "the body".
	Subject string
	// MaxDepth is how deep objects and lists may nest. Default: [DefaultDepth].
	MaxDepth int
	// NewObject makes the objects inside [Reader.Ordered]. Nil makes each a
	// map[string]any.
	NewObject func() Object
	// Verbatim makes every number a [json.Number]. Without it, a whole number that
	// fits in an int64 is one.
	Verbatim bool

	readers sync.Pool
	known   known
}

// Object is a JSON object that keeps the order of its names.
type Object interface {
	// Len is the number of names.
	Len() int
	// Set gives a name its value. A new name comes last.
	Set(name string, value any)
}

// Decode reads src into its fields. Strings are parts of src where they can be.
// The error is an [*Error].
func (d *Decoder) Decode(src string, into Fields) error {
	r := d.reader(src)
	defer d.release(r)
	if r.begin() {
		r.Object(into)
		r.end()
	}
	return r.mistake()
}

// DecodeMap is [Decoder.Decode] for an object of any names, which it reads as
// [Reader.Ordered] does.
func (d *Decoder) DecodeMap(src string) (map[string]any, error) {
	r := d.reader(src)
	defer d.release(r)
	var values map[string]any
	if r.begin() {
		values = r.Ordered(nil)
		r.end()
	}
	if err := r.mistake(); err != nil {
		return nil, err
	}
	return values, nil
}

// DecodeObject is [Decoder.DecodeMap] that keeps the order of the outer object too.
func (d *Decoder) DecodeObject(src string) (Object, error) {
	r := d.reader(src)
	defer d.release(r)
	var object Object
	if r.begin() {
		object = r.OrderedObject()
		r.end()
	}
	if err := r.mistake(); err != nil {
		return nil, err
	}
	return object, nil
}

// Check returns the mistake of a text that is one JSON value of any kind.
func (d *Decoder) Check(src string) error {
	r := d.reader(src)
	defer d.release(r)
	if r.utf8() {
		r.space()
		r.Value()
		r.end()
	}
	return r.mistake()
}

func (d *Decoder) reader(src string) *Reader {
	r, ok := d.readers.Get().(*Reader)
	if !ok {
		r = new(Reader)
	}
	*r = Reader{src: src, decoder: d, maxDepth: cmp.Or(d.MaxDepth, DefaultDepth)}
	return r
}

func (d *Decoder) release(r *Reader) {
	// The pool must not keep a request alive.
	*r = Reader{}
	d.readers.Put(r)
}

// begin reports whether an object may be read: the text is UTF-8 and starts one.
func (r *Reader) begin() bool {
	if !r.utf8() {
		return false
	}
	r.space()
	if r.peek() != '{' {
		r.fail(r.pos, r.subject()+" must be one JSON object")
		return false
	}
	return true
}

// utf8 checks the whole text, so that what is read later need not be.
func (r *Reader) utf8() bool {
	at, _ := macros.InvalidUTF8(r.src)
	if at >= 0 {
		r.fail(int(at), r.subject()+" is not UTF-8: JSON is text in UTF-8")
	}
	return at < 0
}

func (r *Reader) subject() string { return cmp.Or(r.decoder.Subject, "the body") }

// end refuses what follows the object: other readers would take the last of two
// objects where this one takes the first.
func (r *Reader) end() {
	r.space()
	if r.err == nil && r.pos < len(r.src) {
		r.fail(r.pos, "the JSON object has ended; nothing may follow it")
	}
}

// mistake returns the first one. A nil *Error would be an error that is not nil.
func (r *Reader) mistake() error {
	if r.err == nil {
		return nil
	}
	return r.err
}
