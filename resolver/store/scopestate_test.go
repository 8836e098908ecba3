package store

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// stuck is a backend that stops answering when held is set.
type stuck struct {
	*remembered
	held chan struct{}
}

func (b *stuck) Snapshot(ctx context.Context, scope string, tables []Table, row func(Row) error) (Head, error) {
	if b.held != nil {
		<-b.held
	}
	return b.remembered.Snapshot(ctx, scope, tables, row)
}

// Whoever waits for another's call about a scope waits no longer than its own
// deadline allows.
func TestAWaiterForAScopeHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &stuck{remembered: &remembered{rows: make(map[Key]*Row)}}
		s, err := Open(t.Context(), Options{Backend: b, Key: KeyText(NewKeyText())})
		require.NoError(t, err)
		b.held = make(chan struct{})
		go func() { _, _ = s.Get(t.Context(), "acme", "a") }()
		synctest.Wait()
		for name, call := range map[string]func(context.Context) error{
			"read":   func(ctx context.Context) error { _, err := s.Get(ctx, "acme", "a"); return err },
			"write":  func(ctx context.Context) error { _, err := s.Archive(ctx, Actor{}, "acme", "a", true); return err },
			"verify": func(ctx context.Context) error { return s.verifyScope(ctx, "acme") },
			"repair": func(ctx context.Context) error { _, err := s.Repair(ctx, Actor{}, "acme"); return err },
		} {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			err := call(ctx)
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded, name)
			require.Equal(t, Unavailable, CodeOf(err), name)
			require.Equal(t, 300*time.Millisecond, time.Since(start), name)
		}
		close(b.held)
		synctest.Wait()
		_, err = s.Get(t.Context(), "acme", "a")
		require.Equal(t, NotFound, CodeOf(err))
		require.NoError(t, s.Close())
	})
}

// down is a backend that fails while it is set.
type down struct {
	*remembered
	failing atomic.Bool
}

func (b *down) Find(ctx context.Context, keys []Key, values bool) ([]*Row, error) {
	if b.failing.Load() {
		return nil, ErrFull
	}
	return b.remembered.Find(ctx, keys, values)
}

func (b *down) Watch(func(Key)) (stop func()) { return func() {} }

func (b *down) Hearing() bool { return true }

// An outage is two lines of the log, however long it lasts.
func TestAnOutageIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		b := &down{remembered: &remembered{rows: make(map[Key]*Row)}}
		s, err := Open(t.Context(), Options{Backend: b, Key: KeyText(NewKeyText()), Logger: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		for range 2 {
			b.failing.Store(true)
			time.Sleep(time.Minute)
			b.failing.Store(false)
			time.Sleep(time.Minute)
		}
		require.NoError(t, s.Close())
		require.Equal(t, 2, strings.Count(log.String(), "the store does not answer"))
		require.Equal(t, 2, strings.Count(log.String(), "the store answers again"))
	})
}
