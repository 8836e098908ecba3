package macros

// arena hands out values of one type that are allocated many at a time: a tree
// of a thousand nodes costs a dozen allocations. What it handed out lives until
// the last of its neighbours is dropped.
type arena[T any] struct {
	free []T
	// chunk is the length of the last chunk.
	chunk int
}

// The lengths of the first and of the longest chunk. Each chunk is twice the
// one before, so that a short source pays for little that it does not use, and
// the longest bounds what a long one wastes.
const (
	firstChunk   = 4
	longestChunk = 256
)

// expect makes the first chunk one of n values.
func (a *arena[T]) expect(n int) {
	if n > 0 {
		a.chunk = n
		a.free = make([]T, n)
	}
}

// alloc returns a zero value.
func (a *arena[T]) alloc() *T {
	if len(a.free) == 0 {
		a.grow(1)
	}
	v := &a.free[0]
	a.free = a.free[1:]
	return v
}

// clone returns a copy of values.
func (a *arena[T]) clone(values []T) []T {
	n := len(values)
	if n == 0 {
		return nil
	}
	if len(a.free) < n {
		a.grow(n)
	}
	// No capacity is left behind the length: an append would write over what
	// the arena hands out next.
	list := a.free[:n:n]
	a.free = a.free[n:]
	copy(list, values)
	return list
}

// grow begins a chunk of n values or more, and gives up what is left of the
// last one.
func (a *arena[T]) grow(n int) {
	a.chunk = max(n, firstChunk, min(2*a.chunk, longestChunk))
	a.free = make([]T, a.chunk)
}
