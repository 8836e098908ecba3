package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

// Event is one row of the audit trail.
type Event struct {
	Time time.Time `json:"time"`
	// Who is the id of a token, or a word such as "cli".
	Who string `json:"who"`
	// What is the call: "secret.create", "secret.update", "secret.archive",
	// "secret.restore", "secret.delete", "secret.purge", "token.create", "token.revoke",
	// "template.put", "template.delete", "keys.rotate", "keys.rewrap", "scope.repair",
	// "secret.import", "template.import", "token.import", "export", or what
	// the caller of [Store.Record] says, such as "render".
	What  string         `json:"what"`
	Scope resolver.Scope `json:"scope"`
	// Alias is the secret, or the id of the token or template.
	Alias   string `json:"alias,omitempty"`
	Version int64  `json:"version,omitempty"`
	// Outcome is "ok" or the code of the refusal.
	Outcome   string `json:"outcome"`
	RequestID string `json:"request_id,omitempty"`
	// Count is how many refusals the row stands for, 0 for what was done. Of
	// several, Time and RequestID are those of the last, and What and Outcome
	// "various" where they differ.
	Count int64 `json:"count,omitempty"`
}

// outcomeOK is the outcome of what was done.
const outcomeOK = "ok"

// maxEventText cuts what comes from a caller.
const maxEventText = 128

// AuditQuery selects events.
type AuditQuery struct {
	Paging
	// Since leaves out what is older; zero leaves out nothing.
	Since time.Time
}

func (a Actor) event(what string, scope resolver.Scope, alias string, version int64) Event {
	return Event{
		Who: a.Who, What: what, Scope: scope, Alias: alias, Version: version,
		Outcome: outcomeOK, RequestID: a.RequestID,
	}
}

// Events of the first format have no count.
const eventFormat = 2

func (e Event) encode() []byte {
	w := encoder{buf: make([]byte, 0, 128)}
	w.int(eventFormat)
	w.int(e.Time.UnixNano())
	for _, text := range []string{e.Who, e.What, string(e.Scope), e.Alias, e.Outcome, e.RequestID} {
		w.string(text[:min(len(text), maxEventText*2)])
	}
	w.int(e.Version)
	w.int(e.Count)
	return w.buf
}

func decodeEvent(row *Row) (Event, error) {
	d := decoder{buf: row.Meta}
	format := d.format(eventFormat)
	e := Event{
		Time: time.Unix(0, d.int()).UTC(),
		Who:  d.string(), What: d.string(), Scope: resolver.Scope(d.string()),
		Alias: d.string(), Outcome: d.string(), RequestID: d.string(), Version: d.int(),
	}
	if format == eventFormat {
		e.Count = d.int()
	}
	if d.end() != nil {
		return e, damage(row.Key)
	}
	return e, nil
}

// auditKey grows with time; rows of one moment differ by a random tail.
func auditKey(at time.Time) string {
	var tail [4]byte
	_, _ = rand.Read(tail[:]) // never fails: see crypto/rand
	return auditKeyTime(at) + hex.EncodeToString(tail[:])
}

// auditRow makes the sealed row of e. Audit rows are outside the digest of
// their scope, so that a refusal is recorded without a change of the scope.
func (s *Store) auditRow(scope string, e Event) (Row, error) {
	if e.Time.IsZero() {
		e.Time = s.now()
	}
	row := Row{Key: Key{Table: TableAudit, Scope: scope, Key: auditKey(e.Time)}, Meta: e.encode()}
	_, err := s.keys().sealRow(&row)
	return row, err
}

// audited runs do, which records what it does. A refusal is recorded here.
func (s *Store) audited(ctx context.Context, by Actor, what string, scope resolver.Scope, alias string, do func() error) error {
	err := do()
	var refused *Error
	if err == nil || !errors.As(err, &refused) {
		return err
	}
	refused.Scope = scope
	// What is no alias may be anything, even a value in the wrong place.
	if canonical, ok := macros.Canonical(alias); ok {
		refused.Alias = canonical
	}
	if refused.Code == Unavailable {
		return err
	}
	e := by.event(what, scope, refused.Alias, 0)
	e.Outcome = string(refused.Code)
	return errors.Join(err, s.Record(ctx, e))
}

// Record adds an event to the audit trail. The store records its own changes and
// refusals itself. A zero Time means now. Any Outcome but "ok" is a refusal, of
// which a caller has a few rows a minute: what is beyond becomes the Count of a row
// that is written later, also where the first writing fails.
func (s *Store) Record(ctx context.Context, e Event) error {
	if e.Outcome == outcomeOK {
		return s.record(ctx, e)
	}
	now := s.now()
	if e.Time.IsZero() {
		e.Time = now
	}
	e.Count = max(e.Count, 1)
	if !s.refusals.admit(e, now) {
		return nil
	}
	err := s.record(ctx, e)
	if err != nil {
		s.refusals.keep(e, now)
		return err
	}
	s.refusals.written()
	return nil
}

// record writes the row of e.
func (s *Store) record(ctx context.Context, e Event) error {
	scope := storeScope
	if checkScope(e.Scope) == nil {
		l, err := s.ready(ctx, string(e.Scope))
		if err != nil && CodeOf(err) == Unavailable {
			return err
		}
		l.mu.RLock()
		if l.head.Epoch > 0 {
			scope = string(e.Scope)
		}
		l.mu.RUnlock()
	} else {
		e.Scope = ""
	}
	row, err := s.auditRow(scope, e)
	if err != nil {
		return err
	}
	if err := s.backend.Commit(ctx, Batch{Scope: scope, Put: []Row{row}}); err != nil {
		return unavailable(err)
	}
	return nil
}

// Audit lists the events of scope and those below, the newest first.
func (s *Store) Audit(ctx context.Context, scope resolver.Scope, q AuditQuery) (Page[Event], error) {
	before, err := q.after()
	if err != nil {
		return Page[Event]{}, err
	}
	scopes, err := s.below(ctx, scope)
	if err != nil {
		return Page[Event]{}, err
	}
	limit := q.limit()
	var found []filed
	// What belongs to no tenant's scope, or to one without rows, is at home.
	for _, at := range append(scopes, storeScope) {
		events, err := s.events(ctx, at, before, limit+1, q.Since, scope)
		if err != nil {
			return Page[Event]{}, err
		}
		found = append(found, events...)
	}
	slices.SortFunc(found, func(a, b filed) int { return cmp.Compare(b.key, a.key) })
	page := Page[Event]{Items: make([]Event, 0, min(limit, len(found)))}
	for i, f := range found {
		if i == limit {
			page.Next = cursor(found[i-1].key)
			break
		}
		page.Items = append(page.Items, f.event)
	}
	return page, nil
}

// filed is an event and the key of its row.
type filed struct {
	key   string
	event Event
}

// events returns up to limit events of one scope's trail, the newest first,
// that are older than the key before and about a scope that within covers.
func (s *Store) events(ctx context.Context, at, before string, limit int, since time.Time, within resolver.Scope) ([]filed, error) {
	var found []filed
	r := Range{Table: TableAudit, Scope: at, After: before, Limit: limit, Reverse: true}
	for {
		rows, err := s.backend.Scan(ctx, r)
		if err != nil {
			return nil, unavailable(err)
		}
		for i := range rows {
			row := &rows[i]
			if _, err := s.openRow(ctx, row); err != nil {
				return nil, sealFailure(err, row.Key)
			}
			event, err := decodeEvent(row)
			if err != nil {
				return nil, err
			}
			if event.Time.Before(since) {
				return found, nil
			}
			if within.Covers(event.Scope) {
				found = append(found, filed{row.Key.Key, event})
			}
			r.After = row.Key.Key
		}
		if len(found) >= limit || len(rows) < r.Limit {
			return found, nil
		}
	}
}

// below returns the scopes of the store that scope covers, itself included,
// sorted.
func (s *Store) below(ctx context.Context, scope resolver.Scope) ([]string, error) {
	all, err := s.backend.Scopes(ctx)
	if err != nil {
		return nil, unavailable(err)
	}
	return slices.DeleteFunc(all, func(at string) bool {
		return at == storeScope || !scope.Covers(resolver.Scope(at))
	}), nil
}
