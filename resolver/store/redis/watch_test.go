package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// listener keeps what a watch told.
type listener struct {
	mu   sync.Mutex
	keys []store.Key
}

func (l *listener) changed(k store.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = append(l.keys, k)
}

func (l *listener) heard(k store.Key) bool { return l.times(k) > 0 }

func (l *listener) times(k store.Key) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, key := range l.keys {
		if key == k {
			n++
		}
	}
	return n
}

func (l *listener) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = nil
}

func watching(t *testing.T, url string) (*redis.Backend, *listener) {
	t.Helper()
	b := open(t, url)
	l := &listener{}
	stop := b.Watch(l.changed)
	eventually(t, "hearing", b.Hearing)
	t.Cleanup(func() {
		stop()
		_ = b.Close()
	})
	return b, l
}

// before returns the head before the one that put makes at epoch.
func before(epoch int64) store.Head {
	if epoch == 1 {
		return store.Head{}
	}
	return store.Head{Epoch: epoch - 1, Data: []byte("head")}
}

func put(t testing.TB, b *redis.Backend, scope, alias string, epoch int64) store.Key {
	t.Helper()
	key := store.Key{Table: store.TableSecrets, Scope: scope, Key: alias}
	require.NoError(t, b.Commit(t.Context(), store.Batch{
		Scope: scope, Prior: before(epoch), Head: &store.Head{Epoch: epoch, Data: []byte("head")},
		Put: []store.Row{{Key: key, Revision: epoch, Meta: []byte("meta"), Seal: []byte("seal")}},
	}))
	return key
}

// patience is how long a test waits for what has no deadline of its own, on a
// machine however slow.
const patience = 30 * time.Second

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patience, time.Millisecond, what)
}

func TestOthersHearOfAChange(t *testing.T) {
	servers := map[string]string{
		"single":  redistest.Start(t, redistest.Options{}).URL,
		"cluster": redistest.StartCluster(t, redistest.Options{}).URL,
	}
	for name, url := range servers {
		t.Run(name, func(t *testing.T) {
			at := place(t, url)
			writer, own := watching(t, at)
			reader, heard := watching(t, at)
			require.NoError(t, reader.Ready(t.Context()))
			// Scopes in many slots, so that in a cluster all servers publish.
			for _, scope := range []string{"", "acme", "acme/shop", "b", "c", "d{e}", "not utf-8 \xff"} {
				key := put(t, writer, scope, "alias \xfe", 1)
				eventually(t, "heard", func() bool { return heard.heard(key) })
			}
			elsewhere := open(t, place(t, url))
			defer func() { require.NoError(t, elsewhere.Close()) }()
			foreign := put(t, elsewhere, "acme", "foreign", 1)
			key := put(t, writer, "acme", "last", 2)
			eventually(t, "heard", func() bool { return heard.heard(key) && own.heard(key) })
			require.False(t, heard.heard(foreign), "another prefix is another store")
		})
	}
}

func TestABigBatchSaysThatAnythingMayHaveChanged(t *testing.T) {
	at := place(t, redistest.Start(t, redistest.Options{}).URL)
	writer := open(t, at)
	defer func() { require.NoError(t, writer.Close()) }()
	_, heard := watching(t, at)
	batch := store.Batch{Scope: "acme", Head: &store.Head{Epoch: 1, Data: []byte("head")}}
	for i := range 300 {
		batch.Put = append(batch.Put, store.Row{Key: store.Key{Table: store.TableTokens, Scope: "acme", Key: string(rune('a' + i))}})
	}
	require.NoError(t, writer.Commit(t.Context(), batch))
	eventually(t, "heard", func() bool { return heard.heard(store.Key{}) })
}

func TestASilentConnectionIsKnown(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	proxy := redistest.NewProxy(t, server)
	at := place(t, proxy.URL)
	node, heard := watching(t, at)
	proxy.Silence()
	eventually(t, "it is known", func() bool { return !node.Hearing() })
	require.Error(t, node.Ready(t.Context()))

	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: hearer{node}}}})
	require.NoError(t, err)
	defer r.Close()
	require.True(t, r.Stats().Providers[0].Deaf, "the counters say so")

	proxy.Resume()
	eventually(t, "all is asked again", func() bool { return heard.heard(store.Key{}) })
	eventually(t, "hearing", node.Hearing)
	eventually(t, "calls go through again", func() bool { return node.Ready(t.Context()) == nil })
	require.False(t, r.Stats().Providers[0].Deaf)
}

// hearer is a provider as far as hearing goes.
type hearer struct{ *redis.Backend }

func (hearer) Fetch(context.Context, resolver.Scope, []string, bool, []resolver.Entry) error {
	return nil
}

// idlePlace returns an empty place in a Cluster, and the number of a server that
// serves neither its channel nor its scope `acme`.
func idlePlace(t *testing.T, cluster *redistest.Cluster) (url string, idle int) {
	t.Helper()
	client := cluster.Servers[0].Client(t)
	for {
		url = place(t, cluster.URL)
		_, prefix, _ := strings.Cut(url, "prefix=")
		busy := make(map[int]bool)
		for _, key := range []string{":changes", ":scopes", ":{s:acme}:head"} {
			slot := client.ClusterKeySlot(t.Context(), prefix+key).Val()
			busy[cluster.ServerOf(int(slot))] = true
		}
		for idle = range cluster.Servers {
			if !busy[idle] {
				return url, idle
			}
		}
	}
}

// In a Cluster that lost one of its masters, a node knows that it cannot hear
// all, goes on hearing the others, and does not ask again and again for all that
// it has cached.
func TestALostMasterOfAClusterIsKnown(t *testing.T) {
	cluster := redistest.StartCluster(t, redistest.Options{Config: []string{"cluster-require-full-coverage no"}})
	at, lost := idlePlace(t, cluster)
	node, heard := watching(t, at)
	writer := open(t, at)
	defer func() { require.NoError(t, writer.Close()) }()
	key := put(t, writer, "acme", "alias", 1)
	eventually(t, "heard", func() bool { return heard.heard(key) })
	cluster.Servers[lost].Kill()
	eventually(t, "it is known", func() bool { return !node.Hearing() })

	heard.forget()
	for epoch := int64(2); epoch < 37; epoch++ {
		require.False(t, node.Hearing())
		key = put(t, writer, "acme", fmt.Sprint("alias-", epoch), epoch)
		eventually(t, "the others are heard", func() bool { return heard.heard(key) })
		time.Sleep(100 * time.Millisecond)
	}
	require.LessOrEqual(t, heard.times(store.Key{}), 1, "one more subscription, where the lost one held it")

	heard.forget()
	cluster.Servers[lost].Restart(t)
	eventually(t, "hearing", node.Hearing)
	eventually(t, "all is asked again", func() bool { return heard.heard(store.Key{}) })
}

func TestAfterALostConnectionAllIsAskedAgain(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Durable: true})
	proxy := redistest.NewProxy(t, server)
	url := place(t, proxy.URL)
	node, heard := watching(t, url)
	writer := open(t, url)
	defer func() { require.NoError(t, writer.Close()) }()

	proxy.Cut()
	eventually(t, "after a cut", func() bool { return heard.heard(store.Key{}) })
	heard.forget()
	key := put(t, writer, "acme", "alias", 1)
	eventually(t, "changes are heard again", func() bool { return heard.heard(key) })

	heard.forget()
	server.Kill()
	eventually(t, "it is known", func() bool { return !node.Hearing() })
	require.Error(t, node.Ready(t.Context()))
	server.Restart(t)
	eventually(t, "after a restart", func() bool { return heard.heard(store.Key{}) })
	eventually(t, "hearing", node.Hearing)
}

// fleet opens a store on a node of its own.
func fleet(t *testing.T, url, key string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Backend: open(t, url), Key: store.KeyText(key)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestAnEditReachesTheFleet(t *testing.T) {
	url, key := place(t, redistest.Start(t, redistest.Options{}).URL), store.NewKeyText()
	here, there := fleet(t, url, key), fleet(t, url, key)
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: there}}})
	require.NoError(t, err)
	defer r.Close()
	by := store.Actor{Who: "tester"}
	_, err = here.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-0")})
	require.NoError(t, err)
	require.Equal(t, "value-0", lookup(t, r, "acme/shop", "a"))

	for _, value := range []string{"value-1", "value-2", "value-3"} {
		_, err = here.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text(value)})
		require.NoError(t, err)
		eventually(t, "the edit is seen", func() bool { return lookup(t, r, "acme/shop", "a") == value })
	}

	text, token, err := here.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Render, Scope: "acme"})
	require.NoError(t, err)
	_, err = there.Authenticate(t.Context(), text.Reveal())
	require.NoError(t, err)
	require.NoError(t, here.RevokeToken(t.Context(), by, "acme", token.ID))
	eventually(t, "the token is refused", func() bool {
		_, err := there.Authenticate(t.Context(), text.Reveal())
		return store.CodeOf(err) == store.Unauthorized
	})
}

func TestAFailoverIsSurvived(t *testing.T) {
	servers := redistest.StartSentinel(t, redistest.Options{})
	url, key := place(t, servers.URL), store.NewKeyText()
	here, there := fleet(t, url, key), fleet(t, url, key)
	_, err := here.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-1")})
	require.NoError(t, err)
	master, replica := servers.Master.Client(t), servers.Replica.Client(t)
	eventually(t, "replicated", func() bool {
		return replica.DBSize(t.Context()).Val() == master.DBSize(t.Context()).Val()
	})
	servers.Master.Kill()
	servers.AwaitFailover(t)
	eventually(t, "the new master takes writes", func() bool {
		_, err := here.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
		return err == nil || store.CodeOf(err) == store.NoChanges
	})
	e, err := fetch(t, there, "a")
	require.NoError(t, err)
	require.Equal(t, "value-2", e.Secret.Reveal())
	eventually(t, "both hear", func() bool { return here.Hearing() && there.Hearing() })
}

// late is a backend on a network that delivers the next commit when its sender
// has given up waiting for the reply.
type late struct {
	*redis.Backend
	deliver atomic.Pointer[chan struct{}]
	done    sync.WaitGroup
}

func (b *late) Commit(ctx context.Context, batch store.Batch) error {
	deliver := b.deliver.Swap(nil)
	if deliver == nil {
		return b.Backend.Commit(ctx, batch)
	}
	b.done.Go(func() {
		<-*deliver
		_ = b.Backend.Commit(context.WithoutCancel(ctx), batch)
	})
	return context.DeadlineExceeded
}

// A node may not know whether its own change was made. Then it hears of it like
// all others, and serves no older value any longer than they do.
func TestAChangeWhoseReplyWasLostIsHeardByItsOwnNode(t *testing.T) {
	b := &late{Backend: open(t, place(t, redistest.Start(t, redistest.Options{}).URL))}
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(store.NewKeyText())})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: s}}})
	require.NoError(t, err)
	defer r.Close()
	_, err = s.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-0")})
	require.NoError(t, err)
	require.Equal(t, "value-0", lookup(t, r, "acme", "a"))

	deliver := make(chan struct{})
	b.deliver.Store(&deliver)
	_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-1")})
	require.Equal(t, store.Unavailable, store.CodeOf(err))
	require.Equal(t, "value-0", lookup(t, r, "acme", "a"), "it is not made yet")
	close(deliver)
	b.done.Wait()
	eventually(t, "the edit is seen", func() bool { return lookup(t, r, "acme", "a") == "value-1" })
}
