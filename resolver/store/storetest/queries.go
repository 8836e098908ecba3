package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
)

// selected returns the aliases that q selects, page by page.
func selected(t *testing.T, s *store.Store, q store.SecretQuery) []string {
	t.Helper()
	seen := []string{}
	for {
		page, err := s.FindSecrets(t.Context(), scope, q)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), max(q.Limit, 1))
		for _, m := range page.Items {
			seen = append(seen, m.Alias)
		}
		if page.Next == "" {
			return seen
		}
		q.Cursor = page.Next
	}
}

func testQueries(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	for i := range 6 {
		create(t, s, scope, fmt.Sprintf("Token%d", i), "value")
	}
	_, err := s.Create(ctx, by, scope, store.Draft{Alias: "smtp", Type: store.Credentials, Value: credentials("me", "first"), Description: "Mail of ÉTÉ"})
	require.NoError(t, err)
	for _, alias := range []string{"token1", "token4"} {
		_, err := s.Archive(ctx, by, scope, alias, false)
		require.NoError(t, err)
	}
	for _, test := range []struct {
		name string
		q    store.SecretQuery
		want []string
	}{
		{"all but archived", store.SecretQuery{}, []string{"smtp", "Token0", "Token2", "Token3", "Token5"}},
		{"archived too", store.SecretQuery{Archived: store.WithArchived}, []string{"smtp", "Token0", "Token1", "Token2", "Token3", "Token4", "Token5"}},
		{"archived alone", store.SecretQuery{Archived: store.ArchivedOnly}, []string{"Token1", "Token4"}},
		{"by alias", store.SecretQuery{Text: "TOKEN3"}, []string{"Token3"}},
		{"by description", store.SecretQuery{Text: "été"}, []string{"smtp"}},
		{"by type", store.SecretQuery{Type: store.Credentials}, []string{"smtp"}},
		{"none", store.SecretQuery{Text: "value"}, []string{}},
		{"unused", store.SecretQuery{Unused: true, Text: "smtp"}, []string{"smtp"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, limit := range []int{1, 2, 1000} {
				test.q.Limit = limit
				require.Equal(t, test.want, selected(t, s, test.q), "limit %d", limit)
			}
		})
	}
	_, err = s.FindSecrets(ctx, scope, store.SecretQuery{Type: "jwt"})
	want(t, store.InvalidRequest, err)
	_, err = s.FindSecrets(ctx, scope, store.SecretQuery{Archived: "yes"})
	want(t, store.InvalidRequest, err)
}

func testSecretVersions(t *testing.T, p Place) {
	s := open(t, p)
	ctx := t.Context()
	versions := func() (found []int64) {
		list, err := s.SecretVersions(ctx, scope, "KEY")
		require.NoError(t, err)
		for _, v := range list {
			require.Equal(t, by.Who, v.By)
			found = append(found, v.Version)
		}
		return found
	}
	create(t, s, scope, "key", "one")
	create(t, s, scope, "other", "one")
	words := "described anew"
	for _, patch := range []store.Patch{{Value: store.Text("two")}, {Description: &words}, {Value: store.Text("three")}} {
		_, err := s.Update(ctx, by, scope, "key", patch)
		require.NoError(t, err)
	}
	_, err := s.Update(ctx, by, scope, "key", store.Patch{})
	want(t, store.NoChanges, err)
	require.Equal(t, []int64{3, 2, 1}, versions())
	require.NoError(t, s.Delete(ctx, by, scope, "key", "key", false))
	create(t, s, scope, "key", "anew")
	require.Equal(t, []int64{1}, versions(), "those of the one before are gone")
}
