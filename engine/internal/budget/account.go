package budget

import "time"

// Account is what one goroutine uses of a [Budget]. It tells the budget at its
// looks at the clock, so that a step costs no more than without one. The zero
// Account has no budget.
type Account struct {
	budget *Budget
	// at is when the time was last counted; work and steps are what was.
	at          time.Time
	work, steps int64
}

// Open returns an account of b, whose time runs from now on. b may be nil.
func Open(b *Budget) Account {
	if b == nil {
		return Account{}
	}
	return Account{budget: b, at: time.Now()}
}

// Budget returns the budget, or nil.
func (a *Account) Budget() *Budget { return a.budget }

// Settle counts what was used since the last time: the time until now without
// what was waited, and work and steps, which are given in total. It returns what
// is exceeded, or "".
//
// A goroutine has one thread at a time, so that the time which it does not wait
// is its processor time, or more where the machine is overloaded. The clock of
// the thread would be exact, but the thread would have to be locked, and not
// every system has one.
func (a *Account) Settle(now time.Time, waited time.Duration, work, steps int64) string {
	b := a.budget
	if b == nil {
		return ""
	}
	b.cpu.Add(int64(max(0, now.Sub(a.at)-waited)))
	b.work.Add(work - a.work)
	b.steps.Add(steps - a.steps)
	a.at, a.work, a.steps = now, work, steps
	b.look(now)
	return b.Exceeded()
}
