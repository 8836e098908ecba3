package server_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// smallDiskEnv is the directory of the small disk, in the process that has one.
const smallDiskEnv = "SOTTO_TEST_SMALL_DISK"

// TestAnswersOnAFullDisk runs once more in a process with a disk of 8 MiB: what
// cannot be written says why, and all else goes on.
func TestAnswersOnAFullDisk(t *testing.T) {
	if disk := os.Getenv(smallDiskEnv); disk != "" {
		answersOnAFullDisk(t, disk)
		return
	}
	disk := t.TempDir()
	mount := `mount -t tmpfs -o size=8m sotto "$0" || exit 77; exec "$@"`
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount",
		"sh", "-c", mount, disk, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), smallDiskEnv+"="+disk)
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), t.Name()) {
		t.Skip("NOT RUN: this system lets nobody mount a small disk in a namespace of its own: ", err, string(out))
	}
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
}

func answersOnAFullDisk(t *testing.T, disk string) {
	t.Setenv("TMPDIR", disk) // the store's directory is made below it
	a := startWithStore(t)
	require.Equal(t, 201, a.create("known", "token", canary, "acme").status)
	require.Equal(t, 201, a.call("PUT", "/v1/templates/mail?scope=acme", `{"template":"<<Secrets.known>>"}`).status)
	token := a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme"}`).json["id"].(string)
	filler := filepath.Join(disk, "filler")
	fill(t, filler)

	var refused answer
	for i := 0; refused.status != 503; i++ {
		require.Less(t, i, 1000)
		refused = a.create(fmt.Sprint("new", i), "token", strings.Repeat("v", 5000), "acme")
	}
	requireProblem(t, refused, 503, "resolver_unavailable")
	require.Contains(t, refused.text, "the disk is full")
	for name, call := range map[string]func() answer{
		"a rotation": func() answer {
			return a.call("PATCH", "/v1/secrets/known?scope=acme", `{"value":"`+strings.Repeat("w", 5000)+`"}`)
		},
		"a template": func() answer {
			return a.call("PUT", "/v1/templates/other?scope=acme", `{"template":"`+strings.Repeat("x", 5000)+`"}`)
		},
		"a token": func() answer {
			return a.call("POST", "/v1/tokens", `{"role":"preview","scope":"acme","description":"`+strings.Repeat("d", 200)+`"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := call()
			requireProblem(t, got, 503, "resolver_unavailable")
			require.Contains(t, got.text, "the disk is full")
			require.NotEmpty(t, got.header.Get("Retry-After"))
		})
	}
	got := a.call("POST", "/v1/render", `{"template_id":"mail","scope":"acme"}`)
	require.Equal(t, canary, got.json["output"], got.text)
	require.Equal(t, 200, a.call("GET", "/v1/secrets?scope=acme", nil).status)
	require.Equal(t, 204, a.call("DELETE", "/v1/tokens/"+token+"?scope=acme", nil).status, "what has to go goes")
	ready := a.call("GET", "/readyz", nil)
	require.Equal(t, 200, ready.status)
	require.Contains(t, ready.text, `{"reason":"disk_full","detail":"the disk is full"}`)

	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { return a.create("again", "token", canary, "acme").status == 201 }, 10*time.Second, 50*time.Millisecond)
}

// fill leaves no room on the disk of path.
func fill(t *testing.T, path string) {
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
