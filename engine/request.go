package engine

import "time"

// Request is what one render or evaluation is given besides the compiled
// source. The zero Request has no variables and no secrets.
type Request struct {
	// Vars are the variables by name: what encoding/json decodes (with
	// int64, float64 or json.Number for numbers), or any Go maps, slices and
	// structs. The engine only reads them. A variable called `secrets`, in
	// any letter case, is refused with [InvalidRequest].
	Vars map[string]any
	// Order lists the names of Vars in the order in which an expression walks
	// `vars`, as [Object.Keys] of [DecodeObject] returns them: a Go map has none.
	// Names that it leaves out come last, sorted; nil sorts all of them.
	Order []string
	// Ordered asks for the objects in the result of a JavaScript expression as an
	// [Object] each, whose keys have the order of JavaScript: array indices first, then
	// as they were set. Without it, and in CEL, where keys have no order, each is a
	// map[string]any.
	Ordered bool
	// Secrets resolves references; nil knows no secret.
	Secrets Resolver
	// Preview renders placeholders instead of values. Existence is checked,
	// no value is resolved.
	Preview bool
	// Trace asks an evaluation for its steps.
	Trace bool
	// Strict makes a missing variable an error.
	Strict bool
	// Translations are texts by key, for the filter `t`. Objects may stand in it:
	// the key `mail.hello` is that of `hello` in the object `mail`, unless it stands
	// there as a whole. They are data, and nothing in them is read as a template.
	Translations map[string]any
	// Required declares the aliases, in any letter case, that may be used.
	// All of them must exist. Nil declares nothing and allows all; an empty
	// list allows none.
	Required []string
	// RequireDeclared takes a nil Required for an empty list.
	RequireDeclared bool
	// Yield is called by long work, about once in a millisecond, so that other
	// work gets its turn: it may block, and returns for how long it did, which
	// does not count as time of the render or evaluation. It MUST return when
	// the request's context ends, and be safe for concurrent use where what is
	// prepared is used by several goroutines. Nil never waits.
	Yield func() time.Duration
	// Budget bounds what all parts and expressions of the request use
	// together, and what other requests with the same one do. Nil bounds each
	// by its own limits alone.
	Budget *Budget
	// Now is the clock of `now` and `date`; nil means [time.Now].
	Now func() time.Time
}
