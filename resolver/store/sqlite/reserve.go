package sqlite

import (
	"crypto/rand"
	"errors"
	"os"
	"sync"
	"time"
)

// reserveBytes is room for some dozens of removals: each writes a few pages.
const reserveBytes = 1 << 20

// refillEvery is how often room for the reserve is looked for while it is spent.
const refillEvery = time.Second

// reserve is a file that takes room on the disk and gives it up, so that a token
// can still be revoked on a disk that is full: SQLite needs room to delete as well.
// While it is spent, nothing but removals is written, or the counts of a busy
// server would take the room at once.
type reserve struct {
	path string
	mu   sync.Mutex
	// spent says that the file was given up and there was no room for it since.
	spent bool
	tried time.Time
}

// fill makes the file where it is missing or short.
func (r *reserve) fill() error {
	if info, err := os.Stat(r.path); err == nil && info.Size() >= reserveBytes {
		return nil
	}
	// Random bytes, which no file system keeps in less room.
	room := make([]byte, reserveBytes)
	_, _ = rand.Read(room) // never fails: see crypto/rand
	if err := os.WriteFile(r.path, room, 0o600); err != nil {
		return errors.Join(err, os.Remove(r.path))
	}
	return nil
}

// spend gives up the room, and reports whether there may be some now.
func (r *reserve) spend() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent {
		return false
	}
	r.spent = os.Remove(r.path) == nil
	return r.spent
}

// open makes the file where it is missing, and holds it for spent where there is no
// room for it: the file was given up before.
func (r *reserve) open() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spent = r.fill() != nil
}

// whole reports whether the reserve is not spent, or could be filled again.
func (r *reserve) whole() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spent && time.Since(r.tried) >= refillEvery {
		r.tried = time.Now()
		r.spent = r.fill() != nil
	}
	return !r.spent
}
