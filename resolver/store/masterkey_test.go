package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

func openWith(t *testing.T, path string, key store.KeySource) (*store.Store, error) {
	t.Helper()
	b, err := sqlite.Open(path)
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: key})
	if err != nil {
		require.NoError(t, b.Close())
	}
	return s, err
}

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	db, path := filepath.Join(dir, "sotto.db"), filepath.Join(dir, "keys", "master.key")
	s, err := openWith(t, db, store.KeyFile(path))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	require.NoError(t, err)

	s, err = openWith(t, db, store.KeyText(string(text)))
	require.NoError(t, err, "the file's content is what the environment may hold")
	require.NoError(t, s.Close())

	refused := func(t *testing.T, words ...string) {
		t.Helper()
		_, err := openWith(t, db, store.KeyFile(path))
		require.Error(t, err)
		for _, word := range words {
			require.ErrorContains(t, err, word)
		}
		require.NotContains(t, err.Error(), strings.TrimSpace(string(text)))
	}
	if runtime.GOOS != "windows" {
		for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
			require.NoError(t, os.Chmod(path, mode))
			refused(t, "may be read by others", "chmod 600", path)
		}
		require.NoError(t, os.Chmod(path, 0o600))
	}
	require.NoError(t, os.Remove(path))
	refused(t, "does not exist", "needs master key ", path)
	require.NoFileExists(t, path, "a key for data that has another is not made")

	require.NoError(t, os.WriteFile(path, []byte(store.NewKeyText()), 0o600))
	refused(t, "the data needs master key ", "holds key ")
	for _, damaged := range []string{"", "x", string(text[:20]), strings.Repeat("k", 300)} {
		require.NoError(t, os.WriteFile(path, []byte(damaged), 0o600))
		refused(t, "holds no master key")
	}
	require.NoError(t, os.WriteFile(path, text, 0o600))
	s, err = openWith(t, db, store.KeyFile(path))
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

func TestKeyFileOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a file away")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "master.key")
	require.NoError(t, os.WriteFile(path, []byte(store.NewKeyText()), 0o400))
	s, err := openWith(t, filepath.Join(dir, "sotto.db"), store.KeyFile(path))
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, os.Chown(path, 65534, 65534))
	_, err = openWith(t, filepath.Join(dir, "sotto.db"), store.KeyFile(path))
	require.ErrorContains(t, err, "belongs to another user")
}

func TestNoKey(t *testing.T) {
	_, err := openWith(t, filepath.Join(t.TempDir(), "sotto.db"), store.KeySource{})
	require.ErrorContains(t, err, "there is no master key")
}
