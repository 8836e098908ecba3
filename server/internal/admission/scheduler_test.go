package admission

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// worker is a token whose turns work, which in these tests means that they sleep.
type worker struct {
	t *testing.T
	c *Controller
	a *Account
}

// newController returns one with two slots, whatever the machine has.
func newController(o Options) *Controller {
	c := New(o)
	c.turns = newScheduler(2)
	return c
}

func newWorker(t *testing.T, c *Controller, id string) *worker {
	a, err := c.Enter(id, Limits{})
	require.NoError(t, err)
	return &worker{t, c, a}
}

// work takes one turn of this length, with a chance to yield at each step, and
// returns how long it waited for its first slot.
func (w *worker) work(ctx context.Context, length, step time.Duration, did func(time.Duration)) (waited time.Duration) {
	var turn Turn
	from := time.Now()
	require.NoError(w.t, w.a.Begin(ctx, &turn))
	defer turn.End()
	waited = time.Since(from)
	for worked := time.Duration(0); worked < length && ctx.Err() == nil; worked += step {
		time.Sleep(step)
		did(step)
		turn.Yield(ctx)
	}
	return waited
}

func nothing(time.Duration) {}

// TestShortTurnsPassLongOnes is 64 connections of one token with a template of
// half a second each, and what a neighbour waits.
func TestShortTurnsPassLongOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		noisy, quiet := newWorker(t, c, "noisy"), newWorker(t, c, "quiet")
		for range 64 {
			all.Go(func() {
				var turn Turn
				for ctx.Err() == nil {
					if noisy.a.Begin(ctx, &turn) != nil {
						return
					}
					for range 500 {
						time.Sleep(time.Millisecond)
						turn.Yield(ctx)
					}
					turn.End()
				}
			})
		}
		time.Sleep(time.Second)
		var worst time.Duration
		for range 1000 {
			worst = max(worst, quiet.work(ctx, 100*time.Microsecond, 100*time.Microsecond, nothing))
			time.Sleep(3 * time.Millisecond)
		}
		require.LessOrEqual(t, worst, 2*quantum)
		stop()
		all.Wait()
	})
}

// While a neighbour has short turns one slot stays free of long ones, however rarely those
// begin and whether anybody waits; a second later they have all.
func TestOneSlotIsKeptForShortTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		noisy, quiet := newWorker(t, c, "noisy"), newWorker(t, c, "quiet")
		for range 2 {
			all.Go(func() {
				for ctx.Err() == nil {
					noisy.work(ctx, time.Minute, time.Millisecond, nothing)
				}
			})
		}
		working := func() int {
			c.turns.mu.Lock()
			defer c.turns.mu.Unlock()
			return len(c.turns.working)
		}
		time.Sleep(20 * time.Millisecond)
		require.Equal(t, 2, working())
		quiet.work(ctx, 100*time.Microsecond, 100*time.Microsecond, nothing)
		time.Sleep(3 * quantum)
		for range 1000 {
			require.Equal(t, 1, working())
			quiet.work(ctx, 100*time.Microsecond, 100*time.Microsecond, nothing)
			time.Sleep(3 * time.Millisecond)
		}
		time.Sleep(reserve + 3*quantum)
		require.Equal(t, 2, working())
		stop()
		all.Wait()
	})
}

// TestTokensShareEqually has tokens with very different turns work side by side.
func TestTokensShareEqually(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		ctx, stop := context.WithCancel(t.Context())
		worked := map[string]time.Duration{}
		var mu sync.Mutex
		var all sync.WaitGroup
		for id, shape := range map[string]struct {
			connections  int
			length, step time.Duration
		}{
			"many":   {50, 300 * time.Millisecond, time.Millisecond},
			"few":    {4, 300 * time.Millisecond, time.Millisecond},
			"coarse": {4, 300 * time.Millisecond, 5 * time.Millisecond},
			"short":  {50, 500 * time.Microsecond, 500 * time.Microsecond},
		} {
			w := newWorker(t, c, id)
			for range shape.connections {
				all.Go(func() {
					for ctx.Err() == nil {
						var turn Turn
						if w.a.Begin(ctx, &turn) != nil {
							return
						}
						for done := time.Duration(0); done < shape.length && ctx.Err() == nil; done += shape.step {
							time.Sleep(shape.step)
							mu.Lock()
							worked[id] += shape.step
							mu.Unlock()
							turn.Yield(ctx)
						}
						turn.End()
					}
				})
			}
		}
		time.Sleep(10 * time.Second)
		stop()
		all.Wait()
		var total time.Duration
		for _, one := range worked {
			total += one
		}
		require.Greater(t, total, 18*time.Second, "both slots work: %v", worked)
		for _, id := range []string{"many", "few", "coarse"} {
			require.InEpsilon(t, worked["few"].Seconds(), worked[id].Seconds(), .1, "%v", worked)
		}
		// One slot is kept from long turns, so that short ones may get more.
		require.GreaterOrEqual(t, worked["short"], worked["few"])
	})
}

// TestLostTurnsBlockNobody has turns that hold every slot and never yield.
func TestLostTurnsBlockNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		blocked := newWorker(t, c, "blocked")
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { blocked.work(t.Context(), time.Hour, time.Hour, nothing) })
		}
		synctest.Wait()
		require.LessOrEqual(t, newWorker(t, c, "other").work(t.Context(), time.Millisecond, time.Millisecond, nothing), lost)
		all.Wait()
	})
}

// TestFewTurnsAreUnfinished bounds what one token has half done.
func TestFewTurnsAreUnfinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{})
		w := newWorker(t, c, "one")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { w.work(t.Context(), 100*time.Millisecond, time.Millisecond, nothing) })
		}
		for range 50 {
			time.Sleep(10 * time.Millisecond)
			c.turns.mu.Lock()
			require.LessOrEqual(t, w.a.share.unfinished, 4)
			c.turns.mu.Unlock()
		}
		all.Wait()
		require.Zero(t, c.Waiting())
		require.Empty(t, c.turns.working)
	})
}

// TestOneTokenAloneUsesAllSlots measures how long much work takes.
func TestOneTokenAloneUsesAllSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newController(Options{Patience: time.Hour})
		w := newWorker(t, c, "one")
		from := time.Now()
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() { w.work(t.Context(), 500*time.Millisecond, time.Millisecond, nothing) })
		}
		all.Wait()
		require.Less(t, time.Since(from), 12*time.Second, "20 s of work for two slots")
	})
}

// TestWaitingEnds says what ends the waiting for a turn.
func TestWaitingEnds(t *testing.T) {
	for name, test := range map[string]struct {
		context time.Duration
		want    string
	}{
		"patience": {time.Hour, (&Refusal{Reason: Queue}).Error()},
		"context":  {time.Millisecond, context.DeadlineExceeded.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newController(Options{Patience: time.Second})
				w := newWorker(t, c, "one")
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() { w.work(t.Context(), time.Minute, time.Minute, nothing) })
				}
				synctest.Wait()
				time.Sleep(2 * lost)
				ctx, cancel := context.WithTimeout(t.Context(), test.context)
				defer cancel()
				var turn Turn
				require.EqualError(t, w.a.Begin(ctx, &turn), test.want)
				turn.End()
				all.Wait()
				require.Zero(t, w.a.share.unfinished)
				require.NoError(t, w.a.Begin(t.Context(), &turn))
				turn.End()
			})
		})
	}
}

func BenchmarkUncontended(b *testing.B) {
	c := New(Options{})
	var turn Turn
	b.ReportAllocs()
	for b.Loop() {
		a, err := c.Enter("one", Limits{})
		if err != nil || a.Hold(8<<10) != nil || a.Begin(b.Context(), &turn) != nil {
			b.Fatal(err)
		}
		turn.End()
		turn.Reset()
		a.Free(8 << 10)
		a.Leave()
	}
}

// A token that once waited and then had the machine for itself does not pay for
// that time when others come.
func TestTimeAloneCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options{})
		c.turns = newScheduler(1)
		a, b := newWorker(t, c, "a"), newWorker(t, c, "b")
		var first, second Turn
		require.NoError(t, b.a.Begin(t.Context(), &first))
		var waited sync.WaitGroup
		waited.Go(func() { require.NoError(t, a.a.Begin(t.Context(), &second)) })
		synctest.Wait()
		first.End()
		waited.Wait()
		time.Sleep(2 * time.Second)
		second.End()

		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for ctx.Err() == nil {
					b.work(t.Context(), 3*time.Millisecond, 3*time.Millisecond, nothing)
				}
			})
		}
		time.Sleep(10 * time.Millisecond)
		require.Less(t, a.work(t.Context(), time.Millisecond, time.Millisecond, nothing), 100*time.Millisecond)
		stop()
		all.Wait()
	})
}
