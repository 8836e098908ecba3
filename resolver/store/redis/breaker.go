package redis

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	goredis "github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/resolver/store"
)

const (
	// slowCall is how long a call waits in vain before it speaks against the
	// server. One that is refused at once costs its caller nothing.
	slowCall = heartbeatInterval * 9 / 10
	// maxSlowCalls is how many of them, one after the other, are enough.
	maxSlowCalls = 2
	// callPatience is how long one call may take, the tries that go-redis makes by
	// itself included: with half a second for the token before, nobody is to wait for two
	// seconds. callReads is how many times the read timeout it is where that was chosen.
	callPatience = 1400 * time.Millisecond
	callReads    = 2
)

// errSilent is returned at once while a server is known not to answer.
var errSilent = &failure{"redis does not answer", store.ErrUnreachable}

// breaker is a hook on the client of one server. While the server does not
// answer, calls fail at once instead of each waiting for it. The heartbeats
// of a watch try the server once a second; where nothing watches, calls do.
type breaker struct {
	circuit circuitbreaker.CircuitBreaker[any]
	// watched reports whether heartbeats are sent.
	watched func() bool
	// patience is how long one call may take.
	patience time.Duration
	// answers counts the calls that were answered.
	answers atomic.Uint64
}

func newBreaker(watched func() bool, patience time.Duration) *breaker {
	return &breaker{
		circuit: circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(maxSlowCalls).WithSuccessThreshold(1).
			// A little less than the pause between two heartbeats, so
			// that each of them may try.
			WithDelay(heartbeatInterval / 2).
			Build(),
		watched:  watched,
		patience: patience,
	}
}

// probe marks a context whose call may try a server that did not answer, and
// under one whose calls are none of their own: a connection that is made for a
// call, or for a subscription, says its hello by the same hook.
type (
	probe struct{}
	under struct{}
)

// do makes one call, or fails at once.
func (b *breaker) do(ctx context.Context, call func(context.Context) error) error {
	if ctx.Value(under{}) != nil {
		return call(ctx)
	}
	closed := b.circuit.IsClosed()
	if !closed {
		may := ctx.Value(probe{}) != nil || !b.watched()
		if !may || !b.circuit.TryAcquirePermit() {
			return errSilent
		}
	}
	bounded, cancel := context.WithTimeout(context.WithValue(ctx, under{}, true), b.patience)
	defer cancel()
	start, answers := time.Now(), b.answers.Load()
	err := call(bounded)
	switch {
	case answered(err):
		b.answers.Add(1)
		b.circuit.RecordSuccess()
	case !closed:
		b.circuit.RecordFailure()
	case time.Since(start) >= slowCall && b.answers.Load() == answers && b.circuit.IsClosed():
		// Others' answers say that the server is well, or was well again
		// since this call was lost.
		b.circuit.RecordFailure()
	}
	return err
}

// answered reports whether the server said anything, be it a refusal.
func answered(err error) bool {
	var reply goredis.Error
	return err == nil || errors.As(err, &reply)
}

// DialHook implements [goredis.Hook].
func (b *breaker) DialHook(next goredis.DialHook) goredis.DialHook { return next }

// ProcessHook implements [goredis.Hook].
func (b *breaker) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		err := b.do(ctx, func(ctx context.Context) error { return next(ctx, cmd) })
		if err != nil {
			cmd.SetErr(err)
		}
		return err
	}
}

// ProcessPipelineHook implements [goredis.Hook].
func (b *breaker) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		err := b.do(ctx, func(ctx context.Context) error { return next(ctx, cmds) })
		if errors.Is(err, errSilent) {
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
		}
		return err
	}
}
