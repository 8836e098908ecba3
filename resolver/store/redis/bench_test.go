package redis_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// clients is how many callers create secrets at once.
const clients = 16

func benchStore(b *testing.B) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), store.Options{
		Backend: open(b, place(b, redistest.Start(b, redistest.Options{}).URL)), Key: store.KeyText(store.NewKeyText()),
	})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	return s
}

func draft(n int64) store.Draft {
	return store.Draft{Alias: fmt.Sprintf("secret_%05d", n), Type: store.Token, Value: store.Text("a token of ordinary length, 40 bytes ...")}
}

// BenchmarkCreate makes secrets with 16 clients: all in one scope, whose
// changes follow each other, and each in a scope of its own.
func BenchmarkCreate(b *testing.B) {
	for _, test := range []struct {
		name   string
		scopes int64
	}{{"one scope", 1}, {"16 scopes", 16}} {
		b.Run(test.name, func(b *testing.B) {
			s := benchStore(b)
			var next atomic.Int64
			b.SetParallelism(clients / 2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					scope := fmt.Sprintf("acme/s%d", n%test.scopes)
					if _, err := s.Create(b.Context(), store.Actor{Who: "bench"}, resolver.Scope(scope), draft(n)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "creates/s")
		})
	}
}

// BenchmarkList10000 reads the metadata of 10,000 secrets, in pages of 1,000.
func BenchmarkList10000(b *testing.B) {
	const n = 10_000
	s := benchStore(b)
	for i := range int64(n) {
		_, err := s.Create(b.Context(), store.Actor{Who: "bench"}, "acme", draft(i))
		require.NoError(b, err)
	}
	for b.Loop() {
		seen := 0
		for p := (store.Paging{Limit: store.MaxLimit}); ; {
			page, err := s.Secrets(b.Context(), "acme", p)
			require.NoError(b, err)
			seen += len(page.Items)
			if p.Cursor = page.Next; p.Cursor == "" {
				break
			}
		}
		require.Equal(b, n, seen)
	}
}
