package engine

import "sync"

// generations is a bounded map, safe for concurrent use. It has two halves:
// when the young one is full it becomes the old one, and what is not asked for
// until that happens again is forgotten.
type generations[K comparable, V any] struct {
	mu         sync.RWMutex
	young, old map[K]aged[V]
	youngBytes int
	limit      int
}

// aged is a value and what it counts.
type aged[V any] struct {
	value V
	bytes int
}

const (
	defaultCacheBytes = 16 << 20
	// entryBytes is what an entry counts besides its source, so that many
	// short ones are bounded too.
	entryBytes = 512
)

func (g *generations[K, V]) get(key K) (V, bool) {
	g.mu.RLock()
	found, ok := g.young[key]
	g.mu.RUnlock()
	if ok {
		return found.value, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if found, ok = g.old[key]; ok {
		delete(g.old, key)
		g.keep(key, found)
	}
	return found.value, ok
}

// set keeps value, whose source is of the given length. limit bounds both
// halves together; 0 means 16 MiB.
func (g *generations[K, V]) set(key K, value V, length, limit int) {
	if limit <= 0 {
		limit = defaultCacheBytes
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.limit = limit
	g.keep(key, aged[V]{value, length + entryBytes})
}

func (g *generations[K, V]) keep(key K, entry aged[V]) {
	if _, ok := g.young[key]; !ok {
		g.youngBytes += entry.bytes
	}
	if g.young == nil || g.youngBytes > g.limit/2 {
		g.young, g.old = make(map[K]aged[V]), g.young
		g.youngBytes = entry.bytes
	}
	g.young[key] = entry
}
