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
	// patience is how long the rest of a body may take to arrive once the
	// server is to end.
	patience time.Duration

	mu     sync.Mutex
	ending bool
	known  map[net.Conn]*connection
}

// connection is one of HTTP/1, and whether a body is arriving on it.
type connection struct {
	net.Conn

	mu       sync.Mutex
	arriving bool
	// patience is set when the server is to end; before it is 0.
	patience time.Duration
}

// connectionKey is where a request's context holds its *connection.
type connectionKey struct{}

// add is the ConnContext of a [http.Server].
func (c *connections) add(ctx context.Context, conn net.Conn) context.Context {
	added := &connection{Conn: conn}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[conn] = added; c.ending {
		added.hurry(c.patience)
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

// hurry bounds how long the rest of each body may take, from now on.
func (c *connections) hurry() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ending = true
	for _, known := range c.known {
		known.hurry(c.patience)
	}
}

func (c *connection) hurry(patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.patience = patience
	c.bound()
}

// bound sets the deadline of a body that is arriving while the server ends. A
// deadline that cannot be set is one of a connection that is closed.
func (c *connection) bound() {
	if c.arriving && c.patience > 0 {
		_ = c.SetReadDeadline(time.Now().Add(c.patience))
	}
}

// arrives says that a body is arriving from now on, until arrived is called.
func (c *connection) arrives() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arriving = true
	c.bound()
}

// arrived ends what arrives began. A body that is here whole has no deadline any
// more: it would end the request's context while it is being worked on.
func (c *connection) arrived(whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arriving = false
	if whole && c.patience > 0 {
		_ = c.SetReadDeadline(time.Time{})
	}
}
