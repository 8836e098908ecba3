package sourcecache_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/internal/sourcecache"
)

type options struct {
	syntax uint8
	scope  string
}

func TestSourceAndOptionsDecide(t *testing.T) {
	cache := sourcecache.New[options, int](1 << 20)
	cache.Set("a", options{1, "x"}, 1, 10)
	cache.Set("a", options{1, "y"}, 2, 10)
	cache.Set("b", options{1, "x"}, 3, 10)
	for _, c := range []struct {
		name   string
		source string
		o      options
		want   int
		ok     bool
	}{
		{"kept", "a", options{1, "x"}, 1, true},
		{"other options", "a", options{1, "y"}, 2, true},
		{"other source", "b", options{1, "x"}, 3, true},
		{"unknown source", "c", options{1, "x"}, 0, false},
		{"unknown options", "a", options{2, "x"}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := cache.Get(c.source, c.o)
			require.Equal(t, c.ok, ok)
			require.Equal(t, c.want, got)
		})
	}
	cache.Set("a", options{1, "x"}, 4, 10)
	got, _ := cache.Get("a", options{1, "x"})
	require.Equal(t, 4, got, "the last one counts")
}

// What is kept never weighs more than the limit, and one more gives up few.
func TestWeightBounds(t *testing.T) {
	const limit, weight = 1 << 20, 10_000
	cache := sourcecache.New[options, int](limit)
	kept := func(n int) (found int) {
		for i := range n {
			if _, ok := cache.Get(strconv.Itoa(i), options{}); ok {
				found++
			}
		}
		return found
	}
	before := 0
	for i := range 500 {
		cache.Set(strconv.Itoa(i), options{}, i, weight)
		now := kept(i + 1)
		require.LessOrEqual(t, now*weight, limit)
		require.GreaterOrEqual(t, now, before-1, "entry %d", i)
		before = now
	}
	require.Greater(t, before*weight, limit*9/10)

	cache.Set("heavy", options{}, 0, limit+1)
	_, ok := cache.Get("heavy", options{})
	require.False(t, ok, "what weighs more than the limit is not kept")
	require.GreaterOrEqual(t, kept(500), before-1, "and gives up nothing for it")
}

// What is asked for stays while others come and go.
func TestAskedForStays(t *testing.T) {
	cache := sourcecache.New[options, int](1 << 20)
	for i := range 5_000 {
		cache.Set("other"+strconv.Itoa(i), options{}, i, 10_000)
		if i%50 == 0 {
			cache.Set("rare", options{}, 0, 10_000)
		}
		got, ok := cache.Get("often", options{})
		if !ok {
			require.Zero(t, i, "lost after it was asked for")
			cache.Set("often", options{}, 7, 10_000)
			continue
		}
		require.Equal(t, 7, got)
	}
}

// Each answer is that of its own text, whoever adds and asks at once.
func TestConcurrentUse(t *testing.T) {
	cache := sourcecache.New[options, int](200_000)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 20_000 {
				n := (i*7 + worker*13) % 2_000
				if got, ok := cache.Get(strconv.Itoa(n), options{}); ok && got != n {
					t.Errorf("%d is what was kept for %d", got, n)
					return
				} else if !ok {
					cache.Set(strconv.Itoa(n), options{}, n, 100)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkGet(b *testing.B) {
	cache := sourcecache.New[options, *int](1 << 20)
	source := strings.Repeat("lorem {{ name }} ", 61)
	cache.Set(source, options{scope: "acme/shop"}, new(int), 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := cache.Get(source, options{scope: "acme/shop"}); !ok {
			b.Fatal("lost")
		}
	}
}
