package server

import (
	"context"
	"crypto/tls"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// look is how often a connection is looked at.
const look = 25 * time.Millisecond

// watch calls gone once the client has closed its connection, until the function
// that it returns is called. net/http notices that itself once the body is here; a
// stream may be worked on for long before, and its client closes behind bytes that
// wait to be read.
func (x *exchange) watch(gone context.CancelCauseFunc) (stop func()) {
	known, ok := x.r.Context().Value(connectionKey{}).(*connection)
	if !ok || x.r.ProtoMajor != 1 {
		return func() {}
	}
	conn := known.Conn
	if encrypted, ok := conn.(*tls.Conn); ok {
		conn = encrypted.NetConn()
	}
	raw, ok := conn.(syscall.Conn)
	if !ok {
		return func() {}
	}
	done, left := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(left)
		ticks := time.NewTicker(look)
		defer ticks.Stop()
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				if closed(raw) {
					gone(net.ErrClosed)
					return
				}
			}
		}
	}()
	return func() { close(done); <-left }
}

// closed reports whether the other side of conn has closed it.
func closed(conn syscall.Conn) bool {
	raw, err := conn.SyscallConn()
	if err != nil {
		return true
	}
	found := false
	err = raw.Control(func(fd uintptr) {
		at := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(at, 0)
		found = err == nil && n > 0
	})
	return found || err != nil
}
