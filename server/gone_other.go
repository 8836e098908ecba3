//go:build !linux

package server

import "context"

// watch does nothing here: that the client is gone shows with the next read or
// write.
func (x *exchange) watch(context.CancelCauseFunc) (stop func()) { return func() {} }
