package redis_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/redis/redistest"
)

// Where Redis has used all the memory that it may, nothing is written, but a token
// is revoked and a secret is deleted, each with its audit row, as the user that the
// documentation gives a store.
func TestRevokeOnAFullServer(t *testing.T) {
	server := redistest.Start(t, redistest.Options{Config: []string{aclUser}})
	s := fleet(t, "redis://sotto:battery-staple@"+server.Addr, store.NewKeyText())
	create(t, s, "acme", "a", "value-1")
	text, token, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Preview, Scope: "acme"})
	require.NoError(t, err)
	require.NoError(t, server.Client(t).ConfigSet(t.Context(), "maxmemory", "1").Err())

	_, _, err = s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Preview, Scope: "acme"})
	require.ErrorIs(t, err, store.ErrFull)
	_, err = s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text("value-2")})
	require.ErrorIs(t, err, store.ErrFull)

	require.NoError(t, s.RevokeToken(t.Context(), by, "", token.ID))
	_, err = s.Authenticate(t.Context(), text.Reveal())
	require.Equal(t, store.Unauthorized, store.CodeOf(err))
	require.NoError(t, s.Delete(t.Context(), by, "acme", "a", "a", false))
	page, err := s.Audit(t.Context(), "acme", store.AuditQuery{Paging: store.Paging{Limit: 2}})
	require.NoError(t, err)
	require.Equal(t, "secret.delete", page.Items[0].What)
	require.Equal(t, "token.revoke", page.Items[1].What)
	require.NoError(t, s.Verify(t.Context(), nil))
}
