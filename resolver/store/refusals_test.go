package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
)

// A caller that is refused twice a second for a day makes a few rows in ten
// minutes, none of its refusals uncounted, and leaves nothing in memory.
func TestRefusalsOfADay(t *testing.T) {
	var r refusals
	rows, sum := 0, int64(0)
	written := func(e Event) {
		rows++
		sum += e.Count
	}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	const refused = 2 * 24 * 60 * 60
	for range refused {
		now = now.Add(time.Second / 2)
		e := Event{Who: "stubborn", What: "POST /v1/render", Outcome: "forbidden", Count: 1}
		if r.admit(e, now) {
			written(e)
		}
		for _, e := range r.due(now, false) {
			written(e)
		}
	}
	for _, e := range r.due(now, true) {
		written(e)
	}
	require.EqualValues(t, refused, sum)
	require.Equal(t, int64(refused), r.seen)
	require.LessOrEqual(t, rows, 4*24*6+16)
	require.Empty(t, r.due(now.Add(maxRefusalWindow), false))
	require.Empty(t, r.callers)
}

func TestCommon(t *testing.T) {
	for _, test := range []struct{ a, b, want resolver.Scope }{
		{"acme", "acme", "acme"},
		{"acme/shop", "acme/shop/prod", "acme/shop"},
		{"acme/shop/prod", "acme/web", "acme"},
		{"acme", "acme2", ""},
		{"", "acme", ""},
		{"acme", "", ""},
	} {
		t.Run(string(test.a+" and "+test.b), func(t *testing.T) {
			require.Equal(t, test.want, common(test.a, test.b))
		})
	}
}
