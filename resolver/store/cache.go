package store

import (
	"sync"
	"time"
)

// cache remembers what was read a short while ago. A value that was read
// before a clear or drop is never remembered after it.
type cache[K comparable, V any] struct {
	ttl time.Duration
	max int
	mu  sync.RWMutex
	// generation counts the clears and drops.
	generation uint64
	values     map[K]cached[V]
}

type cached[V any] struct {
	value V
	read  time.Time
}

func newCache[K comparable, V any](ttl time.Duration, limit int) *cache[K, V] {
	return &cache[K, V]{ttl: ttl, max: limit, values: make(map[K]cached[V])}
}

// get returns what is remembered under key, else what read returns, which is
// remembered unless it comes with an error.
func (c *cache[K, V]) get(key K, read func() (V, error)) (V, error) {
	c.mu.RLock()
	found, ok := c.values[key]
	generation := c.generation
	c.mu.RUnlock()
	if ok && time.Since(found.read) < c.ttl {
		return found.value, nil
	}
	// A value is as old as the start of its read: it may have been true at no
	// later time.
	start := time.Now()
	value, err := read()
	if err != nil {
		return value, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// What was read may be from before the change that the clear or drop was
	// about. Kept, a revoked token would work for another ttl.
	if c.generation != generation {
		return value, nil
	}
	// One by one, whichever: emptied as a whole, a cache of a few too many would
	// be read anew again and again.
	for old := range c.values {
		if len(c.values) < c.max {
			break
		}
		delete(c.values, old)
	}
	c.values[key] = cached[V]{value, start}
	return value, nil
}

func (c *cache[K, V]) drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.values, key)
}

func (c *cache[K, V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.values)
}
