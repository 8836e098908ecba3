package redistest

import (
	"bufio"
	"context"
	"net"
	"strings"
	"testing"
	"time"
)

// Monitor hears every command that a server without TLS gets, also those that
// scripts call, as whoever may run MONITOR does.
type Monitor struct {
	server *Server
	conn   net.Conn
	seen   *bufio.Reader
}

// NewMonitor starts to listen to s, until the test ends.
func NewMonitor(t testing.TB, s *Server) *Monitor {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := &Monitor{server: s, conn: conn, seen: bufio.NewReader(conn)}
	hello := []string{"MONITOR"}
	if s.options.Password != "" {
		hello = []string{"AUTH " + s.options.Password, "MONITOR"}
	}
	for _, line := range hello {
		if _, err := conn.Write([]byte(line + "\r\n")); err != nil {
			t.Fatal(err)
		}
		if reply := m.line(t); reply != "+OK\r\n" {
			t.Fatalf("the server does not let itself be monitored: %s", reply)
		}
	}
	return m
}

// Heard returns what the server was told since the last call.
func (m *Monitor) Heard(t testing.TB) string {
	t.Helper()
	const end = "the end of what is to be heard"
	if err := m.server.Client(t).Echo(context.Background(), end).Err(); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for {
		line := m.line(t)
		if strings.HasSuffix(line, "\""+end+"\"\r\n") {
			return all.String()
		}
		all.WriteString(line)
	}
}

func (m *Monitor) line(t testing.TB) string {
	t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	line, err := m.seen.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}
