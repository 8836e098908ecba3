package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

// testRewrap: a store changes its master key while the nodes of a fleet go on with the
// one that they were started with.
func testRewrap(t *testing.T, p Place) {
	first, second, third := keyText, store.NewKeyText(), store.NewKeyText()
	with := func(t *testing.T, key string, do func(*store.Store)) {
		t.Helper()
		s, err := store.Open(t.Context(), store.Options{Backend: p.Open(t), Key: store.KeyText(key)})
		require.NoError(t, err)
		do(s)
		require.NoError(t, s.Close())
	}
	refused := func(t *testing.T, key string) {
		t.Helper()
		b := p.Open(t)
		_, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(key)})
		want(t, store.Internal, err)
		require.ErrorContains(t, err, "needs master key")
		require.NotContains(t, err.Error(), key)
		require.NoError(t, b.Close())
	}
	rewrap := func(next string) func(*store.Store) {
		return func(s *store.Store) { require.NoError(t, s.RewrapKeys(t.Context(), by, store.KeyText(next))) }
	}
	full := func(s *store.Store) {
		require.Equal(t, "value", reveal(t, s, scope, "alpha"))
		require.NoError(t, s.Verify(t.Context(), nil))
	}
	draft := store.Draft{Alias: "beta", Value: store.Text("value-of-beta-1")}
	// What was asked once is known as asked, whatever the master key is by now.
	repeated := func(s *store.Store) {
		actor := under(s, "key", "create beta")
		_, err := s.Create(t.Context(), actor, scope, draft)
		require.NoError(t, err)
		require.True(t, actor.Request.Repeated())
	}
	with(t, first, func(s *store.Store) {
		create(t, s, scope, "alpha", "value")
		_, err := s.Create(t.Context(), under(s, "key", "create beta"), scope, draft)
		require.NoError(t, err)
		rewrap(second)(s)
		full(s)
		repeated(s)
		page, err := s.Audit(t.Context(), "", store.AuditQuery{Paging: store.Paging{Limit: 1}})
		require.NoError(t, err)
		require.Equal(t, "tester keys.rewrap   ok", line(page.Items[0]))
	})
	refused(t, third)
	// Whichever key a node has, what it writes opens with both.
	for name, key := range map[string]string{"the first key": first, "the second key": second} {
		t.Run(name, func(t *testing.T) {
			with(t, key, func(s *store.Store) {
				full(s)
				require.NoError(t, s.RotateKeys(t.Context(), by, nil))
			})
			with(t, first, full)
			with(t, second, full)
		})
	}
	with(t, second, repeated)
	with(t, second, rewrap(third))
	refused(t, first)
	with(t, third, func(s *store.Store) { require.NoError(t, s.DropOtherKeys(t.Context(), by)) })
	refused(t, second)
	with(t, third, func(s *store.Store) {
		full(s)
		require.NoError(t, s.RotateKeys(t.Context(), by, nil))
		rewrap(third)(s)
	})
	with(t, third, full)
	with(t, third, repeated)
	refused(t, first)
}
