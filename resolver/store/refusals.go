package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sotto-render/sotto/resolver"
)

// What one caller's refusals may take of the audit trail: in each window so many
// rows at once, and so many that count the rest. Without a bound, whoever holds
// the least of tokens fills the store by trying, and a full store takes no edit.
const (
	maxRefusalRows   = 3
	maxRefusalCounts = 3
	// The first window; each that needs counts makes the next twice as long.
	minRefusalWindow = time.Minute
	maxRefusalWindow = 10 * time.Minute
)

// various stands in a row for what differs between the refusals that it counts.
const various = "various"

// refusals decides which refusals become rows of their own and counts the others
// until the window of their caller ends.
type refusals struct {
	mu sync.Mutex
	// callers :: Event.Who -> the window that its last refusals are in
	callers map[string]*refusalWindow
	// seen are all refusals, rows those that were written.
	seen, rows int64
}

// refusalWindow is a time in which a caller was refused something.
type refusalWindow struct {
	length time.Duration
	end    time.Time
	// rows is how many were written at once.
	rows int
	// counted are the rows to be written at the end.
	counted []Event
}

// admit reports whether e, which happens now, is to be written at once. Else it is
// counted.
func (r *refusals) admit(e Event, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen++
	w := r.window(e.Who, now)
	if !now.Before(w.end) && len(w.counted) == 0 {
		*w = refusalWindow{length: minRefusalWindow, end: now.Add(minRefusalWindow)}
	}
	if w.rows < maxRefusalRows {
		w.rows++
		return true
	}
	w.count(e)
	return false
}

func (r *refusals) window(who string, now time.Time) *refusalWindow {
	w := r.callers[who]
	if w == nil {
		if r.callers == nil {
			r.callers = make(map[string]*refusalWindow)
		}
		w = &refusalWindow{length: minRefusalWindow, end: now.Add(minRefusalWindow)}
		r.callers[who] = w
	}
	return w
}

// keep counts e, which could not be written, for a later row.
func (r *refusals) keep(e Event, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.window(e.Who, now).count(e)
}

// written notes that a row was.
func (r *refusals) written() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows++
}

// due returns the rows of all windows that have ended, or of all that there are,
// and forgets callers that were not refused anything meanwhile.
func (r *refusals) due(now time.Time, all bool) []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var rows []Event
	for who, w := range r.callers {
		if now.Before(w.end) && !all {
			continue
		}
		if len(w.counted) == 0 {
			delete(r.callers, who)
			continue
		}
		rows = append(rows, w.counted...)
		length := min(2*w.length, maxRefusalWindow)
		*w = refusalWindow{length: length, end: now.Add(length)}
	}
	return rows
}

// count adds e to the row of its kind. Where there are many kinds, the last row
// counts all that have none, and says what they have in common.
func (w *refusalWindow) count(e Event) {
	for i := range w.counted {
		c := &w.counted[i]
		if c.What == e.What && c.Scope == e.Scope && c.Alias == e.Alias && c.Outcome == e.Outcome {
			c.add(e)
			return
		}
	}
	if len(w.counted) < maxRefusalCounts {
		w.counted = append(w.counted, e)
		return
	}
	last := &w.counted[maxRefusalCounts-1]
	last.add(e)
	last.Scope = common(last.Scope, e.Scope)
	if last.What != e.What {
		last.What = various
	}
	if last.Alias != e.Alias {
		last.Alias = ""
	}
	if last.Outcome != e.Outcome {
		last.Outcome = various
	}
}

// add counts more refusals in the row; its time and request are those of the last.
func (e *Event) add(more Event) {
	e.Count += more.Count
	e.Time, e.RequestID = more.Time, more.RequestID
}

// common returns the nearest scope that covers both, so that whoever may read of
// both may read their row, and nobody else; "" is above all.
func common(a, b resolver.Scope) resolver.Scope {
	for a != "" && !a.Covers(b) {
		a = a.Parent()
	}
	return a
}

// flushRefusals writes the counts of windows that have ended, or all. What cannot
// be written is counted again.
func (s *Store) flushRefusals(ctx context.Context, all bool) error {
	var errs []error
	for _, e := range s.refusals.due(s.now(), all) {
		if err := s.record(ctx, e); err != nil {
			s.refusals.keep(e, s.now())
			errs = append(errs, err)
			continue
		}
		s.refusals.written()
	}
	return errors.Join(errs...)
}

// Stats counts what a store did since it was opened.
type Stats struct {
	// Refusals were to be recorded, and became RefusalRows rows of the audit
	// trail.
	Refusals, RefusalRows int64
	// StaleTokens were taken as they were while the backend could not be reached.
	StaleTokens int64
	// Expired is what was removed by age.
	Expired Expired
	// EpochGap is how many changes of one scope are known that were not read with the
	// scope as a whole, in the scope where they are most.
	EpochGap int64
}

// Stats returns the counts of now.
func (s *Store) Stats() Stats {
	gap := s.epochGap()
	r := &s.refusals
	r.mu.Lock()
	defer r.mu.Unlock()
	s.expired.mu.Lock()
	defer s.expired.mu.Unlock()
	return Stats{Refusals: r.seen, RefusalRows: r.rows, Expired: s.expired.total, StaleTokens: s.tokens.staleUses(), EpochGap: gap}
}
