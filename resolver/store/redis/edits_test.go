package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// counting counts the rows that are read to know a scope.
type counting struct {
	*redis.Backend
	// whole counts those of snapshots, changed those that were changed since.
	whole, changed, snapshots atomic.Int64
}

func (b *counting) Snapshot(ctx context.Context, scope string, tables []store.Table, row func(store.Row) error) (store.Head, error) {
	b.snapshots.Add(1)
	return b.Backend.Snapshot(ctx, scope, tables, func(r store.Row) error {
		b.whole.Add(1)
		return row(r)
	})
}

func (b *counting) Changed(ctx context.Context, scope string, since int64) (store.Head, map[store.Key]*store.Row, error) {
	head, changed, err := b.Backend.Changed(ctx, scope, since)
	b.changed.Add(int64(len(changed)))
	return head, changed, err
}

func counted(t *testing.T, url, key string) (*store.Store, *counting) {
	t.Helper()
	b := &counting{Backend: open(t, url)}
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(key)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s, b
}

// An edit of what another node edited last costs what that one changed, and not
// what the scope holds.
func TestAlternatingEditsReadWhatWasChanged(t *testing.T) {
	for name, start := range map[string]func(testing.TB, redistest.Options) string{
		"a single server": func(t testing.TB, o redistest.Options) string { return redistest.Start(t, o).URL },
		"a cluster":       func(t testing.TB, o redistest.Options) string { return redistest.StartCluster(t, o).URL },
	} {
		t.Run(name, func(t *testing.T) {
			url, key := start(t, redistest.Options{}), store.NewKeyText()
			one, reads1 := counted(t, url, key)
			two, reads2 := counted(t, url, key)
			for n := range 200 {
				create(t, one, "acme", fmt.Sprint("s", n), "value")
			}
			create(t, one, "acme", "a", "value")
			create(t, two, "acme", "b", "value")
			whole, changed := reads1.whole.Load()+reads2.whole.Load(), reads1.changed.Load()+reads2.changed.Load()
			const rounds = 20
			for n := range rounds {
				update(t, one, fmt.Sprint("one-", n))
				update(t, two, fmt.Sprint("two-", n))
			}
			require.Equal(t, whole, reads1.whole.Load()+reads2.whole.Load(), "no scope is read as a whole again")
			require.LessOrEqual(t, reads1.changed.Load()+reads2.changed.Load()-changed, int64(2*2*rounds))
			for _, s := range []*store.Store{one, two} {
				require.NoError(t, s.Delete(t.Context(), by, "acme", "s0", "s0", false))
				create(t, s, "acme", "s0", "value")
				require.NoError(t, s.Verify(t.Context(), nil))
			}
		})
	}
}

// The server does nothing else while a script runs, so none looks at many rows.
func TestAScopeIsReadInPages(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	writing := fleet(t, server.URL, key)
	const secrets = 1200
	for n := range secrets {
		create(t, writing, "acme", fmt.Sprint("s", n), "value")
	}
	monitor, reading := redistest.NewMonitor(t, server), fleet(t, server.URL, key)
	_, err := fetch(t, reading, "s7")
	require.NoError(t, err)
	inScript, most, all := 0, 0, 0
	for line := range strings.Lines(monitor.Heard(t)) {
		if !strings.Contains(line, " lua] ") {
			inScript = 0
			continue
		}
		inScript, all = inScript+1, all+1
		most = max(most, inScript)
	}
	require.Greater(t, all, secrets, "it was read")
	require.LessOrEqual(t, most, 510)
}

// What is written while a scope is read page by page is in it whole or not at all.
func TestAScopeIsReadWhileItChanges(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	writing := fleet(t, server.URL, key)
	for n := range 1100 {
		create(t, writing, "acme", fmt.Sprint("s", n), "value")
	}
	ctx, cancel := context.WithCancel(t.Context())
	written := make(chan error)
	go func() {
		for n := 0; ; n++ {
			_, err := writing.Update(ctx, by, "acme", fmt.Sprint("s", n*7%1100), store.Patch{Value: store.Text(fmt.Sprint("value-", n))})
			if ctx.Err() != nil {
				err = nil
			}
			if err != nil || ctx.Err() != nil {
				written <- err
				return
			}
		}
	}()
	for range 10 {
		_, err := fetch(t, fleet(t, server.URL, key), "s3")
		require.NoError(t, err)
	}
	cancel()
	require.NoError(t, <-written)
}

// A history that went on from an earlier state, and has gone past all that a node
// has seen, is found by what that node saw and the other history never had.
func TestAForkThatOvertookIsNoticed(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	knowing := fleet(t, server.URL, key)
	create(t, knowing, "acme", "a", "value-1")
	older := stateOf(t, server)
	create(t, knowing, "acme", "lost", "value-lost")
	older.failOver(t, server)
	started := fleet(t, server.URL, key)
	for n := range 5 {
		update(t, started, fmt.Sprint("other-", n))
	}
	for _, alias := range []string{"lost", "a"} {
		_, err := fetch(t, knowing, alias)
		require.ErrorIs(t, err, store.ErrLost, alias)
	}
	eventually(t, "the other node refuses it too", func() bool {
		_, err := fetch(t, started, "a")
		return err != nil
	})
	_, err := started.Repair(t.Context(), by, "acme")
	require.NoError(t, err)
	for _, s := range []*store.Store{knowing, started} {
		_, err = fetch(t, s, "a")
		require.NoError(t, err)
		require.NoError(t, s.Verify(t.Context(), nil))
	}
}

// A scope that is refused is not read again to refuse it again.
func TestARefusedScopeIsReadOnce(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	s, reads := counted(t, server.URL, key)
	for _, alias := range []string{"a", "b", "c"} {
		create(t, s, "acme", alias, "value")
	}
	client := server.Client(t)
	require.NoError(t, client.HDel(t.Context(), "sotto:{s:acme}:secrets:rows", "mb", "vb").Err())
	require.NoError(t, client.ZRem(t.Context(), "sotto:{s:acme}:secrets:keys", "b").Err())
	_, err := fetch(t, s, "b")
	require.Equal(t, store.Internal, store.CodeOf(err))
	before := reads.snapshots.Load()
	for range 50 {
		_, err := fetch(t, s, "a")
		require.Equal(t, store.Internal, store.CodeOf(err))
		require.ErrorContains(t, err, "integrity check")
	}
	require.Equal(t, before, reads.snapshots.Load())
	_, err = s.Repair(t.Context(), by, "acme")
	require.NoError(t, err)
	_, err = fetch(t, s, "a")
	require.NoError(t, err, "a repair is seen at once")
}
