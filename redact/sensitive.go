package redact

import "unsafe"

// Sensitive holds a value that is made of secrets, such as a rendered message.
// Like [Secret] it prints masked by every verb and encoder, also as an
// unexported field, and has one way out: [Sensitive.Reveal]. It is comparable
// by identity, and safe for concurrent use as far as T is.
type Sensitive[T any] struct {
	masked
	// T stands in a field so that no Sensitive converts to one of another type.
	_ [0]*T
	// value is a *T. A printer that follows pointers and unexported fields by
	// reflection finds an address here that it cannot follow.
	value unsafe.Pointer
}

// NewSensitive returns value, wrapped.
func NewSensitive[T any](value T) Sensitive[T] {
	return Sensitive[T]{value: unsafe.Pointer(&value)}
}

// Reveal returns the value. The zero Sensitive holds the zero T.
func (s Sensitive[T]) Reveal() T {
	if s.value == nil {
		var zero T
		return zero
	}
	return *(*T)(s.value)
}
