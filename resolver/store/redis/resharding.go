package redis

import (
	"context"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// slotRetryPause is how long a call waits for keys that a Cluster moves.
	slotRetryPause = 20 * time.Millisecond
	// maxSlotRetries is how often it does: for 5 seconds.
	maxSlotRetries = 250
)

// resharding is a hook on the client of a Cluster. While a slot moves from server to
// server, a script that needs several of its keys finds some here and some
// there, and one server sends the client to the other, which sends it back. So
// a call is made again until the slot has settled; nothing was done before.
type resharding struct{}

// DialHook implements [goredis.Hook].
func (resharding) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements [goredis.Hook].
func (resharding) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		return retryResharding(ctx, func() error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook implements [goredis.Hook]. The pipelines of a backend only
// read.
func (resharding) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		return retryResharding(ctx, func() error { return next(ctx, cmds) })
	}
}

// retryResharding makes a call until it meets no slot on its way, or time is up.
func retryResharding(ctx context.Context, call func() error) error {
	for range maxSlotRetries {
		err := call()
		if !isResharding(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(slotRetryPause):
		}
	}
	return call()
}

func isResharding(err error) bool {
	return slices.ContainsFunc([]string{"TRYAGAIN", "ASK", "MOVED"}, func(word string) bool {
		return goredis.HasErrorPrefix(err, word)
	})
}
