package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// connections are those of one run of [Server.Serve].
type connections struct {
	// bodyTimeout is how long the rest of a body may take to arrive once the
	// server is to end.
	bodyTimeout time.Duration

	mu     sync.Mutex
	ending bool
	known  map[net.Conn]*connection
}

// connection is one of HTTP/1, and whether a body is arriving on it. Shutting a
// [http.Server] down waits for each request that has begun, so that one client
// that stops in the middle of its body would hold it up until the last limit.
type connection struct {
	net.Conn

	mu        sync.Mutex
	receiving bool
	// bodyTimeout is set when the server is to end; before it is 0.
	bodyTimeout time.Duration
}

// connectionKey is where a request's context holds its *connection.
type connectionKey struct{}

// add is the ConnContext of a [http.Server].
func (c *connections) add(ctx context.Context, conn net.Conn) context.Context {
	added := &connection{Conn: conn}
	c.mu.Lock()
	defer c.mu.Unlock()
	// It may have been accepted just before the end began.
	if c.known[conn] = added; c.ending {
		added.limitBody(c.bodyTimeout)
	}
	return context.WithValue(ctx, connectionKey{}, added)
}

// changed is the ConnState of a [http.Server].
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, conn)
}

// limitBodies bounds how long the rest of each body may take, from now on.
func (c *connections) limitBodies() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
	for _, known := range c.known {
		known.limitBody(c.bodyTimeout)
	}
}

func (c *connection) limitBody(timeout time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bodyTimeout = timeout
	c.setDeadline()
}

// setDeadline sets that of a body that is arriving while the server ends. One that
// cannot be set is that of a connection that is closed. Between bodies there is
// none: it would cut off a request that is being worked on.
func (c *connection) setDeadline() {
	if c.receiving && c.bodyTimeout > 0 {
		_ = c.SetReadDeadline(time.Now().Add(c.bodyTimeout))
	}
}

// bodyStarts says that a body is arriving from now on, until bodyEnds is called.
func (c *connection) bodyStarts() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receiving = true
	c.setDeadline()
}

// bodyEnds ends what bodyStarts began. A body that is here whole has no deadline any
// more: it would end the request's context while it is being worked on.
func (c *connection) bodyEnds(whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receiving = false
	if whole && c.bodyTimeout > 0 {
		_ = c.SetReadDeadline(time.Time{})
	}
}

// expect bounds the time until more of a body that arrives in pieces is there, unless
// the server is to end: then less is left.
func (c *connection) expect(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bodyTimeout == 0 {
		_ = c.SetReadDeadline(until) // one that cannot be set is that of a connection that is closed
	}
}
