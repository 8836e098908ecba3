package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWriteFile looks at the directory while a file is written, when that
// fails, and behind it.
func TestWriteFile(t *testing.T) {
	dir := drafts(t)
	path := filepath.Join(dir, "out.txt")
	there := func() []string {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		names := []string{}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	fill := func(text string, while ...string) {
		require.NoError(t, writeFile(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			require.Equal(t, while, there(), "whoever is killed here leaves nothing behind")
			return err
		}))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(content))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
		require.Equal(t, []string{"out.txt"}, there())
	}
	fill("first", []string{}...)
	fill("second", "out.txt")
	broken := errors.New("broken")
	require.ErrorIs(t, writeFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	}), broken)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "second", string(content))
	require.Equal(t, []string{"out.txt"}, there())

	require.ErrorIs(t, writeWhole(filepath.Join(dir, "none", "out.txt"), "x"), os.ErrNotExist)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "taken"), 0o700))
	require.Error(t, writeWhole(filepath.Join(dir, "taken"), "x"))
	require.Equal(t, []string{"out.txt", "taken"}, there())
}

// TestNamedDraft is TestWriteFile's way on systems that know no files without a
// name.
func TestNamedDraft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.txt")
	for _, text := range []string{"first", "second"} {
		d, err := newNamedDraft(path)
		require.NoError(t, err)
		_, err = io.WriteString(d.file, text)
		require.NoError(t, err)
		require.NoError(t, d.publish(path))
		require.NoError(t, d.discard())
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(content))
	}
	d, err := newNamedDraft(path)
	require.NoError(t, err)
	require.NoError(t, d.discard())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// drafts is an empty directory on a file system that knows files without a
// name, as every Linux has one.
func drafts(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "sotto-test-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}
