package sqlite_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

const canary = "canary-91c2f7a05be84d36"

// TestCanary looks for values, and what they are easily turned into, in all
// files that the store makes.
func TestCanary(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sotto.db")
	s := openStore(t, path)
	by := store.Actor{Who: "tester"}
	for alias, d := range map[string]store.Draft{
		"a": {Type: store.Token, Value: store.Text(canary)},
		"b": {Type: store.Credentials, Value: store.Raw([]byte(`{"username":"` + canary + `","password":"` + canary + `"}`))},
		"c": {Type: store.JSON, Value: store.Raw([]byte(`{"key":["` + canary + `"]}`))},
	} {
		d.Alias = alias
		_, err := s.Create(t.Context(), by, "acme", d)
		require.NoError(t, err)
	}
	_, err := s.Update(t.Context(), by, "acme", "a", store.Patch{Value: store.Text(canary + " again")})
	require.NoError(t, err)
	_, err = s.Create(t.Context(), by, "acme", store.Draft{Alias: "a b", Type: store.Token, Value: store.Text(canary)})
	require.Error(t, err)
	_, err = s.PutDocument(t.Context(), by, store.TemplateKind, "acme", "t", store.DocumentDraft{Definition: []byte(`{"template":"` + canary + `"}`)})
	require.NoError(t, err)
	token, _, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Admin})
	require.NoError(t, err)
	s.Used("acme", "token", []string{"a"}, 1)
	require.NoError(t, s.RotateKeys(t.Context(), by, nil))

	look := func() {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(files), 3)
		for _, file := range files {
			content, err := os.ReadFile(filepath.Join(dir, file.Name()))
			require.NoError(t, err)
			for _, secret := range []string{canary, token.Reveal(), token.Reveal()[len(token.Reveal())-43:]} {
				require.False(t, bytes.Contains(content, []byte(secret)), file.Name())
				require.False(t, bytes.Contains(content, []byte(hex.EncodeToString([]byte(secret)))), file.Name())
				require.False(t, bytes.Contains(content, []byte(base64.RawStdEncoding.EncodeToString([]byte(secret)))), file.Name())
			}
			if info, err := file.Info(); err == nil && runtime.GOOS != "windows" {
				require.Zero(t, info.Mode().Perm()&0o077, "%s is its owner's alone", file.Name())
			}
		}
	}
	look()
	require.NoError(t, s.Close())
	look()
}

// filled returns the path and the content of a store of three secrets that is
// closed.
func filled(t *testing.T) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "sotto.db")
	s := openStore(t, path)
	for _, alias := range []string{"a", "b", "c"} {
		_, err := s.Create(t.Context(), store.Actor{}, "acme", store.Draft{Alias: alias, Type: store.Token, Value: store.Text(canary + alias)})
		require.NoError(t, err)
	}
	require.NoError(t, s.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return path, content
}

func TestDamagedFile(t *testing.T) {
	for name, damage := range map[string]func(content []byte) []byte{
		"not a database": func([]byte) []byte { return bytes.Repeat([]byte("no database "), 1000) },
		"cut off":        func(c []byte) []byte { return c[:len(c)/2+100] },
		"a bad header":   func(c []byte) []byte { c[0] ^= 1; return c },
		"a bad page":     func(c []byte) []byte { clear(c[4096 : 4096*4]); return c },
	} {
		t.Run(name, func(t *testing.T) {
			path, content := filled(t)
			require.NoError(t, os.WriteFile(path, damage(content), 0o600))

			err := useDamaged(t, path)
			require.Error(t, err)
			require.NotContains(t, err.Error(), canary)
			require.Regexp(t, "damaged|integrity", err.Error())
		})
	}
}

// TestAnyFlippedBit turns bits over anywhere in the file: what is read then is
// right or an error, whichever structure was hit.
func TestAnyFlippedBit(t *testing.T) {
	path, content := filled(t)
	refused := 0
	for range 60 {
		damaged := bytes.Clone(content)
		at := rand.IntN(len(damaged))
		for damaged[at] == 0 { // most of the file is room to grow
			at = rand.IntN(len(damaged))
		}
		damaged[at] ^= 1 << rand.IntN(8)
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		if err := useDamaged(t, path); err != nil {
			require.NotContains(t, err.Error(), canary)
			refused++
		}
	}
	require.Positive(t, refused)
	t.Logf("%d of 60 were refused; the others hit what is not in use", refused)
}

// useDamaged opens the store and reads all of it, until an error.
func useDamaged(t *testing.T, path string) error {
	t.Helper()
	b, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: keyBeside(path)})
	if err != nil {
		require.NoError(t, b.Close())
		return err
	}
	defer func() { _ = s.Close() }() // of a damaged file
	if err := s.Verify(t.Context(), nil); err != nil {
		return err
	}
	entries := make([]resolver.Entry, 3)
	err = s.Fetch(t.Context(), "acme", []string{"a", "b", "c"}, true, entries)
	for i, alias := range []string{"a", "b", "c"} {
		if value := entries[i].Secret.Reveal(); err == nil {
			require.Equal(t, canary+alias, value)
		}
	}
	return err
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec("CREATE TABLE things (n INTEGER)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = sqlite.Open(path)
	require.ErrorContains(t, err, "another program's database")

	path = filepath.Join(t.TempDir(), "newer.db")
	require.NoError(t, open(t, path).Close())
	db, err = sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.Exec("PRAGMA user_version = 99")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = sqlite.Open(path)
	require.ErrorContains(t, err, "use the newer sotto")

	_, err = sqlite.Open(filepath.Join(path, "below a file", "sotto.db"))
	require.ErrorContains(t, err, "directory cannot be made")
}

// TestOddPaths opens files whose names mean something in a URI.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "50%.db", "what?.db", "a#b.db", "ü.db", "a&b=c.db"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			require.NoError(t, open(t, path).Close())
			require.FileExists(t, path)
		})
	}
}
