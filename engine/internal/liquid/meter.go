package liquid

import (
	"context"
	"strconv"
	"time"

	"github.com/sotto-render/sotto/engine/internal/budget"
	"github.com/sotto-render/sotto/engine/internal/request"
)

// exceeded says that the limit called name is exceeded.
func exceeded(name string, limit int, unit string) *request.Error {
	return request.NewError(request.LimitExceeded, "the limit "+name+" of "+strconv.Itoa(limit)+" "+unit+" is exceeded")
}

// gaveUp says that the caller, whose ctx has ended, waits no longer.
func gaveUp(ctx context.Context) *request.Error {
	err := request.NewError(request.LimitExceeded, "the limit time is exceeded: the caller gave up")
	err.Cause = ctx.Err()
	return err
}

// meter counts what a render uses.
type meter struct {
	limits     Limits
	account    budget.Account // of what the whole request uses
	outputRoom int            // what the output may be long, by the limits and by the request
	caller     context.Context
	deadline   time.Time
	iterations int
	work       int
	ticks      int
}

// clockTicks is how much work, in bytes or turns, passes between two looks at
// the clock.
const clockTicks = 1 << 14

// tick looks at the clock from time to time. The first look starts it.
func (st *state) tick(n int) {
	st.ticks += n
	if st.ticks >= clockTicks {
		st.look()
	}
}

// look looks at the clock, at the caller and at what the whole request uses.
func (st *state) look() {
	st.ticks = 0
	if st.deadline.IsZero() {
		st.deadline = time.Now().Add(st.limits.Time)
	}
	var waited time.Duration
	if st.yield != nil {
		waited = st.yield()
		st.deadline = st.deadline.Add(waited)
	}
	now := time.Now()
	switch {
	case now.After(st.deadline):
		st.stop(request.NewError(request.LimitExceeded, "the limit time of "+st.limits.Time.String()+" is exceeded"))
	case st.caller != nil && st.caller.Err() != nil:
		st.stop(gaveUp(st.caller))
	}
	st.settle(now, waited)
}

// settle tells the request's budget what was used.
func (st *state) settle(now time.Time, waited time.Duration) {
	if why := st.account.Settle(now, waited, int64(st.work), int64(st.iterations)); why != "" {
		st.stop(request.NewError(request.LimitExceeded, why))
	}
}

// close counts what is left to count at the end of a render.
func (st *state) close() {
	if st.account.Budget() == nil {
		return
	}
	st.settle(time.Now(), 0)
	if st.err != nil {
		return
	}
	if why := st.account.Budget().Output(len(st.dst) - st.start); why != "" {
		st.stop(request.NewError(request.LimitExceeded, why))
	}
}

// tickOver counts a walk over v before it is made. What a list or an object holds
// is not known without a walk of its own, so a few of them are worth a look at
// the clock.
func (st *state) tickOver(v value) {
	switch v.kind {
	case kindList:
		st.tick(clockTicks/4 + 16*v.len())
	case kindHash:
		st.tick(clockTicks / 4)
	case kindString:
		st.tick(len(v.text))
	}
}

// turn counts one turn of a loop and reports whether it may run.
func (st *state) turn() bool {
	st.iterations++
	if st.iterations > st.limits.Iterations {
		st.stop(exceeded("iterations", st.limits.Iterations, "turns"))
		return false
	}
	st.tick(16)
	return st.err == nil
}

// elementBytes is what an item of a list costs in memory.
const elementBytes = 64

// spend counts n bytes of work before they are made, and reports whether they
// may be.
func (st *state) spend(n int) bool {
	if n > st.limits.OutputBytes {
		st.stop(exceeded("output_bytes", st.limits.OutputBytes, "bytes"))
		return false
	}
	st.work += n
	if st.work > st.limits.WorkBytes {
		st.stop(exceeded("work_bytes", st.limits.WorkBytes, "bytes"))
		return false
	}
	st.tick(n)
	return st.err == nil
}

// affords reports whether n bytes of work may be made, which spend counts once
// they are.
func (st *state) affords(n int) bool {
	switch {
	case n > st.limits.OutputBytes:
		st.stop(exceeded("output_bytes", st.limits.OutputBytes, "bytes"))
	case st.work+n > st.limits.WorkBytes:
		st.stop(exceeded("work_bytes", st.limits.WorkBytes, "bytes"))
	}
	return st.err == nil
}

// pairs returns a hash as a list of its pairs.
func (st *state) pairs(hash value) value {
	if !st.spend(hash.len() * elementBytes) {
		return value{}
	}
	return listValue(hash.pairs()).with(hash.taint)
}

// room reports whether the output is within its limit.
func (st *state) room() bool {
	if n := len(st.dst) - st.start; n > st.outputRoom {
		if n <= st.limits.OutputBytes {
			st.stop(request.NewError(request.LimitExceeded, st.account.Budget().Output(n)))
		}
		st.stop(exceeded("output_bytes", st.limits.OutputBytes, "bytes"))
	}
	return st.err == nil
}
