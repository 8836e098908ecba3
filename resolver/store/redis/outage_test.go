package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// While Redis does not answer, what is cached and who is known go on being served
// without a thought, and what is not is refused without a wait.
func TestASilentServerDelaysNobody(t *testing.T) {
	server, key := redistest.Start(t, redistest.Options{}), store.NewKeyText()
	proxy := redistest.NewProxy(t, server)
	// Made by another node, and before: what is heard of a new token has it looked up.
	other := fleet(t, server.URL, key)
	text, unseen, admin := newToken(t, other, store.Render), newToken(t, other, store.Render), newToken(t, other, store.Admin)
	s := fleet(t, proxy.URL, key)
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: s}}})
	require.NoError(t, err)
	defer r.Close()
	_, err = s.Create(t.Context(), by, "acme", store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-of-a")})
	require.NoError(t, err)
	for _, token := range []string{text, admin} {
		_, err := s.Authenticate(t.Context(), token)
		require.NoError(t, err)
	}
	require.Equal(t, "value-of-a", lookup(t, r, "acme", "a"))

	proxy.Silence()
	eventually(t, "it is known", func() bool {
		start := time.Now()
		_, err := s.Authenticate(t.Context(), text)
		require.NoError(t, err)
		_, refused := s.Authenticate(t.Context(), unseen)
		require.Less(t, time.Since(start), 1500*time.Millisecond, "half a second each, before it is known too")
		require.Equal(t, "value-of-a", lookup(t, r, "acme", "a"))
		return refused != nil && strings.Contains(refused.Error(), "redis does not answer")
	})
	// A thousand waits of any length would take longer.
	start := time.Now()
	for range 1000 {
		_, err := s.Authenticate(t.Context(), text)
		require.NoError(t, err)
		_, err = s.Authenticate(t.Context(), unseen)
		require.Equal(t, store.Unavailable, store.CodeOf(err))
		require.Equal(t, "value-of-a", lookup(t, r, "acme", "a"))
		err = r.Scoped("acme").Resolve(t.Context(), []string{"other"}, make([]macros.Status, 1), nil)
		require.ErrorContains(t, err, "redis does not answer", "it is not taken for missing")
	}
	require.Less(t, time.Since(start), patience)
	require.NotZero(t, s.Stats().StaleTokens)
	_, err = s.Authenticate(t.Context(), admin)
	require.Equal(t, store.Unavailable, store.CodeOf(err), "what an admin can do lasts")

	proxy.Resume()
	awaitServer(t, func() error {
		_, err := s.Authenticate(t.Context(), unseen)
		return err
	})
}

// newToken returns the text of a new token of the scope acme.
func newToken(t *testing.T, s *store.Store, role store.Role) string {
	t.Helper()
	text, _, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: role, Scope: "acme"})
	require.NoError(t, err)
	return text.Reveal()
}

// A revocation that a node has heard counts when Redis goes down right after it, and
// no other token suffers.
func TestARevocationHeardBeforeAnOutageCounts(t *testing.T) {
	server := redistest.Start(t, redistest.Options{})
	proxy := redistest.NewProxy(t, server)
	key := store.NewKeyText()
	other := fleet(t, server.URL, key)
	kept, revoked := newToken(t, other, store.Render), newToken(t, other, store.Render)
	s := fleet(t, proxy.URL, key)
	var id string
	for _, token := range []string{kept, revoked} {
		found, err := s.Authenticate(t.Context(), token)
		require.NoError(t, err)
		id = found.ID
	}
	require.NoError(t, other.RevokeToken(t.Context(), by, "acme", id))
	eventually(t, "it is heard", func() bool {
		_, err := s.Authenticate(t.Context(), revoked)
		return store.CodeOf(err) == store.Unauthorized
	})
	proxy.Cut()
	proxy.Silence()
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); {
		_, err := s.Authenticate(t.Context(), revoked)
		require.Error(t, err)
		_, err = s.Authenticate(t.Context(), kept)
		require.NoError(t, err)
	}
	require.NotZero(t, s.Stats().StaleTokens)
	require.True(t, s.TokensAnswer())
}
