package redis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// What a server refuses is told in words of our own, which say what to do.
func TestRefusalsOfTheServer(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(t *testing.T, server *redistest.Server)
		mend  func(t *testing.T, server *redistest.Server)
		says  string
		// reads says that reading goes on.
		reads bool
	}{
		"a replica": {
			spoil: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ConfigSet(t.Context(), "replica-serve-stale-data", "yes").Err())
				require.NoError(t, server.Client(t).ReplicaOf(t.Context(), "127.0.0.1", "1").Err())
			},
			mend: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ReplicaOf(t.Context(), "no", "one").Err())
			},
			says: "replica that takes no writes", reads: true,
		},
		"too few replicas": {
			spoil: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ConfigSet(t.Context(), "min-replicas-to-write", "1").Err())
			},
			mend: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).ConfigSet(t.Context(), "min-replicas-to-write", "0").Err())
			},
			says: "too few replicas", reads: true,
		},
		"a changed password": {
			spoil: func(t *testing.T, server *redistest.Server) {
				client := server.Client(t)
				require.NoError(t, client.Do(t.Context(), "ACL", "SETUSER", "node", "resetpass", ">another").Err())
				require.NoError(t, client.ClientKillByFilter(t.Context(), "USER", "node").Err())
			},
			mend: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).Do(t.Context(), "ACL", "SETUSER", "node", ">battery-staple").Err())
			},
			says: "refuses the user and password",
		},
		"a user without rights": {
			spoil: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).Do(t.Context(), "ACL", "SETUSER", "node", "-@write", "-@scripting").Err())
			},
			mend: func(t *testing.T, server *redistest.Server) {
				require.NoError(t, server.Client(t).Do(t.Context(), "ACL", "SETUSER", "node", "+@all").Err())
			},
			says: "may not do what the store needs",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t, redistest.Options{Config: []string{"user node on >battery-staple ~* &* +@all"}})
			s := fleet(t, strings.Replace(server.URL, "redis://", "redis://node:battery-staple@", 1), store.NewKeyText())
			create(t, s, "acme", "a", "value-of-a")
			test.spoil(t, server)
			_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("canary-value")})
			require.Equal(t, store.Unavailable, store.CodeOf(err))
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), "canary")
			require.NotContains(t, err.Error(), "staple")
			e, err := fetch(t, s, "a")
			if test.reads {
				require.NoError(t, err)
				require.Equal(t, "value-of-a", e.Secret.Reveal())
			} else {
				require.ErrorContains(t, err, test.says, "it is not missing")
			}
			test.mend(t, server)
			awaitServer(t, func() error {
				_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-two")})
				return err
			})
		})
	}
}

func TestAWrongPasswordIsToldAtTheStart(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Password: "correct-horse"})
	for _, user := range []string{"", ":battery-staple@", "nobody:battery-staple@"} {
		t.Run(user, func(t *testing.T) {
			_, err := redis.Open(t.Context(), "redis://"+user+server.Addr)
			require.ErrorContains(t, err, "password")
			require.NotContains(t, err.Error(), "staple")
		})
	}
}

// While the slots of a Cluster move from server to server, edits and lookups go
// on, and none is lost or seen twice.
func TestSlotsMoveUnderLoad(t *testing.T) {
	cluster := redistest.StartCluster(t, redistest.Options{})
	s := fleet(t, place(t, cluster.URL), store.NewKeyText())
	scopes := []resolver.Scope{"acme", "b", "c", "d"}
	for _, scope := range scopes {
		create(t, s, scope, "a", "value-0")
	}
	ctx, cancel := context.WithCancel(t.Context())
	moved := make(chan error, 1)
	go func() {
		defer cancel()
		moved <- cluster.MoveAll(ctx)
	}()
	edits := 0
	for ctx.Err() == nil {
		edits++
		for _, scope := range scopes {
			want := fmt.Sprint("value-", edits)
			m, err := s.Update(t.Context(), by, scope, "a", store.Patch{Value: store.Text(want)})
			require.NoError(t, err)
			require.Equal(t, int64(edits+1), m.Version)
			entries := make([]resolver.Entry, 2)
			require.NoError(t, s.Fetch(t.Context(), scope, []string{"a", "b"}, true, entries))
			require.Equal(t, want, entries[0].Secret.Reveal())
			require.Equal(t, macros.Missing, entries[1].Status)
		}
	}
	require.NoError(t, <-moved)
	require.NoError(t, s.Verify(t.Context(), nil))
	for _, scope := range scopes {
		page, err := s.Audit(t.Context(), scope, store.AuditQuery{Paging: store.Paging{Limit: store.MaxLimit}})
		require.NoError(t, err)
		require.Len(t, page.Items, min(edits+1, store.MaxLimit), "an audit row for each")
	}
}
