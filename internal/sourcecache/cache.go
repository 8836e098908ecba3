// Package sourcecache keeps what was made from texts, such as compiled templates,
// by the whole of each text and what else decides the result. It is the one cache
// of the engine and of the server.
package sourcecache

import (
	"hash/maphash"
	"math/bits"
	"sync"
	"sync/atomic"
)

// Cache is bounded by the weight of what it keeps, and gives up what is asked for
// least, one by one. O is what decides the result besides the text. A Cache is
// safe for concurrent use and leaves no goroutine behind; a look-up takes no lock
// and allocates nothing.
//
// What goes is chosen by SIEVE (Zhang et al., NSDI 2024): a hand walks from the
// oldest entry to the newest, spares whatever was asked for since it last came by,
// and takes the first that was not.
type Cache[O comparable, V any] struct {
	seed  maphash.Seed
	limit int
	table atomic.Pointer[table[O, V]]

	// mu guards what follows, the links of the entries, and changes of the table.
	mu             sync.Mutex
	entries        int
	weight         int
	newest, oldest *entry[O, V]
	hand           *entry[O, V]
}

type key[O comparable] struct {
	source  string
	options O
}

type entry[O comparable, V any] struct {
	key[O]
	hash   uint64
	value  V
	weight int
	// asked says that it was asked for since the hand came by.
	asked atomic.Bool
	// next is the next one of its bucket.
	next         atomic.Pointer[entry[O, V]]
	newer, older *entry[O, V]
}

// entryBytes is what an entry takes besides what it keeps.
const entryBytes = 256

// New returns a cache of things that weigh at most this many bytes together.
func New[O comparable, V any](bytes int) *Cache[O, V] {
	c := &Cache[O, V]{seed: maphash.MakeSeed(), limit: bytes}
	c.table.Store(newTable[O, V](minBuckets))
	return c
}

// Get returns what was kept for source and options.
func (c *Cache[O, V]) Get(source string, options O) (V, bool) {
	k := key[O]{source, options}
	e := c.table.Load().find(c.hash(&k), &k)
	if e == nil {
		var none V
		return none, false
	}
	if !e.asked.Load() { // a store that changes nothing would still take the line from the other cores
		e.asked.Store(true)
	}
	return e.value, true
}

// Set keeps value, which weighs this many bytes, for source and options. It holds
// on to source: a piece of a greater text is to be cloned first. What weighs more
// than the whole cache may is not kept.
func (c *Cache[O, V]) Set(source string, options O, value V, weight int) {
	e := &entry[O, V]{key: key[O]{source, options}, value: value, weight: max(weight, 0) + entryBytes}
	e.hash = c.hash(&e.key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.table.Load().find(e.hash, &e.key); old != nil {
		c.remove(old)
	}
	if e.weight > c.limit {
		return
	}
	for c.weight > c.limit-e.weight {
		c.remove(c.victim())
	}
	c.add(e)
}

// hash is over the whole text under a secret seed, so that nobody can choose texts
// that meet. maphash.String is the faster one up to a piece of its own, Comparable
// beyond; usual options are the zero ones, and cost nothing.
func (c *Cache[O, V]) hash(k *key[O]) uint64 {
	var hash uint64
	if len(k.source) <= 128 {
		hash = maphash.String(c.seed, k.source)
	} else {
		hash = maphash.Comparable(c.seed, k.source)
	}
	var usual O
	if k.options != usual {
		hash = bits.RotateLeft64(hash, 32) ^ maphash.Comparable(c.seed, k.options)
	}
	return hash
}

// victim moves the hand to the one that is to go.
func (c *Cache[O, V]) victim() *entry[O, V] {
	for {
		if c.hand == nil {
			c.hand = c.oldest
		}
		if !c.hand.asked.Swap(false) {
			return c.hand
		}
		c.hand = c.hand.newer
	}
}

func (c *Cache[O, V]) add(e *entry[O, V]) {
	t := c.table.Load()
	if c.entries >= len(t.buckets) {
		t = c.grow(2 * len(t.buckets))
	}
	t.push(e)
	e.older = c.newest
	if c.newest != nil {
		c.newest.newer = e
	} else {
		c.oldest = e
	}
	c.newest = e
	c.entries++
	c.weight += e.weight
}

func (c *Cache[O, V]) remove(e *entry[O, V]) {
	c.table.Load().drop(e)
	if c.hand == e {
		c.hand = e.newer
	}
	if e.newer != nil {
		e.newer.older = e.older
	} else {
		c.newest = e.older
	}
	if e.older != nil {
		e.older.newer = e.newer
	} else {
		c.oldest = e.newer
	}
	c.entries--
	c.weight -= e.weight
}

// grow moves all entries to a table of this many buckets.
func (c *Cache[O, V]) grow(buckets int) *table[O, V] {
	t := newTable[O, V](buckets)
	for e := c.oldest; e != nil; e = e.newer {
		t.push(e)
	}
	c.table.Store(t)
	return t
}
