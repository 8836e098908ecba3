package admission

import (
	"context"
	"time"
)

// Turn is the work of one request on the processors. The zero Turn has not begun
// and belongs to nobody. It is for one goroutine at a time.
type Turn struct {
	scheduler *scheduler
	share     *share
	// begun says that it had a slot; holds that it has one now; long that it
	// used one for longer than a quantum.
	begun, holds, long bool
	// stream says that it is for a piece of a stream, which is long from its
	// beginning on.
	stream bool
	// from is when it got its slot.
	from time.Time
	// since is when it got its slot, or when others began to wait, whichever is
	// later; zero while nobody does.
	since time.Time
	// ready gets a value with the slot. It is kept by Reset.
	ready chan struct{}
	// waited is how long it waited.
	waited time.Duration
}

// begin waits for the first slot, for as long as patience at most. It returns
// false where it got none.
func (t *Turn) begin(ctx context.Context, s *scheduler, a *share, patience time.Duration) bool {
	t.scheduler, t.share = s, a
	s.mu.Lock()
	if s.free(t) {
		s.start(t)
		s.mu.Unlock()
		return true
	}
	return t.wait(ctx, patience)
}

// wait lets t wait for a slot. It is called with the scheduler locked and unlocks
// it.
func (t *Turn) wait(ctx context.Context, patience time.Duration) bool {
	s := t.scheduler
	if t.ready == nil {
		t.ready = make(chan struct{}, 1)
	}
	from := time.Now()
	s.enqueue(t)
	s.dispatch()
	s.mu.Unlock()
	var over <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		over = timer.C
	}
	got := true
	select {
	case <-t.ready:
	case <-ctx.Done():
		got = t.giveUp()
	case <-over:
		got = t.giveUp()
	}
	t.waited += time.Since(from)
	return got
}

// giveUp ends the waiting and returns false, or true where the slot came in the
// same moment.
func (t *Turn) giveUp() bool {
	t.scheduler.mu.Lock()
	defer t.scheduler.mu.Unlock()
	select {
	case <-t.ready:
		return true
	default:
		t.scheduler.dequeue(t)
		return false
	}
}

// Yield lets others work if t had its time and they wait, or may come, and returns
// for how long it waited for the next turn. It returns at once when ctx ends.
func (t *Turn) Yield(ctx context.Context) time.Duration {
	s := t.scheduler
	if s == nil || ctx.Err() != nil {
		return 0
	}
	s.mu.Lock()
	now := time.Now()
	if s.keeps(t, now) {
		s.mu.Unlock()
		return 0
	}
	if t.holds {
		s.stop(t, now)
	}
	t.long = true
	before := t.waited
	t.wait(ctx, 0)
	return t.waited - before
}

// Waited reports whether t had to wait.
func (t *Turn) Waited() bool { return t.waited > 0 }

// End gives the slot back. It may be called more than once, and without Begin.
func (t *Turn) End() {
	s := t.scheduler
	if s == nil || !t.begun {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !t.long && now.Sub(t.from) < quantum {
		s.ends(t.share, now)
	}
	if t.holds {
		s.stop(t, now)
	}
	t.begun = false
	t.share.unfinished--
	s.dispatch()
}

// Reset makes t as good as new. It MUST have ended.
func (t *Turn) Reset() { *t = Turn{ready: t.ready} }
