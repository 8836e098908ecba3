package resolver

import "errors"

// Condition is in the chain of what [Checker.Ready] returns: one way in which a
// provider is not well. An error without one means that it does not answer.
type Condition struct {
	// Reason is a word for machines, such as "out_of_memory".
	Reason string
	// Answers says that the provider can be asked for secrets all the same.
	Answers bool
	// Err says it in words, without a value.
	Err error
}

// Error returns the words.
func (c *Condition) Error() string { return c.Err.Error() }

// Unwrap returns Err.
func (c *Condition) Unwrap() error { return c.Err }

// Unreachable is the reason of an error that has no [Condition].
const Unreachable = "unreachable"

// Conditions returns all conditions in err, which Ready returned.
func Conditions(err error) []*Condition {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*Condition
		for _, one := range joined.Unwrap() {
			all = append(all, Conditions(one)...)
		}
		return all
	}
	if c, ok := err.(*Condition); ok {
		return []*Condition{c}
	}
	if inner := errors.Unwrap(err); inner != nil {
		if found := Conditions(inner); len(found) > 0 && found[0].Reason != Unreachable {
			return found
		}
	}
	return []*Condition{{Reason: Unreachable, Err: err}}
}
