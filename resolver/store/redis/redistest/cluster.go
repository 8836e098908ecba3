package redistest

import (
	"context"
	"errors"
	goredis "github.com/redis/go-redis/v9"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// slots is the number of hash slots of every Cluster.
const slots = 16384

// masters is the number of masters of a Cluster here.
const masters = 3

// Cluster is a Redis Cluster of three masters.
type Cluster struct {
	// URL is what the store is given.
	URL     string
	Servers []*Server
}

// StartCluster starts three masters without replicas, and stops them when the
// test ends.
func StartCluster(t testing.TB, o Options) *Cluster {
	t.Helper()
	o.Config = append(o.Config, "cluster-enabled yes", "cluster-node-timeout 5000", "cluster-port BUSPORT")
	c := &Cluster{}
	for range masters {
		c.Servers = append(c.Servers, Start(t, o))
	}
	ctx := context.Background()
	for i, s := range c.Servers {
		client := s.Client(t)
		first, last := c.slots(i)
		if err := client.ClusterAddSlotsRange(ctx, first, last).Err(); err != nil {
			t.Fatal(err)
		}
		for _, other := range c.Servers[:i] {
			host, port, _ := net.SplitHostPort(other.Addr)
			if err := client.Do(ctx, "CLUSTER", "MEET", host, port, strconv.Itoa(other.busPort)).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range c.Servers {
		c.await(t, s)
	}
	c.URL = c.Servers[0].URL + "?addr=" + c.Servers[1].Addr + "&addr=" + c.Servers[2].Addr
	return c
}

// slots returns the first and the last slot of server i.
func (c *Cluster) slots(i int) (first, last int) {
	return i * slots / masters, (i+1)*slots/masters - 1
}

// ServerOf returns the number of the server that was given slot.
func (c *Cluster) ServerOf(slot int) int {
	for i := range masters {
		if first, last := c.slots(i); first <= slot && slot <= last {
			return i
		}
	}
	return -1
}

// await waits until a server sees the whole cluster.
func (c *Cluster) await(t testing.TB, s *Server) {
	t.Helper()
	client := s.Client(t)
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		info, err := client.ClusterInfo(context.Background()).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, "cluster_known_nodes:3") {
			return
		}
	}
	t.Fatalf("the cluster did not form:\n%s", s.log)
}

// MoveAll moves every slot that holds keys, key by key, to the next server.
func (c *Cluster) MoveAll(ctx context.Context) error {
	ids := make([]string, masters)
	clients := make([]*goredis.Client, masters)
	for i, s := range c.Servers {
		clients[i] = goredis.NewClient(&goredis.Options{Addr: s.Addr, DisableIdentity: true})
		defer func() { _ = clients[i].Close() }()
		id, err := clients[i].Do(ctx, "CLUSTER", "MYID").Text()
		if err != nil {
			return err
		}
		ids[i] = id
	}
	for slot := range slots {
		from := c.ServerOf(slot)
		n, err := clients[from].ClusterCountKeysInSlot(ctx, slot).Result()
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if err := c.move(ctx, clients, ids, slot, from, (from+1)%masters); err != nil {
			return err
		}
	}
	return nil
}

// move moves one slot in the way of redis-cli.
func (c *Cluster) move(ctx context.Context, clients []*goredis.Client, ids []string, slot, from, to int) error {
	set := func(at int, state string, id string) error {
		return clients[at].Do(ctx, "CLUSTER", "SETSLOT", slot, state, id).Err()
	}
	if err := errors.Join(set(to, "IMPORTING", ids[from]), set(from, "MIGRATING", ids[to])); err != nil {
		return err
	}
	host, port, _ := net.SplitHostPort(c.Servers[to].Addr)
	for {
		keys, err := clients[from].ClusterGetKeysInSlot(ctx, slot, 1).Result()
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			break
		}
		if err := clients[from].Migrate(ctx, host, port, keys[0], 0, time.Minute).Err(); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond) // the keys of a scope are on two servers meanwhile
	}
	var failed []error
	for _, at := range []int{to, from, (to + 1) % masters} {
		failed = append(failed, set(at, "NODE", ids[to]))
	}
	return errors.Join(failed...)
}
