package redis_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

var by = store.Actor{Who: "tester", RequestID: "request-1"}

func fetch(t testing.TB, s *store.Store, alias string) (resolver.Entry, error) {
	t.Helper()
	entries := make([]resolver.Entry, 1)
	err := s.Fetch(t.Context(), "acme", []string{alias}, true, entries)
	return entries[0], err
}

// awaitServer makes a call until it reaches the server again. After many refused
// connections go-redis tries a new one once a second only; until then a call
// that finds no idle connection fails, and must say why.
func awaitServer(t testing.TB, call func() error) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		err := call()
		if err != nil {
			assert.Equal(t, store.Unavailable, store.CodeOf(err))
		}
		assert.NoError(c, err)
	}, patience, 10*time.Millisecond, "a node that stayed up goes on")
}

// A server that is killed at random points of 1,000 writes has each of them
// whole or not at all.
func TestKilledServerKeepsWholeWrites(t *testing.T) {
	const writes, killEvery, aliases = 1000, 50, 10
	server := redistest.Start(t, redistest.Options{Durable: true})
	key := store.NewKeyText()
	s := fleet(t, server.URL, key)
	// may :: alias -> the values that it may have now
	may := make(map[string][]string)
	for i := range aliases {
		alias := fmt.Sprint("alias-", i)
		_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: alias, Type: store.Token, Value: store.Text("first-" + alias)})
		require.NoError(t, err)
		may[alias] = []string{"first-" + alias}
	}
	for i := range writes {
		alias, value := fmt.Sprint("alias-", i%aliases), fmt.Sprint("value-", i)
		var killing sync.WaitGroup
		kill := i%killEvery == killEvery-1
		if kill {
			killing.Go(func() {
				time.Sleep(rand.N(3 * time.Millisecond))
				server.Kill()
			})
		}
		update := func() error {
			_, err := s.Update(t.Context(), by, "acme", alias, store.Patch{Value: store.Text(value)})
			return err
		}
		if !kill {
			awaitServer(t, update)
			may[alias] = []string{value}
			continue
		}
		if update() == nil {
			may[alias] = []string{value}
		} else {
			may[alias] = append(may[alias], value)
		}
		killing.Wait()
		server.Restart(t)
		fresh := fleet(t, server.URL, key)
		for alias, values := range may {
			e, err := fetch(t, fresh, alias)
			require.NoError(t, err)
			require.Equal(t, macros.Known, e.Status)
			require.Contains(t, values, e.Secret.Reveal())
			may[alias] = []string{e.Secret.Reveal()}
			awaitServer(t, func() error {
				same, err := fetch(t, s, alias)
				if err == nil {
					require.Equal(t, e.Secret.Reveal(), same.Secret.Reveal())
				}
				return err
			})
		}
	}
}

// What Redis sees, keeps, replicates and backs up holds no value in clear.
func TestRedisSeesNoValue(t *testing.T) {
	const canary = "canary5d41402abc4b2a76b9719d911017c592"
	server := redistest.Start(t, redistest.Options{Durable: true})
	client := server.Client(t)

	monitor := redistest.NewMonitor(t, server)
	channels := client.PSubscribe(t.Context(), "*")
	_, err := channels.Receive(t.Context())
	require.NoError(t, err)
	published := channels.Channel()
	defer func() { require.NoError(t, channels.Close()) }()

	s := fleet(t, server.URL, store.NewKeyText())
	drafts := []store.Draft{
		{Alias: "token", Type: store.Token, Value: store.Text(canary)},
		{Alias: "smtp", Type: store.Credentials, Value: store.Raw([]byte(`{"username":"` + canary + `","password":"` + canary + `"}`))},
		{Alias: "account", Type: store.JSON, Value: store.Raw([]byte(`{"a":["` + canary + `"]}`))},
	}
	for _, d := range drafts {
		_, err := s.Create(t.Context(), by, "acme", d)
		require.NoError(t, err)
		e, err := fetch(t, s, d.Alias)
		require.NoError(t, err)
		require.Equal(t, macros.Known, e.Status)
	}
	_, err = s.Update(t.Context(), by, "acme", "token", store.Patch{Value: store.Text(canary + "-2")})
	require.NoError(t, err)
	text, _, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Render, Scope: "acme"})
	require.NoError(t, err)
	_, err = s.Authenticate(t.Context(), text.Reveal())
	require.NoError(t, err)
	_, err = s.Archive(t.Context(), by, "acme", "token", true)
	require.NoError(t, err)
	require.NoError(t, client.Save(t.Context()).Err())

	var all strings.Builder
	all.WriteString(monitor.Heard(t))
	require.Contains(t, all.String(), "smtp", "MONITOR was heard")
	require.NoError(t, client.Publish(t.Context(), "any", "the last message").Err())
	for m := range published {
		if all.WriteString(m.Payload); m.Payload == "the last message" {
			break
		}
	}
	require.NoError(t, filepath.WalkDir(server.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		all.Write(content)
		return err
	}))
	// The random part may hold an underscore itself.
	secret := text.Reveal()[len(text.Reveal())-base64.RawURLEncoding.EncodedLen(32):]
	for _, value := range []string{canary, secret} {
		encoded := base64.RawStdEncoding.EncodeToString([]byte(value))
		for _, form := range []string{value, encoded[:len(encoded)-2], hex.EncodeToString([]byte(value))} {
			require.False(t, strings.Contains(all.String(), form), "a value in clear")
		}
	}
}

func TestNoRoomIsAClearErrorAndReadingWorks(t *testing.T) {
	for name, fill := range map[string]struct {
		options redistest.Options
		before  func(t *testing.T, server *redistest.Server)
		after   func(t *testing.T, server *redistest.Server)
	}{
		"memory": {
			before: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ConfigSet(t.Context(), "maxmemory", "1").Err())
			},
			after: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ConfigSet(t.Context(), "maxmemory", "0").Err())
			},
		},
		"disk": {
			options: redistest.Options{FileKiB: 64, Config: []string{
				"appendonly yes", "appendfsync everysec", "auto-aof-rewrite-percentage 0",
			}},
			before: func(t *testing.T, server *redistest.Server) {
				client := server.Client(t)
				for i := range 100 {
					if client.Set(t.Context(), "filler", strings.Repeat("x", 4096+i), 0).Err() != nil {
						return
					}
				}
				t.Fatal("the disk did not fill")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t, fill.options)
			s := fleet(t, server.URL, store.NewKeyText())
			_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-of-a")})
			require.NoError(t, err)
			fill.before(t, server)
			_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("canary-value")})
			require.ErrorIs(t, err, store.ErrFull)
			assert.Equal(t, store.Unavailable, store.CodeOf(err))
			require.ErrorContains(t, err, "no room")
			require.NotContains(t, err.Error(), "canary")
			e, err := fetch(t, s, "a")
			require.NoError(t, err)
			require.Equal(t, "value-of-a", e.Secret.Reveal())
			if fill.after != nil {
				fill.after(t, server)
				_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-two")})
				require.NoError(t, err)
			}
		})
	}
}

// Whoever can write to Redis can break a record, and neither read one nor pass
// another off for it.
func TestDamagedRecordsAreRefused(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	client := server.Client(t)
	const rows = "sotto:{s:acme}:secrets:rows"
	for name, damage := range map[string]func(t *testing.T){
		"a flipped bit in a value": func(t *testing.T) { flip(t, server, rows, "va", -1) },
		"a flipped bit in a row":   func(t *testing.T) { flip(t, server, rows, "ma", 5) },
		"a truncated value": func(t *testing.T) {
			old := client.HGet(t.Context(), rows, "va").Val()
			require.NoError(t, client.HSet(t.Context(), rows, "va", old[:len(old)/2]).Err())
		},
		"a truncated row": func(t *testing.T) {
			require.NoError(t, client.HSet(t.Context(), rows, "ma", "\x80").Err())
		},
		"the value of another alias": func(t *testing.T) {
			require.NoError(t, client.HSet(t.Context(), rows, "va", client.HGet(t.Context(), rows, "vb").Val()).Err())
		},
		"the record of another alias": func(t *testing.T) {
			require.NoError(t, client.HSet(t.Context(), rows, "va", client.HGet(t.Context(), rows, "vb").Val(),
				"ma", client.HGet(t.Context(), rows, "mb").Val()).Err())
		},
		"the record of another scope": func(t *testing.T) {
			other := strings.Replace(rows, "acme", "other", 1)
			require.NoError(t, client.HSet(t.Context(), rows, "va", client.HGet(t.Context(), other, "va").Val(),
				"ma", client.HGet(t.Context(), other, "ma").Val()).Err())
		},
		"a key of another type": func(t *testing.T) {
			require.NoError(t, client.Del(t.Context(), rows).Err())
			require.NoError(t, client.Set(t.Context(), rows, "text", 0).Err())
		},
		"a removed record": func(t *testing.T) {
			require.NoError(t, client.HDel(t.Context(), rows, "ma", "va").Err())
		},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, client.FlushAll(t.Context()).Err())
			key := store.NewKeyText()
			s := fleet(t, server.URL, key)
			for _, at := range []struct {
				scope resolver.Scope
				alias string
			}{{"acme", "a"}, {"acme", "b"}, {"other", "a"}} {
				value := store.Text("canary-of-" + string(at.scope) + at.alias)
				_, err := s.Create(t.Context(), by, at.scope, store.Draft{Alias: at.alias, Type: store.Token, Value: value})
				require.NoError(t, err)
			}
			old := client.HGetAll(t.Context(), rows).Val()
			damage(t)
			for _, node := range []*store.Store{s, fleet(t, server.URL, key)} {
				_, err := fetch(t, node, "a")
				require.Error(t, err)
				require.NotContains(t, err.Error(), "canary")
			}
			require.NoError(t, client.Del(t.Context(), rows).Err())
			require.NoError(t, client.HSet(t.Context(), rows, old).Err())
			e, err := fetch(t, s, "a")
			require.NoError(t, err)
			require.Equal(t, "canary-of-acmea", e.Secret.Reveal())
		})
	}
	t.Run("an older record put back", func(t *testing.T) {
		require.NoError(t, client.FlushAll(t.Context()).Err())
		key := store.NewKeyText()
		s := fleet(t, server.URL, key)
		_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("canary-old")})
		require.NoError(t, err)
		old := client.HGetAll(t.Context(), rows).Val()
		_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("canary-new")})
		require.NoError(t, err)
		require.NoError(t, client.HSet(t.Context(), rows, old).Err())
		for _, node := range []*store.Store{s, fleet(t, server.URL, key)} {
			_, err := fetch(t, node, "a")
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		}
	})
}

// flip changes one bit of a field of a hash; at counts from the end where it is
// negative.
func flip(t *testing.T, server *redistest.Server, hash, field string, at int) {
	t.Helper()
	client := server.Client(t)
	value := []byte(client.HGet(t.Context(), hash, field).Val())
	require.NotEmpty(t, value)
	value[(at+len(value))%len(value)] ^= 1
	require.NoError(t, client.HSet(t.Context(), hash, field, value).Err())
}

// A reply that is lost leaves the client to send a batch again; it counts once.
func TestABatchSentTwiceCountsOnce(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Durable: true})
	proxy := redistest.NewProxy(t, server)
	at := place(t, proxy.URL+"?read_timeout=300ms")
	b := open(t, at)
	defer func() { _ = b.Close() }()
	put(t, b, "acme", "a", 1)
	proxy.HoldReplies()
	done := make(chan error, 1)
	go func() {
		done <- b.Commit(t.Context(), store.Batch{Scope: "acme", Prior: before(2), Head: &store.Head{Epoch: 2, Data: []byte("head")}})
	}()
	direct := open(t, strings.Replace(at, proxy.Addr, server.Addr, 1))
	defer func() { require.NoError(t, direct.Close()) }()
	eventually(t, "applied", func() bool {
		h, err := direct.Head(t.Context(), "acme")
		return err == nil && h.Epoch == 2
	})
	put(t, direct, "acme", "b", 3) // others have gone on meanwhile
	proxy.Cut()
	proxy.Resume()
	err := <-done
	require.False(t, errors.Is(err, store.ErrConflict), "it does not conflict with itself")
	require.NoError(t, err)
}
