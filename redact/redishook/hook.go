// Package redishook redacts the errors of a go-redis client. Redis quotes the
// arguments of commands that it does not understand, and a failed connection
// may name its credentials.
//
//	client.AddHook(redishook.New(redactor))
package redishook

import (
	"context"
	"errors"
	"net"

	"github.com/redis/go-redis/v9"

	"github.com/sotto-render/sotto/redact"
)

// Hook is a [redis.Hook] that redacts errors. redis.Nil stays what it is;
// errors.Is and errors.As find every other error in the chain.
type Hook struct{ redactor *redact.Redactor }

// New returns a hook for [redis.Client.AddHook].
func New(r *redact.Redactor) *Hook { return &Hook{redactor: r} }

// DialHook redacts why a connection could not be made.
func (h *Hook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := next(ctx, network, addr)
		return conn, h.clean(err)
	}
}

// ProcessHook redacts the error of a command.
func (h *Hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := h.clean(next(ctx, cmd))
		cmd.SetErr(h.clean(cmd.Err()))
		return err
	}
}

// ProcessPipelineHook redacts the error of a pipeline and of its commands.
func (h *Hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := h.clean(next(ctx, cmds))
		for _, cmd := range cmds {
			cmd.SetErr(h.clean(cmd.Err()))
		}
		return err
	}
}

// clean keeps errors that callers compare, and those with nothing to mask.
func (h *Hook) clean(err error) error {
	if err == nil || errors.Is(err, redis.Nil) || h.redactor.String(err.Error()) == err.Error() {
		return err
	}
	return h.redactor.Error(err)
}
