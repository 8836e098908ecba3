package redistest

import (
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a client and a server and can go silent, as a network
// does that drops packets: connections stay open and nothing passes.
type Proxy struct {
	// Addr is host:port.
	Addr string
	// URL is that of the server, through the proxy.
	URL string

	listener net.Listener
	target   string

	mu   sync.Mutex
	open *sync.Cond
	// requests and replies say which direction is held back.
	requests, replies bool
	ended             bool
	conns             []net.Conn
	// delay is how long replies are on their way.
	delay time.Duration
}

// NewProxy starts a proxy in front of s, which ends with the test.
func NewProxy(t testing.TB, s *Server) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	p := &Proxy{listener: l, target: s.Addr, Addr: addr, URL: strings.Replace(s.URL, s.Addr, addr, 1)}
	p.open = sync.NewCond(&p.mu)
	var serving sync.WaitGroup
	serving.Go(func() { p.accept(&serving) })
	t.Cleanup(func() {
		_ = l.Close()
		p.Cut()
		p.mu.Lock()
		p.ended = true
		p.open.Broadcast()
		p.mu.Unlock()
		serving.Wait()
	})
	return p
}

// Silence lets nothing pass in either direction.
func (p *Proxy) Silence() { p.hold(true, true) }

// HoldReplies lets requests pass, and no reply.
func (p *Proxy) HoldReplies() { p.hold(false, true) }

// Resume lets everything pass again, what was held back first.
func (p *Proxy) Resume() { p.hold(false, false) }

// Delay makes each reply come that much later, as over a slow network.
func (p *Proxy) Delay(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = by
}

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

func (p *Proxy) hold(requests, replies bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests, p.replies = requests, replies
	p.open.Broadcast()
}

func (p *Proxy) accept(serving *sync.WaitGroup) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		serving.Go(func() { p.copy(server, client, &p.requests) })
		serving.Go(func() { p.copy(client, server, &p.replies) })
	}
}

func (p *Proxy) copy(to, from net.Conn, held *bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil || !p.wait(held) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// wait returns when data may pass, and false when it never will.
func (p *Proxy) wait(held *bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if by := p.delay; by > 0 && held == &p.replies {
		p.mu.Unlock()
		time.Sleep(by)
		p.mu.Lock()
	}
	for *held && !p.ended {
		p.open.Wait()
	}
	return !p.ended
}
