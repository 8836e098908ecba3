package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sotto-render/sotto/resolver"
)

// UseCount says how often a token used a secret within one minute, hour or day.
type UseCount struct {
	Token string `json:"token"`
	// Minute is when the minute began, or the hour or the day.
	Minute time.Time `json:"minute"`
	Count  int64     `json:"count"`
	// Hour says that Count is of a whole hour, as it is kept of what is older than
	// a day where [Options.AuditRetention] is set.
	Hour bool `json:"hour,omitempty"`
	// Day says that Count is of a whole day (UTC), as it is kept of what is
	// older than 30 days.
	Day bool `json:"day,omitempty"`
}

// maxPendingUses bounds the memory of uses while the backend is down.
const maxPendingUses = 200_000

// uses counts in memory until the next flush.
type uses struct {
	mu sync.Mutex
	// pending :: who used what in which minute -> how often, and when last
	pending map[use]*tally
	// flushing is held by the one flush at a time.
	flushing sync.Mutex
}

type use struct {
	scope  resolver.Scope
	alias  string
	token  string
	minute int64
}

type tally struct {
	n    int64
	last time.Time
}

// Used counts n uses of each alias, as seen from scope, by the token with this
// id. It only adds in memory and never blocks on I/O: uses are written every
// [Options.FlushInterval] and at [Store.Close].
func (s *Store) Used(scope resolver.Scope, token string, aliases []string, n int64) {
	now := s.now()
	minute := now.Unix() / 60
	u := &s.uses
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, alias := range aliases {
		u.add(use{scope, alias, token, minute}, tally{n, now})
	}
}

func (u *uses) add(key use, t tally) {
	if u.pending == nil {
		u.pending = make(map[use]*tally)
	}
	have := u.pending[key]
	if have == nil {
		if len(u.pending) >= maxPendingUses {
			return
		}
		have = new(tally)
		u.pending[key] = have
	}
	have.n += t.n
	if t.last.After(have.last) {
		have.last = t.last
	}
}

// flush writes what was counted. What cannot be written is counted again.
func (s *Store) flush(ctx context.Context) error {
	u := &s.uses
	u.flushing.Lock()
	defer u.flushing.Unlock()
	u.mu.Lock()
	pending := u.pending
	u.pending = nil
	u.mu.Unlock()

	var errs []error
	keep := func(counted map[use]tally, err error) {
		errs = append(errs, err)
		u.mu.Lock()
		defer u.mu.Unlock()
		for key, t := range counted {
			u.add(key, t)
		}
	}
	// owned :: scope that holds the secrets -> uses of them, from any scope
	owned := make(map[string]map[use]tally)
	for scope, counted := range byScope(pending) {
		owners, err := s.owners(ctx, scope, counted)
		if err != nil {
			keep(counted, err)
			continue
		}
		for key, t := range counted {
			owner := owners[key.alias]
			if owner == "" { // another provider's, or deleted by now
				continue
			}
			if owned[owner] == nil {
				owned[owner] = make(map[use]tally)
			}
			owned[owner][key] = t
		}
	}
	for owner, counted := range owned {
		if err := s.backend.Commit(ctx, useBatch(owner, counted)); err != nil {
			keep(counted, unavailable(err))
		}
	}
	return errors.Join(errs...)
}

func byScope(pending map[use]*tally) map[resolver.Scope]map[use]tally {
	scopes := make(map[resolver.Scope]map[use]tally)
	for key, t := range pending {
		if scopes[key.scope] == nil {
			scopes[key.scope] = make(map[use]tally)
		}
		scopes[key.scope][key] = *t
	}
	return scopes
}

// owners returns, for each alias that was used from scope, the scope that holds
// the secret; "" where the store has none.
func (s *Store) owners(ctx context.Context, scope resolver.Scope, counted map[use]tally) (map[string]string, error) {
	owners := make(map[string]string, len(counted))
	for key := range counted {
		owners[key.alias] = ""
	}
	aliases := slices.Collect(maps.Keys(owners))
	entries := make([]resolver.Entry, len(aliases))
	if err := s.Fetch(ctx, scope, aliases, false, entries); err != nil {
		return nil, err
	}
	for i, alias := range aliases {
		owners[alias] = string(entries[i].Scope)
	}
	return owners, nil
}

// useBatch counts uses of the secrets that owner holds, and when the last was.
func useBatch(owner string, counted map[use]tally) Batch {
	b := Batch{Scope: owner}
	last := make(map[string]time.Time)
	for key, t := range counted {
		b.Count = append(b.Count, Count{Key: Key{Table: TableUses, Scope: owner, Key: useKey(key)}, N: t.n})
		if t.last.After(last[key.alias]) {
			last[key.alias] = t.last
		}
	}
	for alias, at := range last {
		var e encoder
		e.time(at)
		b.Put = append(b.Put, Row{Key: usedKey(Key{Scope: owner, Key: alias}), Meta: e.buf})
	}
	return b
}

func useKey(u use) string {
	return u.alias + "\x00" + fmt.Sprintf("%08x", u.minute) + "\x00" + u.token
}

// parseUse returns what a key of a counter is about, but for the scope.
func parseUse(key string) (use, bool) {
	alias, rest, _ := strings.Cut(key, "\x00")
	minute, token, ok := strings.Cut(rest, "\x00")
	n, err := strconv.ParseInt(minute, 16, 64)
	return use{alias: alias, token: token, minute: n}, ok && err == nil
}

// lastUse is behind all keys of a secret's counters.
func lastUse(alias string) string { return alias + "\x00\xff" }

// usedKey is where the time of a secret's last use stands.
func usedKey(secret Key) Key {
	return Key{Table: TableUsed, Scope: secret.Scope, Key: secret.Key}
}

// addLastUsed sets LastUsedAt of a part of a scope's list; after is the alias
// before it.
func (s *Store) addLastUsed(ctx context.Context, scope resolver.Scope, after string, found []Metadata) error {
	at := make(map[string]*Metadata, len(found))
	last := ""
	for i := range found {
		last = strings.ToLower(found[i].Alias)
		at[last] = &found[i]
	}
	r := Range{Table: TableUsed, Scope: string(scope), After: after, Limit: MaxLimit}
	for r.After < last {
		rows, err := s.backend.Scan(ctx, r)
		if err != nil {
			return unavailable(err)
		}
		for _, row := range rows {
			r.After = row.Key.Key
			if m := at[row.Key.Key]; m != nil {
				m.LastUsedAt = usedAt(&row)
			}
		}
		if len(rows) < r.Limit {
			break
		}
	}
	return nil
}

// lastUsed sets LastUsedAt of the secret at key.
func (s *Store) lastUsed(ctx context.Context, key Key, m *Metadata) error {
	rows, err := s.backend.Find(ctx, []Key{usedKey(key)}, false)
	if err != nil {
		return unavailable(err)
	}
	if rows[0] != nil {
		m.LastUsedAt = usedAt(rows[0])
	}
	return nil
}

// beginLastUsed is lastUsed while the caller does something else. Whoever calls it calls
// what it returns.
func (s *Store) beginLastUsed(ctx context.Context, key Key) (end func(*Metadata) error) {
	var found Metadata
	wait := make(chan struct{})
	var err error
	go func() {
		defer close(wait)
		err = s.lastUsed(ctx, key, &found)
	}()
	return func(m *Metadata) error {
		<-wait
		m.LastUsedAt = found.LastUsedAt
		return err
	}
}

// usedAt returns the time in a row of uses, or nil where it has none.
func usedAt(row *Row) *time.Time {
	d := decoder{buf: row.Meta}
	at := d.time()
	if d.end() != nil || at.IsZero() {
		return nil
	}
	return &at
}

// Uses lists the uses of a secret, in order of time: by the day, then
// by the hour, then by the minute.
func (s *Store) Uses(ctx context.Context, scope resolver.Scope, alias string, p Paging) (Page[UseCount], error) {
	key, err := address(scope, alias)
	if err != nil {
		return Page[UseCount]{}, err
	}
	after, err := p.after()
	if err != nil {
		return Page[UseCount]{}, err
	}
	limit := p.limit()
	var counts []Counter
	// A key of a use does not start with the name of a table and a colon: an
	// alias has none. So a cursor tells which table it is in.
	tables := []Table{TableDays, TableHours, TableUses}
	if after != "" {
		in, rest, _ := strings.Cut(after, ":")
		if at := slices.Index(tables, Table(in)); at >= 0 {
			tables, after = tables[at:], rest
		} else {
			tables = tables[2:]
		}
	}
	for _, table := range tables {
		r := Range{Table: table, Scope: key.Scope, Prefix: key.Key + "\x00", Limit: limit + 1 - len(counts)}
		if table == tables[0] {
			r.After = after
		}
		found, err := s.backend.Counters(ctx, r)
		if err != nil {
			return Page[UseCount]{}, unavailable(err)
		}
		if counts = append(counts, found...); len(counts) > limit {
			break
		}
	}
	page := Page[UseCount]{Items: make([]UseCount, 0, min(limit, len(counts)))}
	for i, c := range counts {
		if i == limit {
			last := counts[i-1].Key
			if last.Table != TableUses {
				last.Key = string(last.Table) + ":" + last.Key
			}
			page.Next = cursor(last.Key)
			break
		}
		u, ok := parseUse(c.Key.Key)
		if !ok {
			return Page[UseCount]{}, damage(c.Key)
		}
		page.Items = append(page.Items, UseCount{
			Token: u.token, Minute: time.Unix(u.minute*60, 0).UTC(), Count: c.N,
			Hour: c.Key.Table == TableHours, Day: c.Key.Table == TableDays,
		})
	}
	return page, nil
}
