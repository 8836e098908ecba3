package admission

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStreamsLeaveRoom is a batch of one token, with more goroutines than slots, and
// what its neighbour and its own other requests wait.
func TestStreamsLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		noisy, quiet := newWorker(t, c, "noisy"), newWorker(t, c, "quiet")
		pieces := make([]atomic.Int64, 3)
		for i := range pieces {
			all.Go(func() {
				var turn Turn
				for noisy.a.Continue(ctx, &turn, 400) == nil {
					time.Sleep(300 * time.Microsecond)
					turn.Yield(ctx)
					turn.End()
					pieces[i].Add(1)
				}
			})
		}
		// Alone it has both slots.
		time.Sleep(2 * time.Second)
		done := func() int64 { return pieces[0].Load() + pieces[1].Load() + pieces[2].Load() }
		before := done()
		require.Greater(t, before, int64(2*2*3000*9/10))
		quiet.work(ctx, 100*time.Microsecond, 100*time.Microsecond, nothing)
		for name, w := range map[string]*worker{"the neighbour": quiet, "its own": noisy} {
			var worst time.Duration
			for range 500 {
				worst = max(worst, w.work(ctx, 100*time.Microsecond, 100*time.Microsecond, nothing))
				time.Sleep(time.Millisecond)
			}
			require.LessOrEqual(t, worst, 300*time.Microsecond, "%s never waits for more than a piece", name)
		}
		require.Greater(t, done(), before+1000, "the batch goes on")
		stop()
		all.Wait()
	})
}

// TestStreamsKeepTheRate: each thing to do counts as a request of the token.
func TestStreamsKeepTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		a, err := c.Enter("token", Limits{Rate: 100})
		require.NoError(t, err)
		defer a.Leave()
		var turn Turn
		from := time.Now()
		for range 10 {
			require.NoError(t, a.Continue(t.Context(), &turn, 50))
			turn.End()
		}
		require.InDelta(t, 4, time.Since(from).Seconds(), 0.1, "500 at 100 in a second, of which the first 100 come at once")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, a.Continue(ctx, &turn, 1000))
		turn.End()
	})
}
