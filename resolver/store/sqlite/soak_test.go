package sqlite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/macros"
	"github.com/sotto-render/sotto/redact"
	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// reading is one look at a node that works.
type reading struct {
	rss, goroutines int
	p99             time.Duration
}

// TestSoak has a node resolve and rotate for SOTTO_SOAK over many secrets in many scopes,
// and checks that what it takes does not grow. `make soak` runs it.
func TestSoak(t *testing.T) {
	lasts, err := time.ParseDuration(os.Getenv("SOTTO_SOAK"))
	if err != nil {
		t.Skip("NOT RUN: it is make soak")
	}
	const scopes, each, looks = 1000, 100, 20
	// What was rotated out is kept for the grace time, which is part of what is measured.
	const grace = 5 * time.Second
	process := redact.NewWithOptions(redact.Options{Grace: grace})
	s, r := openNode(t, resolver.Options{CacheTTL: 10 * time.Second, Grace: grace, Redactor: process}, grace)
	by := store.Actor{Who: "tester"}
	scope := func(i int) resolver.Scope { return resolver.Scope(fmt.Sprint("tenant-", i)) }
	name := func(i int) string { return fmt.Sprint("alias-", i) }
	start := time.Now()
	for i := range scopes {
		for j := range each {
			_, err := s.Create(t.Context(), by, scope(i), store.Draft{Alias: name(j), Type: store.Token, Value: store.Text(fmt.Sprintf("value-%d-%d-of-the-start", i, j))})
			require.NoError(t, err)
		}
	}
	// All are resolved once, so that what is measured is a cache that is full.
	aliases, status, values := make([]string, each), make([]macros.Status, each), make([]redact.Secret, each)
	for j := range aliases {
		aliases[j] = name(j)
	}
	for i := range scopes {
		require.NoError(t, r.Scoped(scope(i)).Resolve(t.Context(), aliases, status, values))
	}
	t.Logf("%d secrets in %d scopes, made and resolved in %s", scopes*each, scopes, time.Since(start).Round(time.Second))

	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var took []time.Duration
	var lookups, rotations atomic.Int64
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			for ctx.Err() == nil {
				i, j := rand.N(scopes), rand.N(each)
				began := time.Now()
				value := lookUp(t, r, scope(i), name(j))
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				lookups.Add(1)
				if !strings.HasPrefix(value, fmt.Sprintf("value-%d-%d-", i, j)) {
					t.Errorf("tenant-%d was given another value", i)
				}
				time.Sleep(100 * time.Microsecond)
			}
		})
	}
	clients.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			i, j := rand.N(scopes), rand.N(each)
			if _, err := s.Update(t.Context(), by, scope(i), name(j), store.Patch{Value: store.Text(fmt.Sprintf("value-%d-%d-number-%d", i, j, n))}); err != nil {
				t.Errorf("rotate: %v", err)
			}
			rotations.Add(1)
			time.Sleep(time.Millisecond)
		}
	})
	var readings []reading
	for range looks {
		time.Sleep(lasts / looks)
		mu.Lock()
		now := took
		took = nil
		mu.Unlock()
		slices.Sort(now)
		debug.FreeOSMemory() // what is garbage is no growth
		readings = append(readings, reading{rss(t), runtime.NumGoroutine(), now[len(now)*99/100]})
		last := readings[len(readings)-1]
		t.Logf("%s: %d look-ups, %d rotations, RSS %d MiB, %d goroutines, p99 %s",
			time.Since(start).Round(time.Second), lookups.Load(), rotations.Load(), last.rss>>20, last.goroutines, last.p99)
	}
	cancel()
	clients.Wait()
	// In the first half the grace time and the cache come to what they take.
	before, after := worst(readings[looks/2:looks*3/4]), worst(readings[looks*3/4:])
	require.LessOrEqual(t, float64(after.rss), 1.1*float64(before.rss), "RSS")
	require.LessOrEqual(t, after.goroutines, before.goroutines+10, "goroutines")
	require.LessOrEqual(t, after.p99, 3*before.p99+time.Millisecond, "p99")
}

// worst has the most of each; of the goroutines, many of which are loads that end, it has
// the fewest: those that are always there.
func worst(readings []reading) (w reading) {
	w.goroutines = readings[0].goroutines
	for _, r := range readings {
		w = reading{max(w.rss, r.rss), min(w.goroutines, r.goroutines), max(w.p99, r.p99)}
	}
	return w
}

// rss is the memory of this process that is resident, in bytes.
func rss(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	require.NoError(t, err)
	return pages * os.Getpagesize()
}
