package admission

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// quantum is how long a turn lasts where another token waits for one.
	quantum = 2 * time.Millisecond
	// lost is how long a turn may hold its slot without yielding, once another
	// one waits. It may be blocked and not working at all; so its slot is given
	// away, and it runs on without one.
	lost = 10 * time.Millisecond
)

// scheduler lets the turns of many tokens work a few at a time. Which token is
// next follows deficit round robin: each gets the same time, however many turns
// it has and however long they are.
type scheduler struct {
	// slots is how many turns work at once.
	slots int
	// unfinished is how many turns of a token may have begun and not ended. More
	// would keep more half-made outputs in memory and finish none earlier.
	unfinished int

	// waiting is how many turns wait. It changes under mu and is read without.
	waiting atomic.Int32

	mu      sync.Mutex
	working []*Turn
	// long is how many of the working turns are long.
	long int
	// last is the token of the last short turn that ended, at lastAt; otherAt is when
	// one of any other token did. Zero where none did.
	last            *share
	lastAt, otherAt time.Time
	// ring holds the accounts with turns that wait, the next one first.
	ring []*share
	// watch takes slots from turns that are lost. It runs while any wait.
	watch *time.Timer
}

// share is the part of one token in the scheduler.
type share struct {
	// fresh wait to begin, begun to go on; those go first. streams wait for their
	// next piece, and take turns with fresh: streamed says that the last of both
	// was one of them.
	fresh, begun, streams []*Turn
	streamed              bool
	// unfinished turns have begun and not ended.
	unfinished int
	// deficit is how long the token's turns may work before those of the others
	// must have worked as long; below zero it has worked too long already.
	deficit time.Duration
}

func newScheduler(slots int) *scheduler {
	return &scheduler{slots: slots, unfinished: 2 * slots, working: make([]*Turn, 0, slots)}
}

// enqueue lets t wait.
func (s *scheduler) enqueue(t *Turn) {
	a := t.share
	if a.idle() {
		s.ring = append(s.ring, a)
	}
	queue := t.queue()
	*queue = append(*queue, t)
	if s.waiting.Add(1) > 1 {
		return
	}
	now := time.Now()
	for _, working := range s.working {
		working.since = now
	}
	if s.watch == nil {
		s.watch = time.AfterFunc(lost, s.retake)
	} else {
		s.watch.Reset(lost)
	}
}

// idle reports whether no turn of a waits.
func (a *share) idle() bool { return len(a.fresh)+len(a.begun)+len(a.streams) == 0 }

// queue is where t waits.
func (t *Turn) queue() *[]*Turn {
	switch {
	case t.begun:
		return &t.share.begun
	case t.stream:
		return &t.share.streams
	}
	return &t.share.fresh
}

// dequeue ends the waiting of t.
func (s *scheduler) dequeue(t *Turn) {
	a, queue := t.share, t.queue()
	if at := slices.Index(*queue, t); at >= 0 {
		*queue = slices.Delete(*queue, at, at+1)
	}
	if a.idle() {
		s.ring = slices.DeleteFunc(s.ring, func(other *share) bool { return other == a })
		a.deficit = min(a.deficit, 0)
	}
	if s.waiting.Add(-1) > 0 {
		return
	}
	// From now on nobody waits for those who work, and their time costs nobody
	// anything: a token must not pay later for what it had alone.
	now := time.Now()
	for _, working := range s.working {
		working.charge(now)
	}
}

// charge makes the token of t pay for what t worked while somebody waited.
func (t *Turn) charge(now time.Time) {
	if !t.since.IsZero() {
		t.share.deficit -= now.Sub(t.since)
		t.since = time.Time{}
	}
}

// ends notes that a short turn of a ended.
func (s *scheduler) ends(a *share, now time.Time) {
	if s.last != a {
		s.last, s.otherAt = a, s.lastAt
	}
	s.lastAt = now
}

// keeps reports whether t may go on with the slot that it has.
func (s *scheduler) keeps(t *Turn, now time.Time) bool {
	switch {
	case !t.holds:
		return false
	case s.waiting.Load() > 0:
		return now.Sub(t.since) < quantum
	case t.long || now.Sub(t.from) < quantum:
		return true
	case s.long >= s.longs(t.share):
		return false
	}
	t.long = true
	s.long++
	return true
}

// free reports whether t may begin at once.
func (s *scheduler) free(t *Turn) bool {
	if len(s.working) == s.slots || s.waiting.Load() > 0 {
		return false
	}
	if t.stream {
		return s.long < s.longs(t.share)
	}
	return t.share.unfinished < s.unfinished
}

// start gives t a slot.
func (s *scheduler) start(t *Turn) {
	t.holds = true
	if !t.begun {
		t.begun = true
		t.share.unfinished++
		t.share.streamed = t.stream
	}
	if t.long {
		s.long++
	}
	t.from = time.Now()
	s.working = append(s.working, t)
}

// stop takes the slot of t back and charges its token for the time.
func (s *scheduler) stop(t *Turn, now time.Time) {
	t.holds = false
	if t.long {
		s.long--
	}
	t.charge(now)
	at := slices.Index(s.working, t)
	s.working = slices.Delete(s.working, at, at+1)
}

// dispatch gives the free slots to turns that wait.
func (s *scheduler) dispatch() {
	if len(s.ring) == 0 {
		return
	}
	for now := time.Now(); len(s.working) < s.slots; {
		t := s.next()
		if t == nil {
			return
		}
		s.dequeue(t)
		s.start(t)
		if s.waiting.Load() > 0 {
			t.since = now
		}
		t.ready <- struct{}{}
	}
}

// next returns the turn that is to work next, or nil where none may.
func (s *scheduler) next() *Turn {
	for {
		// least is how much the token closest to its turn lacks.
		least := time.Duration(-1 << 62)
		for at, a := range s.ring {
			t := s.candidate(a)
			if t == nil {
				continue
			}
			if a.deficit > 0 {
				s.ring = append(slices.Delete(s.ring, at, at+1), a)
				return t
			}
			least = max(least, a.deficit)
		}
		if least < -1<<61 {
			return nil
		}
		// As many rounds at once as it takes for one of them to have time.
		more := (-least/quantum + 1) * quantum
		for _, a := range s.ring {
			if s.candidate(a) != nil {
				a.deficit = min(a.deficit+more, quantum)
			}
		}
	}
}

// candidate returns the turn of a that may work next, or nil.
func (s *scheduler) candidate(a *share) *Turn {
	if len(a.begun) > 0 && s.long < s.longs(a) {
		return a.begun[0]
	}
	fresh := len(a.fresh) > 0 && a.unfinished < s.unfinished
	if len(a.streams) > 0 && !(fresh && a.streamed) && s.long < s.longs(a) {
		return a.streams[0]
	}
	if fresh {
		return a.fresh[0]
	}
	return nil
}

// reserve is for how long after a short turn the next one is expected.
const reserve = time.Second

// longs is how many long turns may work at once when one of a is next. One slot stays
// free of them while other tokens have short turns: a processor without work is also what
// notices their next request at once. While all are at work the runtime looks at its
// connections every 10 ms only, and preempts after as long.
func (s *scheduler) longs(a *share) int {
	at := s.lastAt
	if s.last == a {
		at = s.otherAt
	}
	if at.IsZero() || time.Since(at) > reserve {
		return s.slots
	}
	return max(1, s.slots-1)
}

// retake takes the slots of turns that are lost.
func (s *scheduler) retake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting.Load() == 0 {
		return
	}
	now := time.Now()
	for _, t := range slices.Clone(s.working) {
		if now.Sub(t.since) >= lost {
			s.stop(t, now)
		}
	}
	s.dispatch()
	if s.waiting.Load() > 0 {
		s.watch.Reset(lost)
	}
}
