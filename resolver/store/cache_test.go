package store

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// What bounds how long a revoked token may work on a node that does not hear of
// it: the age of what was read, counted from before it was read.
func TestWhatWasReadLatelyIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache[string, int](2*time.Second, 2)
		reads, slow := 0, time.Duration(0)
		get := func(key string) int {
			n, err := c.get(key, func() (int, error) {
				reads++
				n := reads
				time.Sleep(slow)
				return n, nil
			})
			require.NoError(t, err)
			return n
		}
		slow = 500 * time.Millisecond
		require.Equal(t, 1, get("a"))
		time.Sleep(1500*time.Millisecond - time.Nanosecond)
		require.Equal(t, 1, get("a"))
		time.Sleep(time.Nanosecond)
		require.Equal(t, 2, get("a"))

		go get("b")
		synctest.Wait()
		c.clear()
		time.Sleep(slow)
		synctest.Wait()
		require.Equal(t, 4, get("b"), "a read from before a clear is not kept")
		require.Equal(t, 4, get("b"))
		c.drop("b")
		require.Equal(t, 5, get("b"))

		_, err := c.get("c", func() (int, error) { return 0, errors.New("down") })
		require.Error(t, err)
		require.Equal(t, 6, get("c"), "a failure is not kept")
		get("d")
		require.LessOrEqual(t, len(c.values), 2)
	})
}

func TestAFullCacheKeepsMostOfWhatItHas(t *testing.T) {
	const size = 256
	c := newCache[int, int](time.Hour, size)
	reads := 0
	for range 20 {
		for key := range size + size/16 {
			_, err := c.get(key, func() (int, error) { reads++; return key, nil })
			require.NoError(t, err)
		}
	}
	require.Less(t, reads, 20*size/2)
	require.LessOrEqual(t, len(c.values), size)
}
