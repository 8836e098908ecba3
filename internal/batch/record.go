package batch

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sotto-render/sotto/engine"
	"github.com/sotto-render/sotto/internal/jsonread"
)

// Record is a recipient.
type Record struct {
	// ID is what the recipient is called, in JSON; "" for one without.
	ID   string
	Vars map[string]any
	// Object are the variables in place of Vars, for a [Worker] that asks for
	// their order.
	Object *engine.Object

	ordered bool
	reuse   map[string]any
}

var records = jsonread.Decoder{
	Subject: "a recipient", NewObject: func() jsonread.Object { return new(engine.Object) },
}

// LineError is what is wrong with a line of a stream, or with an element of a list.
type LineError struct {
	// Line counts from 1. It is 0 for an element, which Element counts from 0.
	Line, Element int
	// Column counts characters from 1; 0 where there is no place.
	Column int
	// Message says what is wrong, and Long how long a line may be that is longer.
	Message string
	Long    int
	// Rejected says that the JSON is right and holds a value that cannot be used.
	Rejected bool
}

// Error names the place.
func (e *LineError) Error() string {
	switch {
	case e.Long > 0:
		return fmt.Sprintf("line %d is longer than %d bytes", e.Line, e.Long)
	case e.Line == 0:
		return fmt.Sprintf("recipients[%d]: %s", e.Element, e.Message)
	}
	if e.Column == 0 {
		return fmt.Sprintf("line %d: %s", e.Line, e.Message)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// maxVars keeps the map of a recipient with many variables from being used again.
const maxVars = 256

// decode reads text, which is the line with this number, or that element of a list.
func (r *Record) decode(text string, number int, listed bool) error {
	if len(r.reuse) > maxVars {
		r.reuse = nil
	}
	if r.reuse == nil {
		r.reuse = make(map[string]any)
	}
	// A variable that this recipient does not have would else be another's.
	clear(r.reuse)
	r.ID, r.Vars, r.Object = "", nil, nil
	err := records.Decode(text, r)
	if err == nil {
		vars := r.Vars
		if r.ordered {
			vars = r.Object.Map()
		}
		var refused *engine.Error
		if errors.As(engine.CheckVars(vars), &refused) {
			refusal := &LineError{Message: refused.Details[0].Message}
			if listed {
				refusal.Element = number
			} else {
				refusal.Line = number
			}
			return refusal
		}
		return nil
	}
	var wrong *jsonread.Error
	if !errors.As(err, &wrong) {
		return err
	}
	if listed {
		return &LineError{Element: number, Message: wrong.Message, Rejected: wrong.Rejected}
	}
	return &LineError{Line: number, Column: wrong.Place.Column, Message: wrong.Message, Rejected: wrong.Rejected}
}

// Field implements [jsonread.Fields].
func (r *Record) Field(name string, from *jsonread.Reader) bool {
	switch name {
	case "id":
		// One that is broken in the middle is no id: it would be another recipient's.
		id := from.RawMember()
		switch {
		case id == "" || id == "null":
			id = ""
		case strings.IndexByte(`"-0123456789`, id[0]) < 0:
			from.Refuse("must be a string or a number")
			id = ""
		}
		r.ID = id
	case "vars":
		if r.ordered {
			r.Object, _ = from.OrderedObject().(*engine.Object)
		} else {
			r.Vars = from.Ordered(r.reuse)
		}
	default:
		return false
	}
	return true
}
