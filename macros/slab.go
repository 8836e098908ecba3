package macros

// slab hands out values of one type that are allocated many at a time: a tree
// of a thousand nodes costs a dozen allocations. What it handed out lives until
// the last of its neighbours is dropped.
type slab[T any] struct {
	free []T
	// size is the length of the last block.
	size int
}

// The first and the longest block of a slab.
const (
	firstBlock   = 4
	longestBlock = 256
)

// one returns a zero value.
func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.grow(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// copies returns a copy of values, with no room behind it.
func (s *slab[T]) copies(values []T) []T {
	n := len(values)
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.grow(n)
	}
	list := s.free[:n:n]
	s.free = s.free[n:]
	copy(list, values)
	return list
}

func (s *slab[T]) grow(n int) {
	s.size = max(n, firstBlock, min(2*s.size, longestBlock))
	s.free = make([]T, s.size)
}
