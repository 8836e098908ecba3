package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func opened(t *testing.T, p Place) store.Backend {
	t.Helper()
	b := p.Open(t)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func key(name string) store.Key {
	return store.Key{Table: store.TableSecrets, Scope: string(scope), Key: name}
}

func row(name string, revision int64) store.Row {
	return store.Row{Key: key(name), Revision: revision, Meta: []byte("meta " + name), Seal: []byte("seal " + name), Value: []byte("value " + name)}
}

// prior returns the head before head(epoch).
func prior(epoch int64) store.Head {
	if epoch == 1 {
		return store.Head{}
	}
	return *head(epoch - 1)
}

// head makes epoch the scope's.
func head(epoch int64) *store.Head {
	return &store.Head{Epoch: epoch, Data: fmt.Append(nil, "head ", epoch)}
}

func commit(t testing.TB, b store.Backend, batch store.Batch) {
	t.Helper()
	batch.Scope = string(scope)
	require.NoError(t, b.Commit(t.Context(), batch))
}

func find(t testing.TB, b store.Backend, values bool, keys ...store.Key) []*store.Row {
	t.Helper()
	rows, err := b.Find(t.Context(), keys, values)
	require.NoError(t, err)
	require.Len(t, rows, len(keys))
	return rows
}

func testRows(t *testing.T, p Place) {
	b := opened(t, p)
	require.NotEmpty(t, b.Name())
	require.NoError(t, b.Ready(t.Context()))
	require.Empty(t, find(t, b, true))
	require.Equal(t, []*store.Row{nil}, find(t, b, true, key("a")))

	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: []store.Row{row("a", 1), row("b", 1)}})
	a, second := row("a", 1), row("b", 1)
	require.Equal(t, []*store.Row{&second, nil, &a}, find(t, b, true, key("b"), key("c"), key("a")), "answers stand in the order of the keys")

	other := key("a")
	other.Scope = "acme"
	table := key("a")
	table.Table = store.TableTokens
	require.Equal(t, []*store.Row{nil, nil}, find(t, b, true, other, table), "scopes and tables are apart")

	replaced := row("a", 2)
	replaced.Meta, replaced.Value = []byte("new"), nil
	commit(t, b, store.Batch{Prior: prior(2), Head: head(2), Put: []store.Row{replaced}, Delete: []store.Key{key("b"), key("never")}})
	rows := find(t, b, true, key("a"), key("b"))
	require.Nil(t, rows[1])
	require.Equal(t, int64(2), rows[0].Revision)
	require.Equal(t, "new", string(rows[0].Meta))
	require.Empty(t, rows[0].Value, "a row is replaced whole")

	many := make([]store.Key, 0, 300)
	for i := range 299 {
		many = append(many, key(fmt.Sprint("none", i)))
	}
	rows = find(t, b, false, append(many, key("a"))...)
	require.NotNil(t, rows[299])
	rows[299].Meta[0] ^= 0xff
	require.Equal(t, "new", string(find(t, b, false, key("a"))[0].Meta), "an answer is a copy")
}

func names(rows []store.Row) []string {
	out := []string{}
	for _, r := range rows {
		out = append(out, r.Key.Key)
	}
	return out
}

func testRanges(t *testing.T, p Place) {
	b := opened(t, p)
	var put []store.Row
	for _, name := range []string{"b", "a", "ab", "a-b", "a_b", "a\x00b", "c", "zz"} {
		put = append(put, row(name, 1))
	}
	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: put})
	whole := []string{"a", "a\x00b", "a-b", "a_b", "ab", "b", "c", "zz"}
	backward := slices.Clone(whole)
	slices.Reverse(backward)
	for _, test := range []struct {
		name string
		r    store.Range
		want []string
	}{
		{"all, byte by byte", store.Range{Limit: 100}, whole},
		{"limit", store.Range{Limit: 3}, whole[:3]},
		{"after a row", store.Range{After: "a_b", Limit: 2}, []string{"ab", "b"}},
		{"after no row", store.Range{After: "bb", Limit: 9}, []string{"c", "zz"}},
		{"after the last", store.Range{After: "zz", Limit: 9}, []string{}},
		{"prefix", store.Range{Prefix: "a\x00", Limit: 9}, []string{"a\x00b"}},
		{"prefix and after", store.Range{Prefix: "a", After: "a-b", Limit: 9}, []string{"a_b", "ab"}},
		{"prefix behind after", store.Range{Prefix: "c", After: "a", Limit: 9}, []string{"c"}},
		{"reverse", store.Range{Reverse: true, Limit: 9}, backward},
		{"reverse after", store.Range{Reverse: true, After: "b", Limit: 2}, []string{"ab", "a_b"}},
		{"reverse prefix", store.Range{Reverse: true, Prefix: "a", Limit: 2}, []string{"ab", "a_b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.r.Table, test.r.Scope = store.TableSecrets, string(scope)
			rows, err := b.Scan(t.Context(), test.r)
			require.NoError(t, err)
			require.Equal(t, test.want, names(rows))
			for _, r := range rows {
				full := row(r.Key.Key, 1)
				full.Value = nil
				require.Equal(t, full, r)
			}
		})
	}
	rows, err := b.Scan(t.Context(), store.Range{Table: store.TableAudit, Scope: string(scope), Limit: 9})
	require.NoError(t, err)
	require.Empty(t, rows)
}

func testConflict(t *testing.T, p Place) {
	b := opened(t, p)
	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: []store.Row{row("a", 1)}})
	for _, epoch := range []int64{1, 3} {
		err := b.Commit(t.Context(), store.Batch{
			Scope: string(scope), Prior: prior(epoch), Head: head(epoch), Put: []store.Row{row("b", epoch)}, Delete: []store.Key{key("a")},
			Count: []store.Count{{Key: key("n"), N: 1}},
		})
		require.ErrorIs(t, err, store.ErrConflict)
	}
	for name, before := range map[string]store.Head{
		"another history": {Epoch: 1, Data: []byte("another head 1")}, "no head": {},
	} {
		err := b.Commit(t.Context(), store.Batch{Scope: string(scope), Prior: before, Head: head(2), Put: []store.Row{row("b", 2)}})
		require.ErrorIs(t, err, store.ErrConflict, name)
	}
	rows := find(t, b, false, key("a"), key("b"))
	require.NotNil(t, rows[0])
	require.Nil(t, rows[1], "a batch is applied whole or not at all")
	counters, err := b.Counters(t.Context(), store.Range{Table: store.TableSecrets, Scope: string(scope), Limit: 1})
	require.NoError(t, err)
	require.Empty(t, counters)

	commit(t, b, store.Batch{Put: []store.Row{row("c", 1)}})
	h, err := b.Head(t.Context(), string(scope))
	require.NoError(t, err)
	require.Equal(t, *head(1), h, "a batch without a head leaves it")

	var wins sync.Map
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			err := b.Commit(context.Background(), store.Batch{Scope: string(scope), Prior: prior(2), Head: head(2), Put: []store.Row{row(fmt.Sprint("racer", i), 2)}})
			if err == nil {
				wins.Store(i, true)
			}
		})
	}
	group.Wait()
	n := 0
	wins.Range(func(_, _ any) bool { n++; return true })
	require.Equal(t, 1, n, "one of many writers wins")
}

func testCounters(t *testing.T, p Place) {
	b := opened(t, p)
	counted := func(name string, n int64) store.Count {
		return store.Count{Key: store.Key{Table: store.TableUses, Scope: string(scope), Key: name}, N: n}
	}
	commit(t, b, store.Batch{Count: []store.Count{counted("a\x001", 2), counted("b", 1), counted("a\x001", 3)}})
	commit(t, b, store.Batch{Count: []store.Count{counted("a\x002", 7)}})
	got, err := b.Counters(t.Context(), store.Range{Table: store.TableUses, Scope: string(scope), Prefix: "a\x00", Limit: 9})
	require.NoError(t, err)
	require.Equal(t, []store.Counter{counted("a\x001", 5), counted("a\x002", 7)}, got)
	got, err = b.Counters(t.Context(), store.Range{Table: store.TableUses, Scope: string(scope), After: "a\x001", Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []store.Counter{counted("a\x002", 7)}, got)
}

func testSnapshot(t *testing.T, p Place) {
	b := opened(t, p)
	h, err := b.Snapshot(t.Context(), string(scope), []store.Table{store.TableSecrets}, nil)
	require.NoError(t, err)
	require.Equal(t, store.Head{}, h)

	token := row("t", 1)
	token.Table = store.TableTokens
	audit := row("x", 1)
	audit.Table = store.TableAudit
	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: []store.Row{row("a", 1), row("b", 1), token, audit}})
	var seen []string
	h, err = b.Snapshot(t.Context(), string(scope), []store.Table{store.TableSecrets, store.TableTokens}, func(r store.Row) error {
		require.Empty(t, r.Value)
		require.Equal(t, "seal "+r.Key.Key, string(r.Seal))
		seen = append(seen, string(r.Table)+" "+r.Key.Key)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, *head(1), h)
	require.ElementsMatch(t, []string{"secrets a", "secrets b", "tokens t"}, seen)

	_, err = b.Snapshot(t.Context(), string(scope), []store.Table{store.TableSecrets}, func(store.Row) error { return store.ErrFull })
	require.ErrorIs(t, err, store.ErrFull)

	// Writers change two rows and the head together; a snapshot never sees
	// one without the other.
	var group sync.WaitGroup
	group.Go(func() {
		for epoch := int64(2); epoch < 40; epoch++ {
			batch := store.Batch{Scope: string(scope), Prior: prior(epoch), Head: head(epoch), Put: []store.Row{row("a", epoch), row("b", epoch)}}
			if b.Commit(context.Background(), batch) != nil {
				return
			}
		}
	})
	for range 40 {
		var revisions []int64
		h, err := b.Snapshot(t.Context(), string(scope), []store.Table{store.TableSecrets}, func(r store.Row) error {
			revisions = append(revisions, r.Revision)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []int64{h.Epoch, h.Epoch}, revisions)
	}
	group.Wait()
}

func testReopened(t *testing.T, p Place) {
	b := p.Open(t)
	big := row("big", 1)
	big.Value = bytes.Repeat([]byte{0, 1, 0xff}, 400_000)
	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: []store.Row{big}, Count: []store.Count{{Key: key("n"), N: 3}}})
	require.NoError(t, b.Close())
	b = opened(t, p)
	require.Equal(t, &big, find(t, b, true, key("big"))[0])
	scopes, err := b.Scopes(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{string(scope)}, scopes)
}

func testAnyBytes(t *testing.T, p Place) {
	b := opened(t, p)
	odd := row("line\r\n\x00\x01 é {}*", 1)
	odd.Meta, odd.Seal, odd.Value = []byte{0, '\r', '\n', 0xff}, []byte{0xc3, 0x28}, []byte{0}
	commit(t, b, store.Batch{Prior: prior(1), Head: head(1), Put: []store.Row{odd}})
	require.Equal(t, &odd, find(t, b, true, odd.Key)[0])
	absent := odd.Key
	absent.Key = "not utf-8 \xff\xfe"
	require.Equal(t, []*store.Row{nil}, find(t, b, true, absent))
}

func testCancelled(t *testing.T, p Place) {
	b := opened(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Find(ctx, []store.Key{key("a")}, true)
	require.ErrorIs(t, err, context.Canceled)
	err = b.Commit(ctx, store.Batch{Scope: string(scope), Prior: prior(1), Head: head(1), Put: []store.Row{row("a", 1)}})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []*store.Row{nil}, find(t, b, true, key("a")))
}

// rawRow returns what stands in the backend, which the store does not defend.
func rawRow(t testing.TB, b store.Backend, table store.Table, in resolver.Scope, name string) store.Row {
	t.Helper()
	found := find(t, b, true, store.Key{Table: table, Scope: string(in), Key: name})[0]
	require.NotNil(t, found)
	return *found
}

// rawPut writes behind the store's back.
func rawPut(t testing.TB, b store.Backend, r store.Row) {
	t.Helper()
	require.NoError(t, b.Commit(t.Context(), store.Batch{Scope: r.Scope, Put: []store.Row{r}}))
}

// rawDelete removes behind the store's back.
func rawDelete(t testing.TB, b store.Backend, at store.Key) {
	t.Helper()
	require.NoError(t, b.Commit(t.Context(), store.Batch{Scope: at.Scope, Delete: []store.Key{at}}))
}
