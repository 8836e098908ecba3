package sourcecache

import "sync/atomic"

const minBuckets = 64

// table finds entries by their hash. Readers take no lock: they may meet a table
// while it changes, and then miss an entry that is there, never find a wrong one.
// That is no loss for a cache. One who changes a table holds the cache's lock.
type table[O comparable, V any] struct {
	// buckets are a power of two in number; each is a list.
	buckets []atomic.Pointer[entry[O, V]]
}

func newTable[O comparable, V any](buckets int) *table[O, V] {
	return &table[O, V]{buckets: make([]atomic.Pointer[entry[O, V]], buckets)}
}

func (t *table[O, V]) bucket(hash uint64) *atomic.Pointer[entry[O, V]] {
	return &t.buckets[hash&uint64(len(t.buckets)-1)]
}

func (t *table[O, V]) find(hash uint64, k *key[O]) *entry[O, V] {
	for e := t.bucket(hash).Load(); e != nil; e = e.next.Load() {
		// Two texts may have one hash, and none may be taken for the other.
		if e.hash == hash && e.key == *k {
			return e
		}
	}
	return nil
}

// push puts e first into its bucket. A reader on its way through e in an older
// table goes on in this one: what it meets there is compared like any other, and
// the lists have no circles, because e is reached only once its next is set.
func (t *table[O, V]) push(e *entry[O, V]) {
	bucket := t.bucket(e.hash)
	e.next.Store(bucket.Load())
	bucket.Store(e)
}

// drop takes e out. Its next stays, for those who are just reading it.
func (t *table[O, V]) drop(e *entry[O, V]) {
	at := t.bucket(e.hash)
	for found := at.Load(); found != nil; found = at.Load() {
		if found == e {
			at.Store(e.next.Load())
			return
		}
		at = &found.next
	}
}
