package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

func testMasking(t *testing.T, p Place) {
	s := open(t, p)
	value := store.Raw([]byte(`{"user":"svc-mail","host":"db.example.com","password":"guest"}`))
	made, err := s.Create(t.Context(), by, scope, store.Draft{Alias: "db", Type: store.JSON, Value: value})
	require.NoError(t, err)
	told := []store.Metadata{made}
	require.NoError(t, s.AddMasking(t.Context(), scope, told))
	require.Equal(t, []string{"host", "user"}, told[0].Masking.Unmasked)
	require.Equal(t, []redact.Weakness{{Field: "password", Common: true}}, told[0].Masking.Weak)

	for _, choice := range [][]string{{"host"}, {}, nil} {
		_, err = s.Update(t.Context(), by, scope, "db", store.Patch{Unmasked: &choice})
		require.NoError(t, err)
		_, err = s.Update(t.Context(), by, scope, "db", store.Patch{Unmasked: &choice})
		want(t, store.NoChanges, err)
		unmasked := choice
		if choice == nil {
			unmasked = []string{"host", "user"}
		}
		page, err := s.Secrets(t.Context(), scope, store.Paging{})
		require.NoError(t, err)
		require.Nil(t, page.Items[0].Masking, "who lists secrets does not open them")
		require.NoError(t, s.AddMasking(t.Context(), scope, page.Items))
		require.ElementsMatch(t, unmasked, page.Items[0].Masking.Unmasked)

		entries := make([]resolver.Entry, 1)
		require.NoError(t, s.Fetch(t.Context(), scope, []string{"db"}, true, entries))
		require.ElementsMatch(t, unmasked, entries[0].Secret.Unmasked())
	}
	for name, fields := range map[string][]string{"a password": {"password"}, "no field": {"canary"}, "too many": make([]string, 65)} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Update(t.Context(), by, scope, "db", store.Patch{Unmasked: &fields})
			want(t, store.InvalidRequest, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}
