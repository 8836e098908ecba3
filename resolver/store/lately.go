package store

import (
	"sync"
	"time"
)

// lately remembers what was read a short while ago. A value that was read
// before a clear or drop is never remembered after it.
type lately[K comparable, V any] struct {
	ttl time.Duration
	max int
	mu  sync.RWMutex
	// turn counts the clears and drops.
	turn   uint64
	values map[K]dated[V]
}

type dated[V any] struct {
	value V
	read  time.Time
}

func newLately[K comparable, V any](ttl time.Duration, limit int) *lately[K, V] {
	return &lately[K, V]{ttl: ttl, max: limit, values: make(map[K]dated[V])}
}

// get returns what is remembered under key, else what read returns, which is
// remembered unless it comes with an error.
func (l *lately[K, V]) get(key K, read func() (V, error)) (V, error) {
	l.mu.RLock()
	found, ok := l.values[key]
	turn := l.turn
	l.mu.RUnlock()
	if ok && time.Since(found.read) < l.ttl {
		return found.value, nil
	}
	start := time.Now()
	value, err := read()
	if err != nil {
		return value, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turn != turn {
		return value, nil
	}
	if len(l.values) >= l.max {
		clear(l.values)
	}
	l.values[key] = dated[V]{value, start}
	return value, nil
}

func (l *lately[K, V]) drop(key K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn++
	delete(l.values, key)
}

func (l *lately[K, V]) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn++
	clear(l.values)
}
