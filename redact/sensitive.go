package redact

// Sensitive holds a value that is made of secrets, such as a rendered message.
// Like [Secret] it prints masked by every verb and encoder, also as an
// unexported field, and has one way out: [Sensitive.Reveal]. It is comparable
// by identity, and safe for concurrent use as far as T is.
type Sensitive[T any] struct {
	masked
	box *box[T]
}

// box keeps its value in a closure, so that a printer that follows pointers
// and unexported fields by reflection finds the address of a function.
type box[T any] struct{ open func() T }

// NewSensitive returns value, wrapped.
func NewSensitive[T any](value T) Sensitive[T] {
	return Sensitive[T]{box: &box[T]{open: func() T { return value }}}
}

// Reveal returns the value. The zero Sensitive holds the zero T.
func (s Sensitive[T]) Reveal() T {
	if s.box == nil {
		var zero T
		return zero
	}
	return s.box.open()
}
