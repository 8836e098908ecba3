package resolver_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
)

func TestDirPermissionDeniedIsNotMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets")
	write(t, path+"/locked", "canary")
	require.NoError(t, os.Chmod(path+"/locked", 0))
	for at := path; at != filepath.Clean(os.TempDir()); at = filepath.Dir(at) {
		require.NoError(t, os.Chmod(at, 0o755))
	}
	dir, err := resolver.NewDir(path)
	require.NoError(t, err)

	if os.Getuid() == 0 {
		// Root reads everything, except on a thread whose file system user
		// is another. The thread ends with the goroutine that locked it.
		runtime.LockOSThread()
		require.NoError(t, syscall.Setfsuid(65534))
		defer func() {
			require.NoError(t, syscall.Setfsuid(0))
			runtime.UnlockOSThread()
		}()
	}
	entries := make([]resolver.Entry, 1)
	err = dir.Fetch(t.Context(), "default", []string{"locked"}, true, entries)
	require.ErrorIs(t, err, os.ErrPermission)
	require.ErrorContains(t, err, "locked")
	require.NotContains(t, err.Error(), "canary")
	require.NoError(t, dir.Fetch(t.Context(), "default", []string{"locked"}, false, entries))
	require.Equal(t, macros.Known, entries[0].Status, "that it exists needs no reading")
}
