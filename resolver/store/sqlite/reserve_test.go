package sqlite_test

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

	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

// smallDiskEnv is the directory of the small disk, in the process that has one.
const smallDiskEnv = "SOTTO_TEST_SMALL_DISK"

// TestRevokeOnAFullDisk runs itself once more on a disk of 8 MiB.
func TestRevokeOnAFullDisk(t *testing.T) {
	if disk := os.Getenv(smallDiskEnv); disk != "" {
		revokeOnAFullDisk(t, disk)
		return
	}
	disk := t.TempDir()
	mount := `mount -t tmpfs -o size=8m sotto "$0" || exit 77; exec "$@"`
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount",
		"sh", "-c", mount, disk, os.Args[0], "-test.run=^TestRevokeOnAFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), smallDiskEnv+"="+disk)
	out, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(out), "TestRevokeOnAFullDisk") {
		t.Skip("NOT RUN: this system lets nobody mount a small disk in a namespace of its own: ", err, string(out))
	}
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: TestRevokeOnAFullDisk")
}

func revokeOnAFullDisk(t *testing.T, disk string) {
	b, err := sqlite.Open(filepath.Join(disk, "sotto.db"))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(store.NewKeyText()), FlushInterval: time.Hour, TokenTTL: time.Nanosecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	by := store.Actor{Who: "tester"}
	tokens := make(map[string]string) // id -> text
	for range 20 {
		text, token, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Preview, Scope: "acme"})
		require.NoError(t, err)
		tokens[token.ID] = text.Reveal()
	}
	filler := filepath.Join(disk, "filler")
	fillDisk(t, filler)
	write := func(n int) error {
		value := store.Text(strings.Repeat("v", 5000))
		_, err := s.Create(t.Context(), by, "acme", store.Draft{Alias: fmt.Sprint("a", n), Type: store.Token, Value: value})
		return err
	}
	for n := 0; err == nil; n++ {
		require.Less(t, n, 1000)
		err = write(n)
	}
	require.ErrorIs(t, err, store.ErrFull)

	for id, text := range tokens {
		require.NoError(t, s.RevokeToken(t.Context(), by, "", id))
		_, err := s.Authenticate(t.Context(), text)
		require.Equal(t, store.Unauthorized, store.CodeOf(err))
	}
	require.ErrorIs(t, write(2000), store.ErrFull, "what room there is is left to removals")
	page, err := s.Audit(t.Context(), "", store.AuditQuery{})
	require.NoError(t, err)
	revoked := 0
	for _, e := range page.Items {
		if e.What == "token.revoke" {
			revoked++
		}
	}
	require.Equal(t, len(tokens), revoked, "each has its row")
	require.NoError(t, s.Verify(t.Context(), nil))

	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { return write(3000) == nil }, 10*time.Second, 50*time.Millisecond)
	require.FileExists(t, filepath.Join(disk, "sotto.db.reserve"), "it is there for the next time")
}

// fillDisk writes a file until the disk has no room.
func fillDisk(t *testing.T, path string) {
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
