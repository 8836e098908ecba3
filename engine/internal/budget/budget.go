// Package budget counts what all the renders and evaluations of one request use
// together. Each of them has limits of its own besides: the budget is what keeps
// a thousand of them from using a thousand times as much.
//
// Start with [Budget.Start]; whoever works opens an [Account].
package budget

import (
	"strconv"
	"sync/atomic"
	"time"
)

// Limits bound what one request may use. All of them are set, but for Until,
// which may be zero.
type Limits struct {
	// Output is the length of all outputs and results in bytes.
	Output int64
	// Work is the bytes of all texts and lists that are made on the way.
	Work int64
	// Steps is the number of turns of loops and of steps of expressions.
	Steps int64
	// CPU is the processor time of all work.
	CPU time.Duration
	// Until is when the request must have ended.
	Until time.Time
}

// Budget is what a request has used of its limits. Once started it is safe for
// concurrent use.
type Budget struct {
	limits Limits
	// What was used, which only grows: a budget that is used up stays so.
	output, work, steps, cpu atomic.Int64
	late                     atomic.Bool
}

// Start begins anew, with nothing used. Nobody else may use b meanwhile.
func (b *Budget) Start(limits Limits) {
	b.limits = limits
	b.output.Store(0)
	b.work.Store(0)
	b.steps.Store(0)
	b.cpu.Store(0)
	b.late.Store(false)
}

// Room returns how many bytes of output are left, at most most. A nil budget has
// room for all.
func (b *Budget) Room(most int) int {
	if b == nil {
		return most
	}
	return int(max(0, min(int64(most), b.limits.Output-b.output.Load())))
}

// Output counts n bytes of output and returns what is exceeded, or "".
func (b *Budget) Output(n int) string {
	if b == nil {
		return ""
	}
	b.output.Add(int64(n))
	return b.Exceeded()
}

// CPU counts processor time and returns what is exceeded, or "".
func (b *Budget) CPU(took time.Duration) string {
	if b == nil {
		return ""
	}
	b.cpu.Add(int64(took))
	b.look(time.Now())
	return b.Exceeded()
}

// Left returns how much processor time is left, at least 0.
func (b *Budget) Left() time.Duration {
	return max(0, b.limits.CPU-time.Duration(b.cpu.Load()))
}

// look notes that the time is up.
func (b *Budget) look(now time.Time) {
	if !b.limits.Until.IsZero() && now.After(b.limits.Until) {
		b.late.Store(true)
	}
}

// Exceeded names the limit that is exceeded, or is "". A nil budget never is.
func (b *Budget) Exceeded() string {
	switch {
	case b == nil:
		return ""
	case b.output.Load() > b.limits.Output:
		return exceeded("output_bytes", strconv.FormatInt(b.limits.Output, 10)+" bytes")
	case b.work.Load() > b.limits.Work:
		return exceeded("work_bytes", strconv.FormatInt(b.limits.Work, 10)+" bytes")
	case b.steps.Load() > b.limits.Steps:
		return exceeded("steps", strconv.FormatInt(b.limits.Steps, 10)+" steps")
	case b.cpu.Load() > int64(b.limits.CPU):
		return exceeded("cpu", b.limits.CPU.String())
	case b.late.Load():
		return "the limit time of the whole request is exceeded: an answer would come too late to be sent"
	}
	return ""
}

func exceeded(name, limit string) string {
	return "the limit " + name + " of " + limit + " for the whole request is exceeded: send its parts in several requests"
}
