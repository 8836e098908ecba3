package redis_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// state is all that a server holds at one moment, as a replica may have it that
// lags behind.
type state map[string]string

func stateOf(t *testing.T, server *redistest.Server) state {
	t.Helper()
	client := server.Client(t)
	held := state{}
	for _, key := range client.Keys(t.Context(), "*").Val() {
		held[key] = client.Dump(t.Context(), key).Val()
	}
	return held
}

// failOver puts a server with this state in the place of the one there was.
func (s state) failOver(t *testing.T, server *redistest.Server) {
	t.Helper()
	client := server.Client(t)
	require.NoError(t, client.FlushAll(t.Context()).Err())
	for key, dump := range s {
		require.NoError(t, client.Restore(t.Context(), key, 0, dump).Err())
	}
}

func create(t *testing.T, s *store.Store, scope resolver.Scope, alias, value string) {
	t.Helper()
	_, err := s.Create(t.Context(), by, scope, store.Draft{Alias: alias, Type: store.Token, Value: store.Text(value)})
	require.NoError(t, err)
}

func update(t *testing.T, s *store.Store, value string) {
	t.Helper()
	_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text(value)})
	require.NoError(t, err)
}

// A server that comes back empty is a store that is lost, not one that lacks
// every secret; and nobody starts a new one by mistake.
func TestAnEmptiedServerLacksNothing(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	s := fleet(t, server.URL, store.NewKeyText())
	create(t, s, "acme", "a", "value-1")
	require.NoError(t, s.Ready(t.Context()))
	state{}.failOver(t, server)

	require.ErrorContains(t, s.Ready(t.Context()), "lost its keyring")
	for _, scope := range []resolver.Scope{"acme", "acme/shop", "never/used"} {
		err := s.Fetch(t.Context(), scope, []string{"a"}, false, make([]resolver.Entry, 1))
		require.Equal(t, store.Internal, store.CodeOf(err), scope)
		_, err = s.List(t.Context(), scope)
		require.Equal(t, store.Internal, store.CodeOf(err), scope)
		_, err = s.Create(t.Context(), by, scope, store.Draft{Alias: "b", Type: store.Token, Value: store.Text("value")})
		require.Equal(t, store.Internal, store.CodeOf(err), scope)
		_, err = s.Repair(t.Context(), by, scope)
		require.ErrorContains(t, err, "lost its keyring")
	}
	require.Error(t, s.RotateKeys(t.Context(), by, nil))
	require.Empty(t, server.Client(t).Keys(t.Context(), "*:head").Val())
}

func TestAnotherStoreInItsPlaceIsNoticed(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	s := fleet(t, server.URL, key)
	create(t, s, "acme", "a", "value-1")
	state{}.failOver(t, server)
	other := fleet(t, server.URL, key)
	create(t, other, "other", "b", "value-2")
	for _, scope := range []resolver.Scope{"acme", "other", "never/used"} {
		err := s.Fetch(t.Context(), scope, []string{"a"}, false, make([]resolver.Entry, 1))
		require.Equal(t, store.Internal, store.CodeOf(err), scope)
	}
}

// A failover that lost writes is noticed by every node that saw one of them,
// also when others write in their place, until somebody decides.
func TestAFailoverThatLostWritesIsNoticed(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	knowing := fleet(t, server.URL, key)
	create(t, knowing, "acme", "a", "value-1")
	create(t, knowing, "acme", "other", "value-of-other")
	older := stateOf(t, server)
	update(t, knowing, "value-lost")
	older.failOver(t, server)

	refused := func() {
		t.Helper()
		_, err := fetch(t, knowing, "a")
		require.Equal(t, store.Internal, store.CodeOf(err))
		require.ErrorContains(t, err, "an edit was lost")
		_, err = knowing.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value")})
		require.Equal(t, store.Internal, store.CodeOf(err))
	}
	ignorant := fleet(t, server.URL, key) // starts after the failover
	_, err := fetch(t, ignorant, "a")
	require.NoError(t, err, "nobody who knows better has looked yet")
	refused()
	// From now on no node answers, and each says why.
	started := fleet(t, server.URL, key)
	for _, node := range []*store.Store{knowing, ignorant, started} {
		eventually(t, "the scope is refused", func() bool {
			_, err := fetch(t, node, "a")
			return errors.Is(err, store.ErrLost)
		})
		require.ErrorIs(t, node.Ready(t.Context()), store.ErrLost)
		require.ErrorIs(t, node.Verify(t.Context(), nil), store.ErrLost)
		_, err = node.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value")})
		require.ErrorIs(t, err, store.ErrLost)
	}

	removed, err := started.Repair(t.Context(), by, "acme")
	require.NoError(t, err)
	require.Empty(t, removed)
	for _, node := range []*store.Store{knowing, ignorant, started, fleet(t, server.URL, key)} {
		e, err := fetch(t, node, "a")
		require.NoError(t, err)
		require.Equal(t, macros.Known, e.Status)
		require.Equal(t, "value-1", e.Secret.Reveal())
		require.NoError(t, node.Verify(t.Context(), nil))
		require.NoError(t, node.Ready(t.Context()))
	}
	update(t, knowing, "value-3")

	// And the state before the repair cannot be put back either.
	older.failOver(t, server)
	_, err = fetch(t, knowing, "a")
	require.ErrorContains(t, err, "an edit was lost")
}

// What a node has seen of a scope it never believes to be undone, also where it
// read the whole scope long before.
func TestAScopeDoesNotGoBackBehindWhatWasSeen(t *testing.T) {
	for name, test := range map[string]struct {
		// older makes the state that is put back, newer what is lost; reading
		// has read the scope before both.
		older, newer func(t *testing.T, writing *store.Store)
	}{
		"an edit of what is read": {
			older: func(t *testing.T, writing *store.Store) { update(t, writing, "value-older") },
			newer: func(t *testing.T, writing *store.Store) { update(t, writing, "value-lost") },
		},
		"a creation": {
			older: func(t *testing.T, writing *store.Store) { update(t, writing, "value-older") },
			newer: func(t *testing.T, writing *store.Store) { create(t, writing, "acme", "b", "value-lost") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
			writing, reading := fleet(t, server.URL, key), fleet(t, server.URL, key)
			create(t, writing, "acme", "a", "value-1")
			_, err := fetch(t, reading, "a")
			require.NoError(t, err)
			test.older(t, writing)
			older := stateOf(t, server)
			test.newer(t, writing)
			for _, alias := range []string{"a", "b"} {
				_, err = fetch(t, reading, alias)
				require.NoError(t, err)
			}
			older.failOver(t, server)
			update(t, fleet(t, server.URL, key), "another history")

			for _, alias := range []string{"a", "b"} {
				_, err = fetch(t, reading, alias)
				require.Equal(t, store.Internal, store.CodeOf(err), "%s: %v", alias, err)
			}
			_, err = reading.Create(t.Context(), by, "acme", store.Draft{Alias: "c", Type: store.Token, Value: store.Text("value")})
			require.Equal(t, store.Internal, store.CodeOf(err))
			require.Error(t, reading.Verify(t.Context(), nil))
		})
	}
}

// Who edits on top of a history that the server has lost, and that another one
// has overtaken to the same epoch, harms neither.
func TestAnEditGoesOnTopOfWhatItsNodeKnows(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	knowing := fleet(t, server.URL, key)
	create(t, knowing, "acme", "a", "value-1")
	older := stateOf(t, server)
	update(t, knowing, "value-lost")
	older.failOver(t, server)
	started := fleet(t, server.URL, key)
	create(t, started, "acme", "b", "value-2")

	_, err := knowing.Create(t.Context(), by, "acme", store.Draft{Alias: "c", Type: store.Token, Value: store.Text("value")})
	require.ErrorIs(t, err, store.ErrLost)
	removed, err := started.Repair(t.Context(), by, "acme")
	require.NoError(t, err)
	require.Empty(t, removed)
	require.NoError(t, started.Verify(t.Context(), nil))
	require.NoError(t, knowing.Verify(t.Context(), nil))
}

// Nobody takes an emptied server, or another store's, for the one it belongs to.
func TestAStoreIsKnownByItsID(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	at := func(o store.Options) error {
		o.Backend, o.Key = open(t, server.URL), store.KeyText(key)
		s, err := store.Open(t.Context(), o)
		if err != nil {
			require.NoError(t, o.Backend.Close())
			return err
		}
		return s.Close()
	}
	const foreign = "00112233445566778899aabbccddeeff"
	require.ErrorContains(t, at(store.Options{Existing: true}), "holds no store")
	require.ErrorContains(t, at(store.Options{ID: foreign}), "holds no store, and this node belongs to store "+foreign)
	require.Empty(t, server.Client(t).Keys(t.Context(), "*").Val(), "nothing was founded")

	s := fleet(t, server.URL, key)
	require.Regexp(t, "^[0-9a-f]{32}$", s.ID())
	require.NoError(t, at(store.Options{ID: s.ID(), Existing: true}))
	require.ErrorContains(t, at(store.Options{ID: foreign}), "holds store "+s.ID())

	create(t, s, "acme", "a", "value-1")
	state{}.failOver(t, server)
	other := fleet(t, server.URL, key)
	create(t, other, "acme", "a", "value-2")
	require.ErrorContains(t, s.Ready(t.Context()), "another store stands in the place of this one")
	_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: "b", Type: store.Token, Value: store.Text("value")})
	require.ErrorContains(t, err, "another store")
	require.NoError(t, other.Verify(t.Context(), nil))
}

// A row that is taken away is noticed in a list too.
func TestARowThatIsGoneIsNoticedInLists(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	s := fleet(t, server.URL, store.NewKeyText())
	for _, alias := range []string{"a", "b", "c"} {
		create(t, s, "acme", alias, "value-of-"+alias)
	}
	client := server.Client(t)
	require.NoError(t, client.HDel(t.Context(), "sotto:{s:acme}:secrets:rows", "mb", "vb").Err())
	require.NoError(t, client.ZRem(t.Context(), "sotto:{s:acme}:secrets:keys", "b").Err())
	_, err := s.List(t.Context(), "acme")
	require.Equal(t, store.Internal, store.CodeOf(err))
	_, err = s.Secrets(t.Context(), "acme", store.Paging{})
	require.Equal(t, store.Internal, store.CodeOf(err))
}
