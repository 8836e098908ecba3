package redact

import "sync"

// Learning says that somebody may send values that r is told of only now, such as those of
// a store that is read in the background, and MUST be called before anybody has them. Until
// done is called, as often as Learning was, [Redactor.Learns] reports so and handlers of
// [Handler.Trust] mask the texts that they would search. done may be called more than once.
func (r *Redactor) Learning() (done func()) {
	g := r.registry()
	g.learning.Add(1)
	return sync.OnceFunc(func() { g.learning.Add(-1) })
}

// Learns reports whether values may be about that r does not know yet, see
// [Redactor.Learning]. Who asks before it looks for values in a text that it has already,
// and hears that there are none, misses none.
func (r *Redactor) Learns() bool { return r.registry().learning.Load() > 0 }
