package resolver_test

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

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

func TestDirRefusesPipesAndSocketsWithoutBlocking(t *testing.T) {
	fetch := dirOf(t, func(path string) {
		require.NoError(t, syscall.Mkfifo(path+"/pipe", 0o600))
		socket, err := net.Listen("unix", path+"/socket")
		require.NoError(t, err)
		t.Cleanup(func() { _ = socket.Close() })
	})
	for _, alias := range []string{"pipe", "socket"} {
		for _, values := range []bool{true, false} {
			refused := make(chan error, 1)
			go func() {
				_, err := fetch(alias, values)
				refused <- err
			}()
			// Whoever opens a pipe as a file waits for ever.
			select {
			case err := <-refused:
				require.ErrorContains(t, err, "regular")
			case <-time.After(time.Minute):
				require.FailNow(t, "it waits for the other end")
			}
		}
	}
}
