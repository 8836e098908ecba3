package admission

import (
	"sync/atomic"
	"time"
)

// memory is what requests and answers hold in the whole process.
type memory struct {
	limit int64
	held  atomic.Int64
}

// Hold counts n bytes more of a request or an answer. A token may hold as much as
// is free for all, so that one alone gets half of the memory, two a third each,
// and whoever comes next always finds some. [Account.Free] gives them back.
func (a *Account) Hold(n int64) error {
	m := &a.controller.memory
	own, all := a.held.Add(n), m.held.Add(n)
	switch free := m.limit - (all - n); {
	case a.limits.Bytes > 0 && own > a.limits.Bytes:
		a.Free(n)
		return &Refusal{Reason: Bytes, After: time.Second}
	case n > free, own > n && own > free:
		a.Free(n)
		return &Refusal{Reason: Memory, After: time.Second}
	}
	return nil
}

// Free gives back n bytes that were held.
func (a *Account) Free(n int64) {
	a.held.Add(-n)
	a.controller.memory.held.Add(-n)
}
