package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver/store"
)

func testSessions(t *testing.T, p Place) {
	ctx := t.Context()
	at := newClock()
	now := at.now()
	const admin = "an-admin-token-of-the-operator"
	s, err := store.Open(ctx, store.Options{
		Backend: p.Open(t), Key: store.KeyText(keyText), Now: at.now, AdminToken: redact.NewSecret(admin),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	text, token, err := s.CreateToken(ctx, by, store.TokenDraft{Role: store.Render, Scope: scope})
	require.NoError(t, err)
	id, made, err := s.CreateSession(ctx, by, token, text.Reveal())
	require.NoError(t, err)
	require.Equal(t, now.Add(12*time.Hour), made.ExpiresAt)
	got, err := s.Session(ctx, id.Reveal())
	require.NoError(t, err)
	require.Equal(t, token.ID, got.TokenID)
	held, err := s.AuthenticateHash(ctx, got.TokenID, got.TokenHash)
	require.NoError(t, err)
	require.Equal(t, token, held)

	for name, wrong := range map[string]string{
		"empty": "", "the token": text.Reveal(), "short": id.Reveal()[:40], "another": id.Reveal()[:42] + "A", "padded": id.Reveal() + "=",
	} {
		t.Run(name, func(t *testing.T) {
			if wrong == id.Reveal() {
				return
			}
			_, err := s.Session(ctx, wrong)
			want(t, store.Unauthorized, err)
		})
	}

	adminID, _, err := s.CreateSession(ctx, by, store.AccessToken{ID: store.AdminTokenID, Role: store.Admin}, admin)
	require.NoError(t, err)
	got, err = s.Session(ctx, adminID.Reveal())
	require.NoError(t, err)
	held, err = s.AuthenticateHash(ctx, got.TokenID, got.TokenHash)
	require.NoError(t, err)
	require.Equal(t, store.Admin, held.Role)
	got.TokenHash[0]++
	_, err = s.AuthenticateHash(ctx, got.TokenID, got.TokenHash)
	want(t, store.Unauthorized, err)

	require.NoError(t, s.RevokeToken(ctx, by, scope, token.ID))
	got, err = s.Session(ctx, id.Reveal())
	require.NoError(t, err)
	_, err = s.AuthenticateHash(ctx, got.TokenID, got.TokenHash)
	want(t, store.Unauthorized, err)

	require.NoError(t, s.EndSession(ctx, by, token, id.Reveal()))
	require.NoError(t, s.EndSession(ctx, by, token, id.Reveal()), "twice")
	_, err = s.Session(ctx, id.Reveal())
	want(t, store.Unauthorized, err)

	// A token has so many sessions, and the oldest makes room.
	for range 50 {
		at.pass(time.Second)
		_, _, err := s.CreateSession(ctx, by, store.AccessToken{ID: store.AdminTokenID, Role: store.Admin}, admin)
		require.NoError(t, err)
	}
	s2 := s
	if p.Shared {
		s2, err = store.Open(ctx, store.Options{Backend: p.Open(t), Key: store.KeyText(keyText), Now: at.now})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s2.Close()) })
		_, err = s2.Session(ctx, adminID.Reveal())
		want(t, store.Unauthorized, err)
	}
	last, _, err := s.CreateSession(ctx, by, token, text.Reveal())
	require.NoError(t, err)
	_, err = s2.Session(ctx, last.Reveal())
	require.NoError(t, err, "another node knows it")
	at.pass(12 * time.Hour)
	_, err = s2.Session(ctx, last.Reveal())
	want(t, store.Unauthorized, err)
}
