package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
	"github.com/sotto-render/sotto/resolver/store/sqlite"
)

// writerEnv makes the test binary the process that writes and is killed.
const writerEnv = "SOTTO_TEST_WRITER"

const crashScope resolver.Scope = "acme/crash"

// writeUntilKilled is that process: it edits ten secrets in turn, and says so
// before and after each.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	first, err := strconv.Atoi(os.Getenv(writerEnv + "_FIRST"))
	if err != nil {
		return err
	}
	b, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{Backend: b, Key: keyBeside(path)})
	if err != nil {
		return err
	}
	for i := first; ; i++ {
		fmt.Printf("begin %d\n", i)
		if err := write(ctx, s, i); err != nil {
			return errors.Join(err, s.Close())
		}
		fmt.Printf("done %d\n", i)
	}
}

// keyBeside is a key file in the directory of path.
func keyBeside(path string) store.KeySource {
	return store.KeyFile(filepath.Join(filepath.Dir(path), "master.key"))
}

func alias(i int) string { return fmt.Sprintf("secret%d", i%10) }

// write makes write i: the first of an alias creates it.
func write(ctx context.Context, s *store.Store, i int) error {
	value := store.Text(fmt.Sprint("value of write ", i))
	_, err := s.Update(ctx, store.Actor{Who: "writer"}, crashScope, alias(i), store.Patch{Value: value})
	if store.CodeOf(err) == store.NotFound {
		_, err = s.Create(ctx, store.Actor{Who: "writer"}, crashScope, store.Draft{Alias: alias(i), Type: store.Token, Value: value})
	}
	return err
}

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	b := open(t, path)
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: keyBeside(path)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// TestKilled kills the writer at random moments, and after each checks that
// every write which was acknowledged is there, whole.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sotto.db")
	next := 0
	for kill := range 12 {
		began, done := runWriter(t, path, next)
		next = max(next, done+1)
		t.Run(fmt.Sprint("after kill ", kill+1), func(t *testing.T) { next = checkWrites(t, path, began, next) })
	}
	require.Positive(t, next, "a write was acknowledged")
}

// runWriter runs the writer and kills it: a random number of writes after it
// began, so that the disk's speed does not matter, and a random moment later, so
// that any instant of a write is hit. It returns the last write that began and
// the last that was acknowledged.
func runWriter(t *testing.T, path string, first int) (began, done int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerEnv+"="+path, fmt.Sprintf("%s_FIRST=%d", writerEnv, first))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	last, later := first+rand.IntN(60), time.Duration(rand.IntN(2000))*time.Microsecond
	began, done = first-1, first-1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "begin %d", &n); err == nil {
			if began = n; began == last {
				defer time.AfterFunc(later, func() { _ = cmd.Process.Kill() }).Stop()
			}
		} else if _, err := fmt.Sscanf(lines.Text(), "done %d", &n); err == nil {
			done = n
		}
	}
	require.Error(t, cmd.Wait(), "the writer was killed")
	require.GreaterOrEqual(t, began, last, "the writer wrote until it was killed")
	return began, done
}

// checkWrites checks every secret, and returns the first write to be made yet.
func checkWrites(t *testing.T, path string, began, next int) int {
	s := openStore(t, path)
	require.NoError(t, s.Verify(t.Context(), nil))
	for i := range 10 {
		last := next - 1 - (next-1-i+10)%10 // the newest acknowledged write of this alias
		entries := make([]resolver.Entry, 1)
		require.NoError(t, s.Fetch(t.Context(), crashScope, []string{alias(i)}, true, entries))
		if last < 0 && entries[0].Status == macros.Missing {
			continue
		}
		got := entries[0].Secret.Reveal()
		if began >= next && began%10 == i && got == fmt.Sprint("value of write ", began) {
			next = began + 1 // written, and killed before it could say so
			continue
		}
		require.Equal(t, fmt.Sprint("value of write ", last), got)
	}
	written := 0
	for q := (store.AuditQuery{}); ; {
		page, err := s.Audit(t.Context(), crashScope, q)
		require.NoError(t, err)
		for _, e := range page.Items {
			if e.Outcome == "ok" {
				written++
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	require.Equal(t, next, written, "each write has its audit row")
	return next
}

func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sotto.db")
	s := openStore(t, path)
	_, err := sqlite.Open(path)
	require.ErrorContains(t, err, "in use by another process (pid "+strconv.Itoa(os.Getpid())+")")
	require.ErrorContains(t, err, "stop that one")

	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerEnv+"="+path, writerEnv+"_FIRST=0")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "in use by another process")

	require.NoError(t, s.Close())
	openStore(t, path)
}

// TestDiskFull writes to a file that may not grow: what was there stays, and
// the error says what is wrong.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sotto.db")
	b := open(t, path)
	s, err := store.Open(t.Context(), store.Options{Backend: b, Key: store.KeyText(store.NewKeyText())})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, sqlite.LimitPages(b, 60))
	made := 0
	for ; err == nil; made++ {
		require.Less(t, made, 1000)
		_, err = s.Create(t.Context(), store.Actor{}, "acme", store.Draft{Alias: fmt.Sprint("a", made), Type: store.Token, Value: store.Text(strings.Repeat("v", 5000))})
	}
	made--
	require.ErrorIs(t, err, store.ErrFull)
	require.Equal(t, store.Unavailable, store.CodeOf(err))
	require.ErrorContains(t, err, "the disk is full")
	require.Positive(t, made)
	require.NoError(t, s.Verify(t.Context(), nil))
	for i := range made {
		_, err := s.Get(t.Context(), "acme", fmt.Sprint("a", i))
		require.NoError(t, err)
	}
	_, err = s.Get(t.Context(), "acme", fmt.Sprint("a", made))
	require.Equal(t, store.NotFound, store.CodeOf(err))

	require.NoError(t, sqlite.LimitPages(b, 10_000))
	_, err = s.Create(t.Context(), store.Actor{}, "acme", store.Draft{Alias: "after", Type: store.Token, Value: store.Text("value")})
	require.NoError(t, err, "it goes on when there is room again")
}
