package eval

import (
	"context"
	"time"

	"github.com/sotto-render/sotto/engine/internal/budget"
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
	// given is what there was of Cost and Memory at the start.
	given struct{ cost, memory int64 }
	// account is of what the whole request uses, and over says what of it is
	// exceeded.
	account budget.Account
	over    string
}

// lookCost is how much cost may pass between two looks at the clock.
const lookCost = 1024

// Start fills the budget. The evaluation ends with given.Context, and lets
// others have their turn by given.Yield, whose time does not count.
func (b *Budget) Start(limits *Limits, given *Given) {
	*b = Budget{Cost: limits.Cost, Memory: limits.Memory, limit: limits.Time, caller: given.Context, yield: given.Yield, account: budget.Open(given.Budget)}
	b.given.cost, b.given.memory = b.Cost, b.Memory
	b.nextLook = max(b.Cost-lookCost, lastLook)
}

// Stop makes b zero: it holds on to nothing that it was given.
func (b *Budget) Stop() {
	if b.account.Budget() != nil || b.over != "" {
		b.account, b.over = budget.Account{}, ""
	}
	if b.yield != nil {
		b.yield = nil
	}
	if !b.started.IsZero() {
		b.started = time.Time{}
	}
	b.caller = nil
	b.Cost, b.Memory, b.nextLook, b.limit, b.given.cost, b.given.memory = 0, 0, 0, 0, 0, 0
	b.Exceeded, b.Canceled = false, false
}

// Spend takes cost and memory off the budgets and reports whether both hold. It
// is asked before the work is done and the memory taken: after would be too late
// for a single call that takes all there is.
func (b *Budget) Spend(cost, memory int64) bool {
	b.Cost -= cost
	b.Memory -= memory
	return b.Cost > b.nextLook && b.Memory >= 0 && !b.Exceeded || b.check()
}

// lastLook is the cost at which a budget is used up: one that is above it needs no
// other look.
const lastLook = -1

// check is what Spend does now and then. It is apart, so that Spend is small enough
// to be part of its callers.
func (b *Budget) check() bool {
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
	b.nextLook = max(b.Cost-lookCost, lastLook)
	if b.started.IsZero() {
		b.started = time.Now()
	}
	var waited time.Duration
	if b.yield != nil {
		waited = b.yield()
		b.started = b.started.Add(waited)
	}
	now := time.Now()
	if now.Sub(b.started) > b.limit {
		b.Exceeded = true
	}
	b.settle(now, waited)
	if b.caller != nil && b.caller.Err() != nil {
		b.Exceeded, b.Canceled = true, true
	}
}

// settle tells the request's budget what was used.
func (b *Budget) settle(now time.Time, waited time.Duration) {
	over := b.account.Settle(now, waited, b.given.memory-b.Memory, b.given.cost-b.Cost)
	if over != "" {
		b.Exceeded, b.over = true, over
	}
}

// Close counts what is left to count at the end of an evaluation, whose result
// is as long as this.
func (b *Budget) Close(result int) *Failure {
	if b.account.Budget() == nil {
		return nil
	}
	b.settle(time.Now(), 0)
	if b.over == "" {
		b.over = b.account.Budget().Output(result)
	}
	if b.over == "" {
		return nil
	}
	b.Exceeded = true
	return b.Failure()
}

// Failure returns why the evaluation ended before its time, or nil if it did
// not.
func (b *Budget) Failure() *Failure {
	switch {
	case b.Canceled:
		return ErrCanceled
	case b.over != "":
		return &Failure{Limit, b.over}
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
