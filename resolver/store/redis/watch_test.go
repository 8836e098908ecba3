package redis_test

import (
	"context"
	"slices"
	"sync"
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

func (l *listener) heard(k store.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.keys, k)
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
	eventually(t, 10*time.Second, "hearing", b.Hearing)
	t.Cleanup(func() {
		stop()
		_ = b.Close()
	})
	return b, l
}

func put(t testing.TB, b *redis.Backend, scope, alias string, epoch int64) store.Key {
	t.Helper()
	key := store.Key{Table: store.TableSecrets, Scope: scope, Key: alias}
	require.NoError(t, b.Commit(t.Context(), store.Batch{
		Scope: scope, Head: &store.Head{Epoch: epoch, Data: []byte("head")},
		Put: []store.Row{{Key: key, Revision: epoch, Meta: []byte("meta"), Seal: []byte("seal")}},
	}))
	return key
}

func eventually(t *testing.T, within time.Duration, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, within, time.Millisecond, what)
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
				eventually(t, time.Second, "heard", func() bool { return heard.heard(key) })
			}
			require.False(t, heard.heard(store.Key{}), "nothing was missed")
			require.Empty(t, own.keys, "a node is not told of its own changes")

			elsewhere, other := watching(t, place(t, url))
			put(t, elsewhere, "acme", "alias", 1)
			time.Sleep(50 * time.Millisecond)
			require.Empty(t, other.keys)
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
	eventually(t, time.Second, "heard", func() bool { return heard.heard(store.Key{}) })
}

func TestASilentConnectionIsKnownWithinThreeSeconds(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	proxy := redistest.NewProxy(t, server)
	at := place(t, proxy.URL)
	node, heard := watching(t, at)
	proxy.Silence()
	start := time.Now()
	eventually(t, 3*time.Second, "it is known", func() bool { return !node.Hearing() })
	require.Greater(t, time.Since(start), time.Second, "one late sign of life is no alarm")
	require.Error(t, node.Ready(t.Context()))

	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: hearer{node}}}})
	require.NoError(t, err)
	defer r.Close()
	require.True(t, r.Stats().Providers[0].Deaf, "the counters say so")

	proxy.Resume()
	eventually(t, 10*time.Second, "all is asked again", func() bool { return heard.heard(store.Key{}) })
	eventually(t, time.Second, "hearing", node.Hearing)
	require.NoError(t, node.Ready(t.Context()))
	require.False(t, r.Stats().Providers[0].Deaf)
}

// hearer is a provider as far as hearing goes.
type hearer struct{ *redis.Backend }

func (hearer) Fetch(context.Context, resolver.Scope, []string, bool, []resolver.Entry) error {
	return nil
}

func TestAfterALostConnectionAllIsAskedAgain(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Durable: true})
	proxy := redistest.NewProxy(t, server)
	url := place(t, proxy.URL)
	node, heard := watching(t, url)
	writer := open(t, url)
	defer func() { require.NoError(t, writer.Close()) }()

	proxy.Cut()
	eventually(t, 3*time.Second, "after a cut", func() bool { return heard.heard(store.Key{}) })
	heard.forget()
	key := put(t, writer, "acme", "alias", 1)
	eventually(t, time.Second, "changes are heard again", func() bool { return heard.heard(key) })

	heard.forget()
	server.Kill()
	eventually(t, 3*time.Second, "it is known", func() bool { return !node.Hearing() })
	require.Error(t, node.Ready(t.Context()))
	server.Restart(t)
	eventually(t, 5*time.Second, "after a restart", func() bool { return heard.heard(store.Key{}) })
	eventually(t, time.Second, "hearing", node.Hearing)
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
		eventually(t, time.Second, "the edit is seen", func() bool { return lookup(t, r, "acme/shop", "a") == value })
	}

	text, token, err := here.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Render, Scope: "acme"})
	require.NoError(t, err)
	_, err = there.Authenticate(t.Context(), text.Reveal())
	require.NoError(t, err)
	require.NoError(t, here.RevokeToken(t.Context(), by, "acme", token.ID))
	eventually(t, 5*time.Second, "the token is refused", func() bool {
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
	eventually(t, 5*time.Second, "replicated", func() bool {
		return replica.DBSize(t.Context()).Val() == master.DBSize(t.Context()).Val()
	})
	servers.Master.Kill()
	servers.AwaitFailover(t)
	eventually(t, 10*time.Second, "the new master takes writes", func() bool {
		_, err := here.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
		return err == nil || store.CodeOf(err) == store.NoChanges
	})
	e, err := fetch(t, there, "a")
	require.NoError(t, err)
	require.Equal(t, "value-2", e.Secret.Reveal())
	eventually(t, 10*time.Second, "both hear", func() bool { return here.Hearing() && there.Hearing() })
}
