// Package sourcecache keeps what was made from texts, such as compiled templates,
// by the whole of each text and what else decides the result. It is the one cache
// of the engine and of the server.
package sourcecache

import (
	"hash/maphash"
	"math"

	"github.com/maypok86/otter/v2"
)

// Cache is bounded by the weight of what it keeps, and gives up what is asked for
// least, one by one. O is what decides the result besides the text. A Cache is
// safe for concurrent use and leaves no goroutine behind; a look-up allocates
// nothing.
type Cache[O comparable, V any] struct {
	seed maphash.Seed
	// kept :: hash of source and options -> entry
	kept *otter.Cache[uint64, entry[O, V]]
}

type key[O comparable] struct {
	source  string
	options O
}

type entry[O comparable, V any] struct {
	key[O]
	value  V
	weight uint32
}

// entryBytes is what an entry takes besides what it keeps.
const entryBytes = 256

// New returns a cache of things that weigh at most this many bytes together.
func New[O comparable, V any](bytes int) *Cache[O, V] {
	return &Cache[O, V]{
		seed: maphash.MakeSeed(),
		kept: otter.Must(&otter.Options[uint64, entry[O, V]]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(_ uint64, e entry[O, V]) uint32 { return e.weight },
			// Upkeep runs in the caller, so that no goroutine is left behind.
			Executor: func(upkeep func()) { upkeep() },
			Logger:   &otter.NoopLogger{},
		}),
	}
}

// Get returns what was kept for source and options.
func (c *Cache[O, V]) Get(source string, options O) (V, bool) {
	e, ok := c.kept.GetIfPresent(c.hash(source, options))
	// Two texts may have one hash, and none may be taken for the other.
	if !ok || e.key != (key[O]{source, options}) {
		var none V
		return none, false
	}
	return e.value, true
}

// Set keeps value, which weighs this many bytes, for source and options. It holds
// on to source: a piece of a greater text is to be cloned first.
func (c *Cache[O, V]) Set(source string, options O, value V, weight int) {
	c.kept.Set(c.hash(source, options), entry[O, V]{
		key: key[O]{source, options}, value: value, weight: uint32(min(max(weight, 0), math.MaxInt32-entryBytes) + entryBytes),
	})
}

func (c *Cache[O, V]) hash(source string, options O) uint64 {
	// The seed is secret, so nobody can choose texts that meet. A text is hashed in
	// one go here, which maphash.String does piece by piece and several times slower.
	return maphash.Comparable(c.seed, key[O]{source, options})
}
