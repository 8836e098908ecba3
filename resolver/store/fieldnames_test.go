package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

// TestKeysOfOlderRecordsAreHidden opens a store whose records tell of keys that are values,
// as older ones do, and looks for them in its files.
func TestKeysOfOlderRecordsAreHidden(t *testing.T) {
	const canary = "ck9f2e7d41b80c6a53"
	dir := t.TempDir()
	key := store.KeyText(store.NewKeyText())
	open := func() *store.Store {
		backend, err := sqlite.Open(filepath.Join(dir, "sotto.db"))
		require.NoError(t, err)
		s, err := store.Open(t.Context(), store.Options{Backend: backend, Key: key})
		require.NoError(t, err)
		return s
	}
	value := store.Raw([]byte(`{"` + canary + `":"admin-key-1","name":"x"}`))
	s := open()
	for i := range 70 {
		alias := "keys" + string(rune('a'+i/10)) + string(rune('0'+i%10))
		_, err := s.Create(t.Context(), store.Actor{Who: "t"}, "acme", store.Draft{Alias: alias, Type: store.JSON, Value: value})
		require.NoError(t, err)
		require.NoError(t, store.TellFields(t.Context(), s, "acme", alias, canary, "name"))
	}
	require.NoError(t, s.Close())
	require.Contains(t, inFiles(t, dir), canary, "the older records tell of nothing to hide")

	s = open()
	require.Eventually(t, func() bool { return store.KeysAreHidden(t.Context(), s) }, 20*time.Second, time.Millisecond)
	page, err := s.Secrets(t.Context(), "acme", store.Paging{Limit: 100})
	require.NoError(t, err)
	require.Len(t, page.Items, 70)
	require.Equal(t, []string{"name"}, page.Items[0].Fields)
	entries := make([]resolver.Entry, 1)
	require.NoError(t, s.Fetch(t.Context(), "acme", []string{"keysa0"}, true, entries))
	require.Contains(t, entries[0].Secret.Reveal(), canary)
	require.NoError(t, s.Close())
	require.NotContains(t, inFiles(t, dir), canary)
}

// inFiles returns all that stands in the files of dir.
func inFiles(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := ""
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		all += string(raw)
	}
	return all
}
