// Package disktest has tests run on a disk of their own, which they may fill and
// make read-only: begin with [Run].
package disktest

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// directory is the variable that names the small disk, in the process that has one.
const directory = "SOTTO_TEST_SMALL_DISK"

// Run runs the test that calls it once more in a process with a disk of 8 MiB, and
// there test with the disk's directory. A system that lets nobody mount one skips the
// test and says so.
func Run(t *testing.T, test func(t *testing.T, disk string)) {
	t.Helper()
	if disk := os.Getenv(directory); disk != "" {
		test(t, disk)
		return
	}
	disk := t.TempDir()
	mount := `mount -t tmpfs -o size=8m sotto "$0" || exit 77; exec "$@"`
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount",
		"sh", "-c", mount, disk, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), directory+"="+disk)
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), t.Name()) {
		t.Skip("NOT RUN: this system lets nobody mount a small disk in a namespace of its own: ", err, string(out))
	}
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
}

// Fill writes a file at path that leaves no room on its disk.
func Fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = file.Write(make([]byte, size))
		}
		require.True(t, errors.Is(err, syscall.ENOSPC), err)
	}
	require.NoError(t, file.Close())
}
