package resolver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
)

// followed returns a directory, a provider of it and what hears of its changes.
func followed(t *testing.T) (dir string, heard chan string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "plain"), "value-of-before")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "..v1"), 0o700))
	write(t, filepath.Join(dir, "..v1/mounted"), "mounted-before")
	require.NoError(t, os.Symlink("..v1", filepath.Join(dir, "..data")))
	require.NoError(t, os.Symlink("..data/mounted", filepath.Join(dir, "mounted")))
	past := time.Now().Add(-time.Hour)
	for _, name := range []string{"plain", "..v1/mounted"} {
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), past, past))
	}
	return dir, make(chan string, 100)
}

func TestDirTellsOfChangesWithinTwoSeconds(t *testing.T) {
	for _, test := range []struct {
		name, alias string
		change      func(t *testing.T, dir string)
	}{
		{"written", "plain", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "plain"), "other") }},
		{"replaced by one of the same size", "plain", func(t *testing.T, dir string) {
			past := time.Now().Add(-time.Hour)
			write(t, filepath.Join(dir, "next"), "value-of-behind")
			require.NoError(t, os.Chtimes(filepath.Join(dir, "next"), past, past))
			require.NoError(t, os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "plain")))
		}},
		{"removed", "plain", func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "plain"))) }},
		{"new", "fresh", func(t *testing.T, dir string) { write(t, filepath.Join(dir, "Fresh"), "x") }},
		{"the links of a Kubernetes mount", "mounted", func(t *testing.T, dir string) {
			require.NoError(t, os.MkdirAll(filepath.Join(dir, "..v2"), 0o700))
			write(t, filepath.Join(dir, "..v2/mounted"), "mounted-behind")
			require.NoError(t, os.Symlink("..v2", filepath.Join(dir, "..next")))
			require.NoError(t, os.Rename(filepath.Join(dir, "..next"), filepath.Join(dir, "..data")))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir, heard := followed(t)
			d, err := resolver.NewDir(dir)
			require.NoError(t, err)
			stop := d.Notify(func(c resolver.Change) { heard <- c.Alias })
			defer stop()
			test.change(t, dir)
			select {
			case alias := <-heard:
				require.Equal(t, test.alias, alias)
			case <-time.After(2 * time.Second):
				require.Fail(t, "no change was heard")
			}
		})
	}
}

func TestDirDisclosesWhatCannotBeResolved(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good"), "value-of-good\n")
	write(t, filepath.Join(dir, "pretty.json"), "{\n  \"key\": \"leaf-of-pretty\"\n}\n")
	write(t, filepath.Join(dir, "broken.json"), `{"key": "leaf-of-broken`)
	write(t, filepath.Join(dir, "twin"), "first-twin")
	write(t, filepath.Join(dir, "TWIN"), "second-twin")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "half"), 0o700))
	write(t, filepath.Join(dir, "half/username"), "user-of-half")
	require.NoError(t, os.Symlink("missing", filepath.Join(dir, "nowhere")))
	d, err := resolver.NewDir(dir)
	require.NoError(t, err)
	r, err := resolver.New(resolver.Options{Providers: []resolver.Binding{{Provider: d}}})
	require.NoError(t, err)
	defer r.Close()

	flaws, err := r.Flaws(t.Context(), "default")
	require.NoError(t, err)
	covered := map[string]bool{}
	for _, flaw := range flaws {
		for _, name := range []string{"broken", "TWIN", "half", "nowhere"} {
			if strings.Contains(flaw.Err.Error(), name) {
				covered[name] = flaw.Covered
			}
		}
	}
	require.Equal(t, map[string]bool{"broken": true, "TWIN": true, "half": true, "nowhere": false}, covered)
	for _, value := range []string{
		"value-of-good", "leaf-of-pretty", "{\n  \"key\": \"leaf-of-pretty\"\n}", `{"key": "leaf-of-broken`, "first-twin", "second-twin", "user-of-half",
	} {
		require.Equal(t, redact.Mask, r.Redactor("default").String(value))
	}
}
