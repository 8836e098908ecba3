package eval

import (
	"context"
	"time"
)

// Budget is what an evaluation has left of its [Limits]. It belongs to one
// goroutine; the zero Budget has nothing left.
type Budget struct {
	// Cost and Memory are what is left.
	Cost, Memory int64
	// Exceeded is set for good once a budget is used up; loops stop at it.
	Exceeded bool
	// Canceled says that it was the caller who gave up.
	Canceled bool

	// nextLook is the cost at which the clock is looked at next.
	nextLook int64
	limit    time.Duration
	started  time.Time
	caller   context.Context
	yield    func() time.Duration
}

// lookCost is how much cost may pass between two looks at the clock.
const lookCost = 1024

// Start fills the budget. The evaluation ends with given.Context, and lets
// others have their turn by given.Yield, whose time does not count.
func (b *Budget) Start(limits *Limits, given *Given) {
	*b = Budget{Cost: limits.Cost, Memory: limits.Memory, limit: limits.Time, caller: given.Context, yield: given.Yield}
	b.nextLook = b.Cost - lookCost
}

// Spend takes cost and memory off the budgets and reports whether both hold. It
// is asked before the work is done and the memory taken: after would be too late
// for a single call that takes all there is.
func (b *Budget) Spend(cost, memory int64) bool {
	b.Cost -= cost
	b.Memory -= memory
	if b.Cost <= b.nextLook {
		b.look()
	}
	if b.Cost < 0 || b.Memory < 0 {
		b.Exceeded = true
	}
	return !b.Exceeded
}

// look looks at the clock and at the caller's context. The clock starts with
// the first look: what comes before it is too little to matter.
func (b *Budget) look() {
	b.nextLook = b.Cost - lookCost
	if b.started.IsZero() {
		b.started = time.Now()
	}
	if b.yield != nil {
		b.started = b.started.Add(b.yield())
	}
	if time.Since(b.started) > b.limit {
		b.Exceeded = true
	}
	if b.caller != nil && b.caller.Err() != nil {
		b.Exceeded, b.Canceled = true, true
	}
}

// Failure returns why the evaluation ended before its time, or nil if it did
// not.
func (b *Budget) Failure() *Failure {
	switch {
	case b.Canceled:
		return ErrCanceled
	case b.Exceeded:
		return ErrExceeded
	}
	return nil
}

// Room is how long a result may still get while it is put together.
type Room struct {
	// Bytes is how many bytes of JSON may still be put out, Memory how many
	// bytes the result may still take.
	Bytes  int
	Memory int64
}

// Take takes n bytes of JSON.
func (r *Room) Take(n int) error {
	if r.Bytes -= n; r.Bytes < 0 {
		return ErrOutput
	}
	return nil
}

// Hold is Take for n parts that each take size bytes of memory.
func (r *Room) Hold(n int, size int64) error {
	if r.Memory -= int64(n) * size; r.Memory < 0 {
		return ErrExceeded
	}
	return r.Take(2 * n)
}
