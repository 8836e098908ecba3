package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
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

// tasks :: what that process does -> one step of it
var tasks = map[string]func(ctx context.Context, s *store.Store, step int) error{
	"write": write,
	"rotate": func(ctx context.Context, s *store.Store, _ int) error {
		return s.RotateKeys(ctx, store.Actor{Who: "writer"}, nil)
	},
}

// workUntilKilled is that process: it takes step after step, and says so before
// and after each.
func workUntilKilled(path string) error {
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
	if err := limitFiles(os.Getenv(writerEnv + "_FILE_BYTES")); err != nil {
		return err
	}
	for i := first; ; i++ {
		fmt.Printf("begin %d\n", i)
		if err := tasks[os.Getenv(writerEnv+"_TASK")](ctx, s, i); err != nil {
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
		began, done := runWriter(t, path, "write", next, rand.IntN(60), 2*time.Millisecond)
		next = max(next, done+1)
		t.Run(fmt.Sprint("after kill ", kill+1), func(t *testing.T) { next = checkWrites(t, path, began, next) })
	}
	require.Positive(t, next, "a write was acknowledged")
}

// TestRotationKilled kills a process that rotates the key again and again. After
// each kill every secret is there, and the next start finishes the rotation.
func TestRotationKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sotto.db")
	s := openStore(t, path)
	const writes = 100 // more than one batch of a rotation
	for i := range writes {
		_, err := s.Create(t.Context(), store.Actor{Who: "writer"}, crashScope, store.Draft{
			Alias: fmt.Sprint("secret", i), Type: store.Token, Value: store.Text(fmt.Sprint("value ", i)),
		})
		require.NoError(t, err)
	}
	require.NoError(t, s.Close())
	for kill := range 6 {
		runWriter(t, path, "rotate", 0, kill%2, 20*time.Millisecond)
		t.Run(fmt.Sprint("after kill ", kill+1), func(t *testing.T) {
			s := openStore(t, path)
			for i := range writes {
				entries := make([]resolver.Entry, 1)
				require.NoError(t, s.Fetch(t.Context(), crashScope, []string{fmt.Sprint("secret", i)}, true, entries))
				require.Equal(t, fmt.Sprint("value ", i), entries[0].Secret.Reveal())
			}
			require.NoError(t, s.Reencrypt(t.Context(), nil))
			require.NoError(t, s.Reencrypt(t.Context(), func(_, left int) { require.Zero(t, left) }))
			require.NoError(t, s.Verify(t.Context(), nil))
		})
	}
}

// TestFileThatMayNotGrow runs the writer under a limit of its files' size, which
// SQLite meets in the middle of a write. It says so, and what was acknowledged
// is there.
func TestFileThatMayNotGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sotto.db")
	require.NoError(t, openStore(t, path).Close())
	cmd := worker(path, "write", 0)
	cmd.Env = append(cmd.Env, writerEnv+"_FILE_BYTES=300000")
	var out, problem strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problem
	require.Error(t, cmd.Run())
	require.Contains(t, problem.String(), "the store cannot do its work now")
	require.NotContains(t, problem.String(), "value of write")
	began, done := steps(strings.NewReader(out.String()), func(int) {})
	require.Positive(t, done)
	require.Equal(t, done+1, began)
	require.Equal(t, done+1, checkWrites(t, path, done, done+1))
}

func worker(path, task string, first int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerEnv+"="+path, writerEnv+"_TASK="+task, fmt.Sprintf("%s_FIRST=%d", writerEnv, first))
	return cmd
}

// runWriter runs a process and kills it: a number of steps after it began, so
// that the disk's speed does not matter, and a random moment later, so that any
// instant of a step may be hit. It returns the last step that began and the last
// that was acknowledged.
func runWriter(t *testing.T, path, task string, first, more int, within time.Duration) (began, done int) {
	t.Helper()
	cmd := worker(path, task, first)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var problem strings.Builder
	cmd.Stderr = &problem
	require.NoError(t, cmd.Start())
	last, later := first+more, rand.N(within)
	began, done = steps(out, func(began int) {
		if began == last {
			time.AfterFunc(later, func() { _ = cmd.Process.Kill() })
		}
	})
	began, done = max(began, first-1), max(done, first-1)
	require.Error(t, cmd.Wait(), "the writer was killed")
	require.GreaterOrEqual(t, began, last, "the writer wrote until it was killed, and did not say %s", &problem)
	return began, done
}

// steps reads what a worker says of its steps, and returns the last that began
// and the last that was done, -1 for none.
func steps(out io.Reader, onBegin func(int)) (began, done int) {
	began, done = -1, -1
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var n int
		if _, err := fmt.Sscanf(lines.Text(), "begin %d", &n); err == nil {
			began = n
			onBegin(n)
		} else if _, err := fmt.Sscanf(lines.Text(), "done %d", &n); err == nil {
			done = n
		}
	}
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

	out, err := worker(path, "write", 0).CombinedOutput()
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
