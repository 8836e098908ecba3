package benchmarks

import (
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// clients is how many callers write at the same time.
const clients = 16

func redisStore(b *testing.B, server *redistest.Server) *store.Store {
	b.Helper()
	backend, err := redis.Open(b.Context(), server.URL)
	require.NoError(b, err)
	s, err := store.Open(b.Context(), store.Options{Backend: backend, Key: store.KeyText(store.NewKeyText())})
	require.NoError(b, err)
	b.Cleanup(func() { _ = s.Close() })
	return s
}

func draft(alias string) store.Draft {
	return store.Draft{Alias: alias, Type: store.Token, Value: store.Text("tok-4f9a8b2c7d-" + alias)}
}

// BenchmarkRedisCreate creates secrets over loopback with 16 callers, each with
// its encryption, its audit row and its message to the other nodes. The limit
// is one plain HSET.
func BenchmarkRedisCreate(b *testing.B) {
	server := redistest.Start(b, redistest.Options{})
	var n atomic.Int64
	for name, scopes := range map[string]int64{"16clients/sotto": clients, "16clients/sotto-one-scope": 1} {
		b.Run(name, func(b *testing.B) {
			s := redisStore(b, server)
			b.SetParallelism(clients)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := n.Add(1)
					scope := resolver.Scope("tenant-" + strconv.FormatInt(i%scopes, 10))
					_, err := s.Create(b.Context(), store.Actor{Who: "bench"}, scope, draft(fmt.Sprint("alias-", i)))
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "secrets/s")
			require.NoError(b, server.Client(b).FlushAll(b.Context()).Err())
		})
	}
	b.Run("16clients/hset", func(b *testing.B) {
		client := server.Client(b)
		b.SetParallelism(clients)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := client.HSet(b.Context(), "hash", n.Add(1), "tok-4f9a8b2c7d").Err(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkRedisList reads the metadata of 10,000 secrets, page by page, each
// row checked. The limit reads the same bytes with one HGETALL.
func BenchmarkRedisList(b *testing.B) {
	const secrets = 10_000
	server := redistest.Start(b, redistest.Options{})
	s := redisStore(b, server)
	for i := range secrets {
		_, err := s.Create(b.Context(), store.Actor{Who: "bench"}, "acme", draft(fmt.Sprint("alias-", i)))
		require.NoError(b, err)
	}
	b.Run("10000/sotto", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			paging, n := store.Paging{Limit: store.MaxLimit}, 0
			for {
				page, err := s.Secrets(b.Context(), "acme", paging)
				require.NoError(b, err)
				n += len(page.Items)
				if paging.Cursor = page.Next; page.Next == "" {
					break
				}
			}
			require.Equal(b, secrets, n)
		}
	})
	b.Run("10000/hgetall", func(b *testing.B) {
		client := server.Client(b)
		b.ReportAllocs()
		for b.Loop() {
			require.Len(b, client.HGetAll(b.Context(), "sotto:{s:acme}:secrets:rows").Val(), 2*secrets)
		}
	})
}

// BenchmarkRedisEdit edits a secret on one node and waits until another node
// has heard of it; p99 counts from the return of the edit. The limit is a plain
// PUBLISH that comes back on a subscription.
func BenchmarkRedisEdit(b *testing.B) {
	server := redistest.Start(b, redistest.Options{})
	b.Run("fleet/sotto", func(b *testing.B) {
		key := store.KeyText(store.NewKeyText())
		var nodes [2]*store.Store
		for i := range nodes {
			backend, err := redis.Open(b.Context(), server.URL)
			require.NoError(b, err)
			nodes[i], err = store.Open(b.Context(), store.Options{Backend: backend, Key: key})
			require.NoError(b, err)
			defer nodes[i].Close()
		}
		heard := make(chan time.Time, 1)
		defer nodes[1].Notify(func(resolver.Change) { heard <- time.Now() })()
		by := store.Actor{Who: "bench"}
		_, err := nodes[0].Create(b.Context(), by, "acme", draft("edited"))
		require.NoError(b, err)
		<-heard
		var delays []time.Duration
		for n := 0; b.Loop(); n++ {
			_, err := nodes[0].Update(b.Context(), by, "acme", "edited", store.Patch{Value: store.Text(fmt.Sprint("tok-", n))})
			returned := time.Now()
			require.NoError(b, err)
			delays = append(delays, max(0, (<-heard).Sub(returned)))
		}
		slices.Sort(delays)
		b.ReportMetric(float64(delays[len(delays)*99/100].Microseconds())/1000, "p99-ms")
	})
	b.Run("fleet/publish", func(b *testing.B) {
		client := server.Client(b)
		subscription := client.Subscribe(b.Context(), "channel")
		defer subscription.Close()
		_, err := subscription.Receive(b.Context())
		require.NoError(b, err)
		for b.Loop() {
			require.NoError(b, client.Publish(b.Context(), "channel", "message").Err())
			_, err := subscription.Receive(b.Context())
			require.NoError(b, err)
		}
	})
}
