package redis_test

import (
	"context"
	"sync/atomic"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// What the server refuses, whatever the reason and whichever of the commands it
// is, has changed nothing; and it works once the reason is gone.
func TestARefusedChangeChangesNothing(t *testing.T) {
	type breakage struct{ broken, mended []any }
	without := func(command string) breakage {
		return breakage{[]any{"ACL", "SETUSER", "sotto", "-" + command}, []any{"ACL", "SETUSER", "sotto", "+" + command}}
	}
	// reasons :: what is broken -> what readiness calls it
	reasons := map[string]string{
		"no right to zadd": "scripts_refused", "no memory": "out_of_memory", "a replica": "read_only", "too few replicas": "too_few_replicas",
	}
	for name, b := range map[string]breakage{
		"no right to hset": without("hset"), "no right to hdel": without("hdel"),
		"no right to zadd": without("zadd"), "no right to zrem": without("zrem"),
		"no memory": {[]any{"CONFIG", "SET", "maxmemory", "1"}, []any{"CONFIG", "SET", "maxmemory", "0"}},
		"a replica": {[]any{"REPLICAOF", "127.0.0.1", "1"}, []any{"REPLICAOF", "NO", "ONE"}},
		"too few replicas": {
			[]any{"CONFIG", "SET", "min-replicas-to-write", "1"}, []any{"CONFIG", "SET", "min-replicas-to-write", "0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t, redistest.Options{Config: []string{aclUser}})
			s := fleet(t, "redis://sotto:battery-staple@"+server.Addr, store.NewKeyText())
			create(t, s, "acme", "a", "value-1")
			admin, before := server.Client(t), contents(t, server)
			require.NoError(t, admin.Do(t.Context(), b.broken...).Err())
			for what, change := range map[string]func() error{
				"a creation": func() error {
					_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: "b", Type: store.Token, Value: store.Text("value")})
					return err
				},
				"an edit": func() error {
					_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
					return err
				},
				"a deletion": func() error { return s.Delete(t.Context(), by, "acme", "a", "a", false) },
				"a creation in a new scope": func() error {
					_, err := s.Create(t.Context(), by, "new", store.Draft{Alias: "b", Type: store.Token, Value: store.Text("value")})
					return err
				},
			} {
				t.Run(what, func(t *testing.T) {
					if name == "no memory" && what == "a deletion" {
						return // makes room, and is let through: see room_test.go
					}
					err := change()
					require.Equal(t, store.Unavailable, store.CodeOf(err), "%s: %v", what, err)
					require.NotContains(t, err.Error(), "unknown", what)
					after := contents(t, server)
					delete(after, "sotto:scopes") // a scope is noted before its first change
					require.Equal(t, before, after, what)
				})
			}
			if reason := reasons[name]; reason != "" {
				require.Equal(t, []string{reason}, conditions(s.Ready(t.Context())))
			}
			require.NoError(t, admin.Do(t.Context(), b.mended...).Err())
			require.NoError(t, s.Ready(t.Context()))
			require.NoError(t, s.Verify(t.Context(), nil))
			update(t, s, "value-2")
			create(t, s, "acme", "b", "value")
			create(t, s, "new", "b", "value")
		})
	}
	t.Run("a missing command", func(t *testing.T) {
		server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
		create(t, fleet(t, server.URL, key), "acme", "a", "value-1")
		lacking := redistest.Start(t, redistest.Options{Config: []string{`rename-command ZADD ""`}})
		stateOf(t, server).failOver(t, lacking)
		s, before := fleet(t, lacking.URL, key), contents(t, lacking)
		_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
		require.Equal(t, store.Unavailable, store.CodeOf(err))
		require.ErrorContains(t, err, "redis lacks a command")
		require.Equal(t, before, contents(t, lacking))
		require.NoError(t, s.Verify(t.Context(), nil))
	})
	t.Run("no right to publish undoes nothing", func(t *testing.T) {
		server := redistest.Start(t, redistest.Options{Config: []string{aclUser}})
		s := fleet(t, "redis://sotto:battery-staple@"+server.Addr, store.NewKeyText())
		create(t, s, "acme", "a", "value-1")
		require.NoError(t, server.Client(t).Do(t.Context(), "ACL", "SETUSER", "sotto", "-publish").Err())
		update(t, s, "value-2")
		require.NoError(t, s.Verify(t.Context(), nil))
		eventually(t, "it is known that nothing is heard", func() bool { return !s.Hearing() })
	})
}

func conditions(err error) []string {
	var reasons []string
	for _, c := range resolver.Conditions(err) {
		reasons = append(reasons, c.Reason)
	}
	return reasons
}

// contents returns what the server holds, whatever the order that it keeps it in.
func contents(t *testing.T, server *redistest.Server) map[string]any {
	t.Helper()
	client, all := server.Client(t), make(map[string]any)
	for _, key := range client.Keys(t.Context(), "*").Val() {
		switch client.Type(t.Context(), key).Val() {
		case "hash":
			all[key] = client.HGetAll(t.Context(), key).Val()
		case "zset":
			all[key] = client.ZRangeWithScores(t.Context(), key, 0, -1).Val()
		}
	}
	return all
}

// losing holds back the answer to the next commit.
type losing struct {
	*redis.Backend
	proxy *redistest.Proxy
	lose  atomic.Bool
}

func (b *losing) Commit(ctx context.Context, batch store.Batch) error {
	if b.lose.Swap(false) {
		b.proxy.HoldReplies()
	}
	return b.Backend.Commit(ctx, batch)
}

// A change whose answer is lost says so: it may have been made.
func TestALostAnswerIsNoRefusal(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	proxy := redistest.NewProxy(t, server)
	b := &losing{Backend: open(t, proxy.URL+"?read_timeout=300ms"), proxy: proxy}
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(store.NewKeyText())})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	create(t, s, "acme", "a", "value-1")
	epoch := func() string { return server.Client(t).HGet(t.Context(), "sotto:{s:acme}:head", "epoch").Val() }
	before := epoch()
	b.lose.Store(true)
	_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
	require.Equal(t, store.Unavailable, store.CodeOf(err))
	require.ErrorContains(t, err, "it is unknown whether the change was made")
	require.NotEqual(t, before, epoch(), "this one was")
}

// An alias whose row is in no list, as a write leaves it that stopped half way, is
// healed by a repair.
func TestARepairHealsAPoisonedAlias(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Config: []string{aclUser}})
	s := fleet(t, "redis://sotto:battery-staple@"+server.Addr, store.NewKeyText())
	create(t, s, "acme", "a", "value-1")
	create(t, s, "acme", "b", "value-b")
	client := server.Client(t)
	require.NoError(t, client.ZRem(t.Context(), "sotto:{s:acme}:secrets:keys", "a").Err())
	require.NoError(t, client.ZAdd(t.Context(), "sotto:{s:acme}:secrets:keys", goredis.Z{Member: "never"}).Err())
	require.NoError(t, client.HSet(t.Context(), "sotto:{s:acme}:secrets:rows", "vlonely", "value").Err())
	require.Error(t, s.Verify(t.Context(), nil))

	removed, err := s.Repair(t.Context(), by, "acme")
	require.NoError(t, err)
	require.Empty(t, removed)
	e, err := fetch(t, s, "a")
	require.NoError(t, err)
	require.Equal(t, "value-1", e.Secret.Reveal())
	require.NoError(t, s.Verify(t.Context(), nil))
	update(t, s, "value-2")
	create(t, s, "acme", "lonely", "value")
	page, err := s.Secrets(t.Context(), "acme", store.Paging{})
	require.NoError(t, err)
	require.Len(t, page.Items, 3)
}
