package resolver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/resolvertest"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestDirConforms(t *testing.T) {
	resolvertest.Run(t, func(t *testing.T) resolvertest.Fixture {
		path := filepath.Join(t.TempDir(), "secrets")
		require.NoError(t, os.Mkdir(path, 0o700))
		dir, err := resolver.NewDir(path)
		require.NoError(t, err)
		return resolvertest.Fixture{
			Provider: dir,
			Put: func(t testing.TB, _ resolver.Scope, alias string, secret redact.Secret) {
				switch secret.Kind() {
				case redact.Credentials:
					pair := secret.Tree().(map[string]any)
					write(t, filepath.Join(path, alias, "username"), pair["username"].(string)+"\n")
					write(t, filepath.Join(path, alias, "password"), pair["password"].(string)+"\n")
				case redact.JSON:
					write(t, filepath.Join(path, alias+".json"), secret.Reveal())
				default:
					write(t, filepath.Join(path, alias), secret.Reveal()+"\n")
				}
			},
			Break: func(t testing.TB) { require.NoError(t, os.Rename(path, path+"-gone")) },
		}
	})
}

// dirOf returns a lookup in a directory that prepare has filled.
func dirOf(t *testing.T, prepare func(path string)) func(alias string, values bool) (resolver.Entry, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secrets")
	require.NoError(t, os.Mkdir(path, 0o700))
	prepare(path)
	dir, err := resolver.NewDir(path)
	require.NoError(t, err)
	return func(alias string, values bool) (resolver.Entry, error) {
		entries := make([]resolver.Entry, 1)
		err := dir.Fetch(t.Context(), "default", []string{alias}, values, entries)
		return entries[0], err
	}
}

func TestDirReads(t *testing.T) {
	fetch := dirOf(t, func(path string) {
		write(t, path+"/GitHub_Token", "tok-1\n")
		write(t, path+"/windows", "tok-2\r\n")
		write(t, path+"/two_newlines", "tok-3\n\n")
		write(t, path+"/spaces", " tok 4 ")
		write(t, path+"/Account.JSON", `{"id": 7}`)
		write(t, path+"/empty", "")
		write(t, path+"/blank", " \n")
		write(t, path+"/smtp/username", "user\n")
		write(t, path+"/smtp/password", "pass\n")
		write(t, path+"/not.an.alias", "x")
		require.NoError(t, os.Mkdir(path+"/nothing", 0o700))
	})
	for alias, want := range map[string]string{
		"github_token": "tok-1", "windows": "tok-2", "two_newlines": "tok-3\n", "spaces": " tok 4 ", "account": `{"id":7}`,
	} {
		t.Run(alias, func(t *testing.T) {
			e, err := fetch(alias, true)
			require.NoError(t, err)
			require.Equal(t, want, e.Secret.Reveal())
		})
	}
	for _, alias := range []string{"empty", "blank", "nothing", "not", "github-token"} {
		t.Run(alias, func(t *testing.T) {
			e, err := fetch(alias, true)
			require.NoError(t, err)
			require.Equal(t, macros.Missing, e.Status, alias)
		})
	}
	e, err := fetch("smtp", true)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"username": "user", "password": "pass"}, e.Secret.Tree())
}

func TestDirErrorsAreNeverMissing(t *testing.T) {
	fetch := dirOf(t, func(path string) {
		write(t, path+"/twice", "canary-one")
		write(t, path+"/TWICE", "canary-two")
		write(t, path+"/both", "canary-one")
		write(t, path+"/both.json", `{"a":"canary"}`)
		write(t, path+"/broken.json", `{"a":"canary`)
		write(t, path+"/number.json", `7`)
		write(t, path+"/half/username", "canary")
		write(t, path+"/large", strings.Repeat("x", resolver.MaxFileBytes+1))
		write(t, filepath.Dir(path)+"/outside", "canary-outside")
		require.NoError(t, os.Symlink("../outside", path+"/escape"))
		require.NoError(t, os.Symlink(filepath.Dir(path)+"/outside", path+"/absolute"))
		require.NoError(t, os.Symlink("nowhere", path+"/dangling"))
		require.NoError(t, os.Symlink("loop", path+"/loop"))
		require.NoError(t, os.Mkdir(path+"/dirs", 0o700))
		require.NoError(t, os.MkdirAll(path+"/dirs/username", 0o700))
	})
	for alias, says := range map[string]string{
		"twice": `"TWICE" and "twice"`, "both": `"both" and "both.json"`, "broken": "broken.json", "number": "number.json",
		"half": "password", "large": "larger", "escape": "escape", "absolute": "absolute",
		"dangling": "dangling", "loop": "loop", "dirs": "regular",
	} {
		t.Run(alias, func(t *testing.T) {
			_, err := fetch(alias, true)
			require.ErrorContains(t, err, says, alias)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

// A Kubernetes mount: the names are links into a directory that is a link
// itself and is swapped as a whole.
func TestDirFollowsKubernetesMount(t *testing.T) {
	var root string
	fetch := dirOf(t, func(path string) {
		root = path
		write(t, path+"/..2026_01/api_key", "first")
		write(t, path+"/..2026_02/api_key", "second")
		require.NoError(t, os.Symlink("..2026_01", path+"/..data"))
		require.NoError(t, os.Symlink("..data/api_key", path+"/api_key"))
	})
	e, err := fetch("api_key", true)
	require.NoError(t, err)
	require.Equal(t, "first", e.Secret.Reveal())

	require.NoError(t, os.Symlink("..2026_02", root+"/..tmp"))
	require.NoError(t, os.Rename(root+"/..tmp", root+"/..data"))
	e, err = fetch("api_key", true)
	require.NoError(t, err)
	require.Equal(t, "second", e.Secret.Reveal())
}
