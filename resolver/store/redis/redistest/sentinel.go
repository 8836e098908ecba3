package redistest

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"
)

// Sentinel is a master with a replica, and a Sentinel that puts the replica in
// the master's place when it is gone for a second.
type Sentinel struct {
	// URL is what the store is given.
	URL             string
	Master, Replica *Server
}

// StartSentinel starts the three, and stops them when the test ends.
func StartSentinel(t testing.TB, o Options) *Sentinel {
	t.Helper()
	s := &Sentinel{Master: Start(t, o)}
	host, port, _ := net.SplitHostPort(s.Master.Addr)
	follow := o
	follow.Config = append(follow.Config, "replicaof "+host+" "+port, "repl-diskless-sync-delay 0")
	s.Replica = Start(t, follow)
	awaitInfo(t, s.Replica, "replication", "master_link_status:up")
	watcher := Start(t, Options{mode: []string{"--sentinel"}, Config: []string{
		"sentinel monitor mymaster " + host + " " + port + " 1",
		"sentinel down-after-milliseconds mymaster 1000",
		"sentinel failover-timeout mymaster 5000",
	}})
	awaitInfo(t, watcher, "sentinel", "slaves=1")
	s.URL = watcher.URL + "?master=mymaster"
	return s
}

// AwaitFailover waits until the replica is the master.
func (s *Sentinel) AwaitFailover(t testing.TB) { awaitInfo(t, s.Replica, "replication", "role:master") }

func awaitInfo(t testing.TB, s *Server, section, says string) {
	t.Helper()
	client := s.Client(t)
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		info, err := client.Info(context.Background(), section).Result()
		if err == nil && strings.Contains(info, says) {
			return
		}
	}
	t.Fatalf("%s was not reached:\n%s", says, s.log)
}
