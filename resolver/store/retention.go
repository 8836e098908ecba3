package store

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// How long uses are kept by the minute, before they become counts of whole hours, and
// by the hour, before those become counts of whole days. A thousand tokens that each
// use 30 secrets all the time write 43 million counts by the minute in a day: by the
// minute alone 30 days of them took 70 GB.
const (
	usesByMinute = 24 * time.Hour
	usesByHour   = 30 * 24 * time.Hour
)

// How what is past its time is removed: in batches so small that neither a Redis nor
// the writer of an SQLite file is held up by one, and with a rest in between.
const (
	expireBatch = 100
	expireRest  = 5 * time.Millisecond
	expireEvery = time.Hour
	// expireLease is how long a process that dies keeps others from the work.
	expireLease = time.Minute
)

// Expired counts what was removed because its time was over.
type Expired struct {
	// AuditRows were removed.
	AuditRows int64
	// Minutes are counts of uses by the minute that became part of an hour's.
	Minutes int64
	// Hours are counts of uses by the hour that became part of a day's.
	Hours int64
	// Days are counts of uses by the day that were removed.
	Days int64
}

func (e *Expired) add(more Expired) {
	e.AuditRows += more.AuditRows
	e.Minutes += more.Minutes
	e.Hours += more.Hours
	e.Days += more.Days
}

// Expire removes the audit rows, and the counts of uses by the day, that are older
// than [Options.AuditRetention], and makes counts by the hour of those by the minute
// that are older than a day, and counts by the day of those older than 30 days. Where
// that is 0, or another process does it now, it does no more than to remove values whose
// grace time is over and requests past [RepeatLifetime]. A store does it by itself every hour; what was removed until an error
// stays removed.
func (s *Store) Expire(ctx context.Context) (Expired, error) {
	var done Expired
	x := expiry{s: s, ctx: ctx, done: &done}
	s.noteRemainders(ctx)
	_, err := s.forgetOver(ctx)
	if err == nil {
		err = s.dropRepeats(ctx)
	}
	if err == nil {
		err = x.run()
	}
	s.expired.mu.Lock()
	defer s.expired.mu.Unlock()
	s.expired.total.add(done)
	return done, err
}

// expiry is one pass over all scopes.
type expiry struct {
	s    *Store
	ctx  context.Context // lives as long as one call
	done *Expired
	// leased is when the lease was last taken, by this machine's clock.
	leased time.Time
}

func (x *expiry) run() error {
	if x.s.retention == 0 {
		return nil
	}
	// What stands in the place of this store is not to lose anything.
	if err := x.s.present(); err != nil {
		return err
	}
	if leased, err := x.lease(); err != nil || !leased {
		return err
	}
	scopes, err := x.s.below(x.ctx, "")
	if err != nil {
		return err
	}
	now := x.s.now()
	// Only whole hours and days, so that none is in both forms.
	byMinute, byHour := now.Add(-usesByMinute).Truncate(time.Hour), now.Add(-usesByHour).Truncate(24*time.Hour)
	for _, scope := range append(scopes, storeScope) {
		if err := cmp.Or(x.old(scope, now), x.minutes(scope, byMinute), x.hours(scope, byHour)); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// old removes what is past its time, if anything ever is.
func (x *expiry) old(scope string, now time.Time) error {
	if x.s.retention < 0 {
		return nil
	}
	oldest := now.Add(-x.s.retention)
	return cmp.Or(x.auditRows(scope, oldest), x.days(scope, oldest))
}

// lease reports whether this process does the work, which it is asked again and again.
func (x *expiry) lease() (bool, error) {
	shared, ok := x.s.backend.(Leaser)
	if !ok || time.Since(x.leased) < expireLease/4 {
		return true, nil
	}
	x.leased = time.Now()
	leased, err := shared.Lease(x.ctx, "expire", x.s.now(), expireLease)
	if err != nil {
		return false, unavailable(err)
	}
	return leased, nil
}

// rest is between two batches.
func (x *expiry) rest() error {
	if err := pause(x.ctx, expireRest); err != nil {
		return err
	}
	leased, err := x.lease()
	if err == nil && !leased {
		err = errLeaseLost
	}
	return err
}

var errLeaseLost = refusal(Unavailable, "another process took over the removal of what is past its time")

func (x *expiry) auditRows(scope string, oldest time.Time) error {
	end := auditKeyTime(oldest)
	for {
		rows, err := x.s.backend.Scan(x.ctx, Range{Table: TableAudit, Scope: scope, Limit: expireBatch})
		if err != nil {
			return err
		}
		batch := Batch{Scope: scope}
		for i := range rows {
			if rows[i].Key.Key < end {
				batch.Delete = append(batch.Delete, rows[i].Key)
			}
		}
		if len(batch.Delete) == 0 {
			return nil
		}
		if err := x.s.backend.Commit(x.ctx, batch); err != nil {
			return err
		}
		x.done.AuditRows += int64(len(batch.Delete))
		if err := x.rest(); err != nil {
			return err
		}
	}
}

func (x *expiry) minutes(scope string, before time.Time) error {
	return x.uses(TableUses, scope, before, &x.done.Minutes, func(u use) Key {
		u.minute -= u.minute % 60
		return Key{Table: TableHours, Scope: scope, Key: useKey(u)}
	})
}

func (x *expiry) hours(scope string, before time.Time) error {
	return x.uses(TableHours, scope, before, &x.done.Hours, func(u use) Key {
		u.minute -= u.minute % (24 * 60)
		return Key{Table: TableDays, Scope: scope, Key: useKey(u)}
	})
}

func (x *expiry) days(scope string, before time.Time) error {
	return x.uses(TableDays, scope, before, &x.done.Days, func(use) Key { return Key{} })
}

// uses folds the counters of a table that are older than before, and counts them.
// They are ordered by secret first, so it goes from the oldest of one secret to the
// oldest of the next.
func (x *expiry) uses(table Table, scope string, before time.Time, done *int64, to func(use) Key) error {
	end := before.Unix() / 60
	r := Range{Table: table, Scope: scope, Limit: 1}
	for {
		found, err := x.s.backend.Counters(x.ctx, r)
		if err != nil || len(found) == 0 {
			return err
		}
		var moves []Move
		for _, c := range found {
			r.After = c.Key.Key
			u, ok := parseUse(c.Key.Key)
			if !ok {
				continue
			}
			if u.minute >= end {
				r.After, r.Limit = lastUse(u.alias), 1
				break
			}
			r.Limit = expireBatch
			moves = append(moves, Move{From: c.Key, To: to(u)})
		}
		if len(moves) == 0 {
			continue
		}
		if err := x.s.backend.Fold(x.ctx, scope, moves); err != nil {
			return err
		}
		*done += int64(len(moves))
		if err := x.rest(); err != nil {
			return err
		}
	}
}

// expiring removes what is past its time, about every interval, until ctx ends.
func (s *Store) expiring(ctx context.Context, interval time.Duration) {
	// At other times than other nodes, so that each has its turn; soon at first, for
	// a process that does not live long.
	for wait := interval/60 + rand.N(interval/20+1); pause(ctx, wait) == nil; wait = interval/2 + rand.N(interval) {
		start := time.Now()
		done, err := s.Expire(ctx)
		if ctx.Err() != nil {
			return
		}
		if done != (Expired{}) {
			s.log.InfoContext(ctx, "removed what is past its time", "store", s.Name(), "audit_rows", done.AuditRows,
				"minutes_of_use", done.Minutes, "hours_of_use", done.Hours, "days_of_use", done.Days, "took", time.Since(start))
		}
		if err != nil {
			s.log.WarnContext(ctx, "what is past its time is not all removed; it is tried again", "store", s.Name(), "code", string(CodeOf(err)))
		}
	}
}

// auditKeyTime is what the keys of rows start with; those of older rows are less.
func auditKeyTime(at time.Time) string { return fmt.Sprintf("%016x", at.UnixNano()) }
