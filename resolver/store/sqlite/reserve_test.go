package sqlite_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
	"github.com/sotto-render/sotto/resolver/store/sqlite/disktest"
)

func TestRevokeOnAFullDisk(t *testing.T) { disktest.Run(t, revokeOnAFullDisk) }

func TestStartOnAFullDisk(t *testing.T) { disktest.Run(t, startOnAFullDisk) }

func TestVerifyOnAReadOnlyDisk(t *testing.T) { disktest.Run(t, verifyOnAReadOnlyDisk) }

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
	disktest.Fill(t, filler)
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
	requireDiskFull(t, s)

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
	require.NoError(t, s.Ready(t.Context()))
}

// requireDiskFull checks that readiness says so, and that secrets can be read.
func requireDiskFull(t *testing.T, s *store.Store) {
	t.Helper()
	found := resolver.Conditions(s.Ready(t.Context()))
	require.Len(t, found, 1)
	require.Equal(t, "disk_full", found[0].Reason)
	require.True(t, found[0].Answers)
	require.EqualError(t, found[0], "the disk is full")
}

// A server starts on a full disk, reads, and revokes what it has to.
func startOnAFullDisk(t *testing.T, disk string) {
	path, key, by := filepath.Join(disk, "sotto.db"), store.NewKeyText(), store.Actor{Who: "tester"}
	start := func() *store.Store {
		b, err := sqlite.Open(path)
		require.NoError(t, err)
		s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(key), FlushInterval: time.Hour, TokenTTL: time.Nanosecond})
		require.NoError(t, err)
		return s
	}
	s := start()
	draft := store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-1")}
	_, err := s.Create(t.Context(), by, "acme", draft)
	require.NoError(t, err)
	text, token, err := s.CreateToken(t.Context(), by, store.TokenDraft{Role: store.Preview, Scope: "acme"})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	filler := filepath.Join(disk, "filler")
	disktest.Fill(t, filler)

	for range 2 {
		s = start()
		entries := make([]resolver.Entry, 1)
		require.NoError(t, s.Fetch(t.Context(), "acme", []string{"a"}, true, entries))
		require.Equal(t, "value-1", entries[0].Secret.Reveal())
		requireDiskFull(t, s)
		draft.Alias = "b"
		_, err = s.Create(t.Context(), by, "acme", draft)
		require.ErrorIs(t, err, store.ErrFull)
		require.ErrorContains(t, err, "the disk is full")
		require.NoError(t, s.Verify(t.Context(), nil))
		require.NoError(t, s.Close())
	}
	s = start()
	require.NoError(t, s.RevokeToken(t.Context(), by, "", token.ID))
	_, err = s.Authenticate(t.Context(), text.Reveal())
	require.Equal(t, store.Unauthorized, store.CodeOf(err))
	require.NoError(t, os.Remove(filler))
	require.Eventually(t, func() bool { return s.Ready(t.Context()) == nil }, 10*time.Second, 50*time.Millisecond)
	_, err = s.Create(t.Context(), by, "acme", draft)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// A copy that may not be written can be read and verified, and is not touched.
func verifyOnAReadOnlyDisk(t *testing.T, disk string) {
	path, key, by := filepath.Join(disk, "sotto.db"), store.NewKeyText(), store.Actor{Who: "tester"}
	start := func() (*store.Store, error) {
		b, err := sqlite.Open(path)
		if err != nil {
			return nil, err
		}
		return store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(key)})
	}
	s, err := start()
	require.NoError(t, err)
	draft := store.Draft{Alias: "a", Type: store.Token, Value: store.Text("value-1")}
	_, err = s.Create(t.Context(), by, "acme", draft)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	remount := func(how string) {
		require.NoError(t, exec.Command("mount", "-o", "remount,"+how, disk).Run())
	}
	remount("ro")
	s, err = start()
	require.NoError(t, err)
	require.NoError(t, s.Verify(t.Context(), nil))
	entries := make([]resolver.Entry, 1)
	require.NoError(t, s.Fetch(t.Context(), "acme", []string{"a"}, true, entries))
	require.Equal(t, "value-1", entries[0].Secret.Reveal())
	require.Equal(t, "read_only", resolver.Conditions(s.Ready(t.Context()))[0].Reason)
	draft.Alias = "b"
	_, err = s.Create(t.Context(), by, "acme", draft)
	require.ErrorContains(t, err, "can only be read here")
	_, err = sqlite.Open(path)
	require.ErrorContains(t, err, "in use by another process")
	require.NoError(t, s.Close())

	remount("rw")
	require.NoError(t, os.WriteFile(path+"-wal", []byte("newer"), 0o600))
	remount("ro")
	_, err = start()
	require.ErrorContains(t, err, "its newest changes are in its log")
}
