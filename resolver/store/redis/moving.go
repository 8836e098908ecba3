package redis

import (
	"context"
	"slices"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const (
	// movePause is how long a call waits for keys that a Cluster moves.
	movePause = 20 * time.Millisecond
	// maxMovePauses is how often it does: for 5 seconds.
	maxMovePauses = 250
)

// moving is a hook on the client of a Cluster. While a slot moves from server to
// server, a script that needs several of its keys finds some here and some
// there, and one server sends the client to the other, which sends it back. So
// a call is made again until the slot has settled; nothing was done before.
type moving struct{}

// DialHook implements [goredis.Hook].
func (moving) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements [goredis.Hook].
func (moving) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		return settled(ctx, func() error { return next(ctx, cmd) })
	}
}

// ProcessPipelineHook implements [goredis.Hook]. The pipelines of a backend only
// read.
func (moving) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		return settled(ctx, func() error { return next(ctx, cmds) })
	}
}

// settled makes a call until it meets no slot on its way, or time is up.
func settled(ctx context.Context, call func() error) error {
	for range maxMovePauses {
		err := call()
		if !onItsWay(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(movePause):
		}
	}
	return call()
}

func onItsWay(err error) bool {
	return slices.ContainsFunc([]string{"TRYAGAIN", "ASK", "MOVED"}, func(word string) bool {
		return goredis.HasErrorPrefix(err, word)
	})
}
