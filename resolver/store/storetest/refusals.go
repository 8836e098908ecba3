package storetest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// clock is a clock that a test sets.
type clock struct{ unix atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.unix.Store(time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC).Unix())
	return c
}

func (c *clock) now() time.Time { return time.Unix(c.unix.Load(), 0).UTC() }

func (c *clock) pass(d time.Duration) { c.unix.Add(int64(d / time.Second)) }

func openAt(t testing.TB, b store.Backend, c *clock, flush time.Duration) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(keyText), Now: c.now, FlushInterval: flush})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// counted returns the rows of one caller, the newest first, and what they count.
func counted(t testing.TB, s *store.Store, who string) (rows []string, sum int64) {
	t.Helper()
	q := store.AuditQuery{Paging: store.Paging{Limit: store.MaxLimit}}
	page, err := s.Audit(t.Context(), "", q)
	require.NoError(t, err)
	require.Empty(t, page.Next)
	for _, e := range page.Items {
		if e.Who == who {
			rows = append(rows, strings.TrimPrefix(fmt.Sprintf("%s x%d %s", line(e), e.Count, e.RequestID), who+" "))
			sum += e.Count
		}
	}
	return rows, sum
}

// testManyRefusals: however much a caller is refused, its rows are few and count all.
func testManyRefusals(t *testing.T, p Place) {
	now := newClock()
	s := openAt(t, p.Open(t), now, time.Millisecond)
	create(t, s, "acme", "alpha", "value")
	create(t, s, "acme/shop", "alpha", "value")
	n := 0
	refused := func(who, what string, in resolver.Scope) {
		n++
		e := store.Event{Who: who, What: what, Scope: in, Outcome: "forbidden", RequestID: fmt.Sprint("r", n)}
		require.NoError(t, s.Record(t.Context(), e))
	}
	for range 1000 {
		refused("intruder", "GET /v1/tokens", "acme")
	}
	rows, _ := counted(t, s, "intruder")
	require.ElementsMatch(t, []string{
		"GET /v1/tokens acme  forbidden x1 r3",
		"GET /v1/tokens acme  forbidden x1 r2",
		"GET /v1/tokens acme  forbidden x1 r1",
	}, rows)
	now.pass(time.Minute)
	var sum int64
	require.Eventually(t, func() bool {
		rows, sum = counted(t, s, "intruder")
		return len(rows) == 4
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, int64(1000), sum)
	// A row is seen a moment before it is counted.
	require.Eventually(t, func() bool { return s.Stats() == store.Stats{Refusals: 1000, RefusalRows: 4} }, 10*time.Second, time.Millisecond)
	require.Contains(t, rows, "GET /v1/tokens acme  forbidden x997 r1000")

	// Of many kinds, the last row has what is common to the rest.
	for i := range 50 {
		refused("prober", fmt.Sprint("GET /", i), resolver.Scope(fmt.Sprint("acme/shop/", i)))
	}
	_, err := s.Create(t.Context(), store.Actor{Who: "prober"}, "acme/shop", store.Draft{Alias: "alpha", Type: store.Token, Value: store.Text("x")})
	want(t, store.AliasTaken, err)
	require.NoError(t, s.Close(), "what is counted is written at the end")
	s = openAt(t, p.Open(t), now, time.Hour)
	rows, sum = counted(t, s, "prober")
	require.Equal(t, int64(51), sum)
	require.Len(t, rows, 6)
	require.Contains(t, rows, "various acme/shop  various x46 ")
}
