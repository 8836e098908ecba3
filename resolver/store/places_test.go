package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// knowing returns a state that knows n secrets.
func knowing(n int) (*scopeState, []Row) {
	st, rows := newScopeState("acme"), make([]Row, n)
	st.rows = make(map[Key]knownRow, n)
	for i := range rows {
		rows[i].Key = Key{Table: TableSecrets, Scope: "acme", Key: fmt.Sprintf("secret%07d", i)}
		st.set(rows[i].Key, knownRow{})
	}
	return st, rows
}

func TestMissingRows(t *testing.T) {
	st, rows := knowing(10)
	st.set(Key{Table: TableTokens, Scope: "acme", Key: "secret0000003x"}, knownRow{})
	key := func(name string) Key { return Key{Table: TableSecrets, Scope: "acme", Key: name} }
	all := Range{Table: TableSecrets, Scope: "acme", Limit: 20}
	for _, step := range []struct {
		name   string
		change func()
		r      Range
		found  []Row
		want   []Key
	}{
		{"none", nil, all, rows, nil},
		{"one", nil, all, append(rows[:4:4], rows[5:]...), []Key{rows[4].Key}},
		{"the last", nil, all, rows[:9], []Key{rows[9].Key}},
		{"not behind a page", nil, Range{Table: TableSecrets, Scope: "acme", Limit: 9}, rows[:9], nil},
		{"in a page", nil, Range{Table: TableSecrets, Scope: "acme", After: rows[2].Key.Key, Limit: 2}, []Row{rows[3], rows[5]}, []Key{rows[4].Key}},
		{"one that came", func() { st.set(key("secret0000003b"), knownRow{}) }, all, rows, []Key{key("secret0000003b")}},
		{"one that went", func() { st.drop(key("secret0000003b")) }, all, rows, nil},
		{"one that came again", func() { st.set(key("secret0000003b"), knownRow{}) }, all, rows, []Key{key("secret0000003b")}},
		{"after all was read anew", func() { st.reset(); st.rows = map[Key]knownRow{key("b"): {}} }, all, nil, []Key{key("b")}},
	} {
		t.Run(step.name, func(t *testing.T) { // each after those before it
			if step.change != nil {
				step.change()
			}
			require.Equal(t, step.want, st.missing(step.r, step.found))
		})
	}
}

// TestPagesLookAtTheirOwnRows: a list of all is linear, not pages times secrets.
func TestPagesLookAtTheirOwnRows(t *testing.T) {
	const n, limit = 200_000, 100
	st, rows := knowing(n)
	start := time.Now()
	for at := 0; at < n; at += limit {
		r := Range{Table: TableSecrets, Scope: "acme", Limit: limit}
		if at > 0 {
			r.After = rows[at-1].Key.Key
		}
		require.Empty(t, st.missing(r, rows[at:at+limit]))
	}
	require.Less(t, time.Since(start), 3*time.Second)
}
