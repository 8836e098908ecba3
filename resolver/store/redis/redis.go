package redis

import (
	"context"
	"crypto/rand"
	"strings"
	"sync/atomic"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"github.com/sotto-render/sotto/resolver/store"
)

// Backend is a [store.Backend] in Redis. It is safe for concurrent use.
type Backend struct {
	client goredis.UniversalClient
	names  names
	// node tells this process's messages from those of others.
	node string
	// watching is the present watch, or nil.
	watching atomic.Pointer[watch]
}

var (
	_ store.Backend = (*Backend)(nil)
	_ store.Watcher = (*Backend)(nil)
	_ store.Leaser  = (*Backend)(nil)
	_ store.Tracker = (*Backend)(nil)
)

// Open connects to the Redis at url, see [ParseURL]. It fails where the server
// cannot be reached now.
func Open(ctx context.Context, url string) (*Backend, error) {
	config, err := ParseURL(url)
	if err != nil {
		return nil, err
	}
	// The client's own log goes to standard error by itself, past the
	// process's logger and its redactor. What it has to say, the errors of
	// its calls say too.
	logging.Disable()
	b := newBackend(config)
	if err := b.client.Ping(ctx).Err(); err != nil {
		_ = b.client.Close()
		return nil, explain(err)
	}
	return b, nil
}

func newBackend(config Config) *Backend {
	b := &Backend{
		client: goredis.NewUniversalClient(config.Client),
		names:  names{config.Prefix},
		node:   rand.Text(),
	}
	watched := func() bool { return b.watching.Load() != nil }
	guard := func(node *goredis.Client) {
		node.AddHook(newBreaker(watched, config.patience()))
	}
	switch client := b.client.(type) {
	case *goredis.Client:
		guard(client)
	case *goredis.ClusterClient:
		client.OnNewNode(guard)
		client.AddHook(resharding{})
	}
	return b
}

// Name returns "redis".
func (b *Backend) Name() string { return "redis" }

// Close ends the connections.
func (b *Backend) Close() error { return explain(b.client.Close()) }

// Hearing reports whether changes by other nodes are heard. A connection that
// has gone silent is known within 3 seconds. Before [Backend.Watch] there is
// nothing to hear, which counts as heard.
func (b *Backend) Hearing() bool {
	w := b.watching.Load()
	return w == nil || w.hearing()
}

// Warnings returns in what ways the server is not set up to keep what it
// acknowledges. A server that does not tell gives no warning.
func (b *Backend) Warnings(ctx context.Context) []string {
	found := make(map[string]bool)
	_ = b.eachMaster(ctx, func(ctx context.Context, _ string, node goredis.Cmdable) error {
		memory, err := node.Info(ctx, "memory").Result()
		if err == nil && !strings.Contains(memory, "maxmemory_policy:noeviction") {
			found["redis may evict secrets: set maxmemory-policy to noeviction"] = true
		}
		persistence, err := node.Info(ctx, "persistence").Result()
		if err == nil && !strings.Contains(persistence, "aof_enabled:1") {
			found["redis may lose changes when it stops: set appendonly to yes"] = true
		}
		return nil
	})
	warnings := make([]string, 0, len(found))
	for warning := range found {
		warnings = append(warnings, warning)
	}
	return warnings
}

// eachMaster calls do for every server that takes writes, of which there are
// several in a Cluster alone. They may be called at the same time.
func (b *Backend) eachMaster(ctx context.Context, do func(ctx context.Context, addr string, node goredis.Cmdable) error) error {
	cluster, ok := b.client.(*goredis.ClusterClient)
	if !ok {
		return do(ctx, "", b.client)
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, node *goredis.Client) error {
		return do(ctx, node.Options().Addr, node)
	})
}
