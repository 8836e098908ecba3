package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

// testFold: counters move whole, once, and add up.
func testFold(t *testing.T, p Place) {
	b := p.Open(t)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	at := func(table store.Table, key string) store.Key { return store.Key{Table: table, Scope: "acme", Key: key} }
	a, c, day := at(store.TableUses, "a"), at(store.TableUses, "c"), at(store.TableDays, "day")
	require.NoError(t, b.Commit(t.Context(), store.Batch{Scope: "acme", Count: []store.Count{
		{Key: a, N: 2}, {Key: at(store.TableUses, "b"), N: 3}, {Key: c, N: 4}, {Key: at(store.TableUses, "d"), N: 5},
	}}))
	moves := []store.Move{{From: a, To: day}, {From: c, To: day}, {From: at(store.TableUses, "d")}, {From: at(store.TableUses, "none"), To: day}}
	for range 2 { // as where the first reply was lost
		require.NoError(t, b.Fold(t.Context(), "acme", moves))
		days, err := b.Counters(t.Context(), store.Range{Table: store.TableDays, Scope: "acme", Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []store.Counter{{Key: day, N: 6}}, days)
		left, err := b.Counters(t.Context(), store.Range{Table: store.TableUses, Scope: "acme", Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []store.Counter{{Key: at(store.TableUses, "b"), N: 3}}, left)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, b.Fold(cancelled, "acme", moves))
}

// sizes is how much a store keeps of what grows with time.
type sizes struct{ audit, minutes, hours, days int }

func measure(t testing.TB, b store.Backend) (found sizes) {
	t.Helper()
	scopes, err := b.Scopes(t.Context())
	require.NoError(t, err)
	for _, scope := range scopes {
		rows, err := b.Scan(t.Context(), store.Range{Table: store.TableAudit, Scope: scope, Limit: 1 << 20})
		require.NoError(t, err)
		minutes, err := b.Counters(t.Context(), store.Range{Table: store.TableUses, Scope: scope, Limit: 1 << 20})
		require.NoError(t, err)
		hours, err := b.Counters(t.Context(), store.Range{Table: store.TableHours, Scope: scope, Limit: 1 << 20})
		require.NoError(t, err)
		days, err := b.Counters(t.Context(), store.Range{Table: store.TableDays, Scope: scope, Limit: 1 << 20})
		require.NoError(t, err)
		found.hours += len(hours)
		found.audit += len(rows)
		found.minutes += len(minutes)
		found.days += len(days)
	}
	return found
}

// testRetention: a year of audit rows and uses takes no more room than its last
// 90 days, and what is kept of it is whole.
func testRetention(t *testing.T, p Place) {
	const day, retention, secrets, tokens, times = 24 * time.Hour, 90, 3, 2, 4
	now := newClock()
	at := func(b store.Backend) *store.Store {
		s, err := store.Open(t.Context(), store.Options{
			Backend: b, Key: store.KeyText(keyText), Now: now.now, FlushInterval: time.Hour, AuditRetention: retention * day,
		})
		require.NoError(t, err)
		return s
	}
	aliases := []string{"alpha", "alpha-2", "beta"}
	s := at(p.Open(t))
	for _, alias := range aliases {
		create(t, s, "acme", alias, "value")
	}
	require.NoError(t, s.Close())
	var all store.Expired
	for month := range 12 {
		b := p.Open(t)
		s := at(b)
		for range 30 {
			require.NoError(t, s.Record(t.Context(), store.Event{Who: "cli", What: "export", Scope: "acme", Outcome: "ok"}))
			for range times {
				for _, token := range []string{"token-1", "token-2"} {
					s.Used("acme/shop", token, aliases, 1)
				}
				now.pass(day / times)
			}
		}
		require.NoError(t, s.Close()) // writes the uses
		b = p.Open(t)
		s = at(b)
		done, err := s.Expire(t.Context())
		require.NoError(t, err)
		require.Equal(t, done, s.Stats().Expired)
		all.AuditRows += done.AuditRows
		all.Minutes += done.Minutes
		all.Hours += done.Hours
		all.Days += done.Days
		found := measure(t, b)
		if month > 0 {
			require.Equal(t, 31*times*secrets*tokens, found.minutes+found.hours+times*secrets*tokens/2, "30 whole days and the half before")
			require.LessOrEqual(t, found.minutes, (times+1)*secrets*tokens, "a day")
		}
		require.LessOrEqual(t, found.audit, retention+3)
		require.LessOrEqual(t, found.days, (retention-30+1)*secrets*tokens)
		if month == 11 {
			t.Logf("after a year: %+v; removed %+v", found, all)
			requireUses(t, s, aliases, now.now(), retention)
		}
		require.NoError(t, s.Verify(t.Context(), nil))
		require.NoError(t, s.Close())
	}
	require.Positive(t, all.AuditRows)
	require.Positive(t, all.Days)
}

// requireUses reads all uses of each secret, page by page: in order, and every use
// of the last days counted once.
func requireUses(t testing.TB, s *store.Store, aliases []string, now time.Time, days int) {
	t.Helper()
	for _, alias := range aliases {
		var uses []store.UseCount
		q := store.Paging{Limit: 37}
		for {
			page, err := s.Uses(t.Context(), "acme", alias, q)
			require.NoError(t, err)
			uses = append(uses, page.Items...)
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		sum := int64(0)
		for i, u := range uses {
			require.True(t, u.Day || now.Sub(u.Minute) <= 31*24*time.Hour)
			require.False(t, i > 0 && u.Minute.Before(uses[i-1].Minute), "in order of time")
			if u.Minute.After(now.Add(-time.Duration(days-1) * 24 * time.Hour).Truncate(24 * time.Hour).Add(-time.Second)) {
				sum += u.Count
			}
		}
		// From the start of a day until noon of the last, by two tokens.
		require.Equal(t, int64(2*4*(days-1)+2*2), sum)
	}
}

// testRetentionOfAll: where nothing is ever removed, uses are folded all the same.
func testRetentionOfAll(t *testing.T, p Place) {
	const day = 24 * time.Hour
	now := newClock()
	s, err := store.Open(t.Context(), store.Options{
		Backend: p.Open(t), Key: store.KeyText(keyText), Now: now.now, FlushInterval: 5 * time.Millisecond, AuditRetention: -1,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	create(t, s, "acme", "alpha", "value")
	s.Used("acme", "token", []string{"alpha"}, 2)
	uses := func() []store.UseCount {
		page, err := s.Uses(t.Context(), "acme", "alpha", store.Paging{Limit: 1})
		require.NoError(t, err)
		return page.Items
	}
	require.Eventually(t, func() bool { return len(uses()) == 1 }, 10*time.Second, time.Millisecond)
	minute := uses()[0].Minute
	for _, test := range []struct {
		name string
		pass time.Duration
		want store.Expired
		use  store.UseCount
	}{
		{"in its first day", day / 2, store.Expired{}, store.UseCount{Minute: minute}},
		{"by the hour", day, store.Expired{Minutes: 1}, store.UseCount{Minute: minute.Truncate(time.Hour), Hour: true}},
		{"by the day", 31 * day, store.Expired{Hours: 1}, store.UseCount{Minute: minute.Truncate(day), Day: true}},
		{"for ever", 2000 * day, store.Expired{}, store.UseCount{Minute: minute.Truncate(day), Day: true}},
	} {
		now.pass(test.pass)
		done, err := s.Expire(t.Context())
		require.NoError(t, err, test.name)
		require.Equal(t, test.want, done, test.name)
		test.use.Token, test.use.Count = "token", 2
		require.Equal(t, []store.UseCount{test.use}, uses(), test.name)
	}
	audit, err := s.Audit(t.Context(), "acme", store.AuditQuery{})
	require.NoError(t, err)
	require.Len(t, audit.Items, 1, "the creation")
}

// testRetentionInTurn: of two nodes one does the work, and the other once the first
// is gone.
func testRetentionInTurn(t *testing.T, p Place) {
	if !p.Shared {
		return // one process has the store
	}
	now := newClock()
	at := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{
			Backend: p.Open(t), Key: store.KeyText(keyText), Now: now.now, FlushInterval: time.Hour, AuditRetention: 24 * time.Hour,
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	one, other := at(), at()
	create(t, one, "acme", "alpha", "value")
	expire := func(s *store.Store) int64 {
		done, err := s.Expire(t.Context())
		require.NoError(t, err)
		return done.AuditRows
	}
	require.Zero(t, expire(one))
	now.pass(30 * time.Second)
	require.Zero(t, expire(one), "it keeps the lease")
	now.pass(48 * time.Hour)
	require.Equal(t, int64(1), expire(one))
	create(t, one, "acme", "beta", "value")
	now.pass(30 * time.Second)
	require.Zero(t, expire(other), "it is another's turn, for a minute")
	now.pass(48 * time.Hour)
	require.Equal(t, int64(1), expire(other))

	lease := func(b store.Backend) func(ahead time.Duration) bool {
		t.Cleanup(func() { require.NoError(t, b.Close()) })
		return func(ahead time.Duration) bool {
			has, err := b.(store.Leaser).Lease(t.Context(), "work", now.now().Add(ahead), time.Minute)
			require.NoError(t, err)
			return has
		}
	}
	first, second := lease(p.Open(t)), lease(p.Open(t))
	require.True(t, first(0))
	require.False(t, second(30*time.Second))
	require.True(t, first(30*time.Second), "who has it keeps it")
	require.False(t, second(80*time.Second))
	require.True(t, second(90*time.Second))
	require.False(t, first(100*time.Second))
	require.True(t, first(time.Hour))
	require.True(t, second(5*time.Minute), "a clock that is far ahead is not believed")
}
