package resolver

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// tellEvery is how often the log has a line about one thing that is wrong.
	tellEvery = time.Minute
	// maxTold is how many things that are wrong are told apart.
	maxTold = 100
)

// outage writes into the log what an outage does, without a line for each lookup.
type outage struct {
	log *slog.Logger
	// late counts the answers past their time, given because asking again failed.
	// toldAt is when a line said how many, in nanoseconds of the clock, and counted
	// what it said.
	late            counter
	toldAt, counted atomic.Int64

	// mu guards failures :: text of an error -> what is told of it.
	mu       sync.Mutex
	failures map[string]*failures
}

type failures struct {
	toldAt  int64
	unheard int
}

// gave notes that so many answers were given past their time.
func (o *outage) gave(late int, now int64) {
	o.late.add(uint64(late))
	last := o.toldAt.Load()
	if last != 0 && now-last < int64(tellEvery) || !o.toldAt.CompareAndSwap(last, max(now, 1)) {
		return
	}
	all := int64(o.late.load())
	o.log.Warn("secrets were given as they were last seen, because they cannot be looked up", "uses", all-o.counted.Swap(all))
}

// failed notes that secrets could not be looked up. What is the same for all scopes is
// looked up in the root, which is written as callers write it. Another scope is not told: it
// may be a value that a caller sent, and folded beyond knowing.
func (o *outage) failed(ctx context.Context, scope Scope, secrets int, err error, now int64) {
	text := err.Error()
	o.mu.Lock()
	f := o.failures[text]
	if f == nil {
		if o.failures == nil || len(o.failures) == maxTold {
			o.failures = make(map[string]*failures)
		}
		f = &failures{toldAt: now - int64(tellEvery)}
		o.failures[text] = f
	}
	f.unheard++
	if now-f.toldAt < int64(tellEvery) {
		o.mu.Unlock()
		return
	}
	times := f.unheard
	f.toldAt, f.unheard = now, 0
	o.mu.Unlock()
	line := []slog.Attr{slog.Int("secrets", secrets), slog.Int("times", times)}
	if scope == "" {
		line = append(line, slog.String("scope", "/"))
	}
	// The provider's name is a word of ours, which no secret blanks; what it says is free text.
	if failed, ok := err.(*ProviderError); ok {
		line, err = append(line, slog.String("provider", failed.Provider)), failed.Err
	}
	o.log.LogAttrs(ctx, slog.LevelWarn, "secrets cannot be looked up", append(line, slog.Any("error", err))...)
}
