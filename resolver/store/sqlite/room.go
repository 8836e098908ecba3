package sqlite

import (
	"crypto/rand"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/sotto-render/sotto/resolver"
	"github.com/sotto-render/sotto/resolver/store"
)

// probeBytes is more than a small change writes.
const probeBytes = 64 << 10

// room knows whether the last change found the disk full, and looks whether it
// still is.
type room struct {
	path string
	mu   sync.Mutex
	full bool
	// tried is when it was last looked for.
	tried time.Time
}

// note takes in how a commit ended.
func (r *room) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.full = false
	case errors.Is(err, store.ErrFull):
		r.full, r.tried = true, time.Now()
	}
}

// short reports whether there is no room, as far as can be told without a change.
func (r *room) short() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full && time.Since(r.tried) >= refillEvery {
		r.tried = time.Now()
		probe := make([]byte, probeBytes)
		_, _ = rand.Read(probe) // never fails: see crypto/rand
		r.full = os.WriteFile(r.path, probe, 0o600) != nil
		_ = os.Remove(r.path) // the next probe writes over what stays
	}
	return r.full
}

// condition is why nothing is written, or nil.
func (b *Backend) condition() error {
	if err := b.readOnly(); err != nil {
		return err
	}
	if whole := b.reserve.whole(); b.room.short() || !whole {
		return &resolver.Condition{Reason: "disk_full", Answers: true, Err: store.ErrFull}
	}
	return nil
}
