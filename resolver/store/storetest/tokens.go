package storetest

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func testTokens(t *testing.T, p Place) {
	ctx := t.Context()
	now := time.Now()
	var at atomic.Pointer[time.Time]
	at.Store(&now)
	s, err := store.Open(ctx, store.Options{
		Backend: p.Open(t), Key: store.KeyText(keyText), Now: func() time.Time { return *at.Load() },
		AdminToken: redact.NewSecret("an-admin-token-of-the-operator"),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })

	soon := now.Add(time.Hour)
	text, made, err := s.CreateToken(ctx, by, store.TokenDraft{Role: store.Render, Scope: scope, Description: "batch", ExpiresAt: &soon})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(text.Reveal(), "sotto_"+made.ID+"_"))
	require.Len(t, text.Reveal(), len("sotto_")+16+1+43)

	got, err := s.Authenticate(ctx, text.Reveal())
	require.NoError(t, err)
	require.Equal(t, made, got)
	require.Equal(t, store.Render, got.Role)
	require.Equal(t, scope, got.Scope)

	for name, wrong := range map[string]string{
		"empty":           "",
		"foreign":         "ghp_0123456789",
		"other secret":    text.Reveal()[:len(text.Reveal())-2] + "xx",
		"other id":        strings.Replace(text.Reveal(), made.ID, "aaaaaaaaaaaaaaaa", 1),
		"only an id":      "sotto_" + made.ID + "_",
		"not UTF-8":       "sotto_" + made.ID + "_\xff\xfe",
		"near the admin":  "an-admin-token-of-the-operato",
		"half an id":      "sotto_abc",
		"strange letters": "sotto_\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00_x",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Authenticate(ctx, wrong)
			want(t, store.Unauthorized, err)
		})
	}
	admin, err := s.Authenticate(ctx, "an-admin-token-of-the-operator")
	require.NoError(t, err)
	require.Equal(t, store.AccessToken{ID: store.AdminTokenID, Role: store.Admin}, admin)

	for name, draft := range map[string]store.TokenDraft{
		"role":   {Role: "owner"},
		"scope":  {Role: store.Admin, Scope: "a//b"},
		"expiry": {Role: store.Admin, ExpiresAt: &now},
		"rate":   {Role: store.Admin, Limits: &store.TokenLimits{Rate: -1}},
		"bytes":  {Role: store.Admin, Limits: &store.TokenLimits{Bytes: 1 << 60}},
	} {
		t.Run("bad "+name, func(t *testing.T) {
			_, _, err := s.CreateToken(ctx, by, draft)
			want(t, store.InvalidRequest, err)
		})
	}

	limits := &store.TokenLimits{Rate: 5, Bytes: 1 << 40}
	limitedText, limited, err := s.CreateToken(ctx, by, store.TokenDraft{Role: store.Render, Scope: "other", Limits: limits})
	require.NoError(t, err)
	got, err = s.Authenticate(ctx, limitedText.Reveal())
	require.NoError(t, err)
	require.Equal(t, limits, got.Limits)
	require.NoError(t, s.RevokeToken(ctx, by, "other", limited.ID))
	require.Nil(t, made.Limits)

	_, root, err := s.CreateToken(ctx, by, store.TokenDraft{Role: store.Admin})
	require.NoError(t, err)
	listed := func(in resolver.Scope) []string {
		page, err := s.Tokens(ctx, in, store.Paging{})
		require.NoError(t, err)
		ids := []string{}
		for _, token := range page.Items {
			ids = append(ids, token.ID)
		}
		return ids
	}
	require.ElementsMatch(t, []string{made.ID, root.ID}, listed(""))
	require.Equal(t, []string{made.ID}, listed("acme"))
	require.Empty(t, listed("acme/other"))

	at.Store(made.ExpiresAt)
	_, err = s.Authenticate(ctx, text.Reveal())
	want(t, store.Unauthorized, err)
	before := made.ExpiresAt.Add(-1)
	at.Store(&before)
	_, err = s.Authenticate(ctx, text.Reveal())
	require.NoError(t, err, "the last moment before")

	want(t, store.NotFound, s.RevokeToken(ctx, by, "acme/other", made.ID))
	require.NoError(t, s.RevokeToken(ctx, by, "acme", made.ID))
	_, err = s.Authenticate(ctx, text.Reveal())
	want(t, store.Unauthorized, err)
	want(t, store.NotFound, s.RevokeToken(ctx, by, "acme", made.ID))

	// The text of a token in the place of its id is not written down.
	want(t, store.NotFound, s.RevokeToken(ctx, by, "acme", text.Reveal()))
	trail, err := s.Audit(ctx, "acme", store.AuditQuery{})
	require.NoError(t, err)
	require.Contains(t, line(trail.Items[0]), "token.revoke")
	require.NotContains(t, strings.Join(lines(trail.Items), "\n"), strings.ToLower(text.Reveal()))

	_, err = store.Open(ctx, store.Options{AdminToken: redact.NewSecret("short")})
	want(t, store.InvalidRequest, err)
}
