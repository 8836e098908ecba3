package store

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// wrapping is how more than one master key opens a keyset: it is under a key of its
// own, and that one under each master key. So whoever has one of them can write the
// keyset anew for all. It is immutable.
type wrapping struct {
	aead tink.AEAD
	// digests is the key of the digests of requests, that of the store's first master
	// key: what is known of requests outlives it.
	digests []byte
	slots   []wrapSlot
}

// wrapSlot is the wrapping's own key under one master key.
type wrapSlot struct {
	master  string
	wrapped []byte
}

// RewrapKeys gives the store another master key. From then on next opens it, and the
// key that it was opened with still does, so that the nodes of a fleet change over one
// by one; any other ends to. The records stay as they are.
func (s *Store) RewrapKeys(ctx context.Context, by Actor, next KeySource) error {
	master, err := next.load(nil, s.log)
	if err != nil {
		return err
	}
	return s.rewrapped(ctx, by, []*masterKey{master, s.master})
}

// DropOtherKeys leaves the master key that the store was opened with as the only one
// that opens it. Nodes that were started with another one cannot be started again.
func (s *Store) DropOtherKeys(ctx context.Context, by Actor) error {
	return s.rewrapped(ctx, by, []*masterKey{s.master})
}

func (s *Store) rewrapped(ctx context.Context, by Actor, masters []*masterKey) error {
	return s.audited(ctx, by, "keys.rewrap", "", "", func() error {
		return s.changeScope(ctx, storeScope, func(c *change) error {
			row, err := s.keyringRow(ctx)
			if err != nil {
				return err
			}
			if row == nil {
				return lostKeyring()
			}
			ring, err := openKeyring(row, s.master)
			if err != nil {
				return err
			}
			if ring.wrapping, err = newWrapping(masters, ring.digests(s.master), ring.wrapBinding()); err != nil {
				return err
			}
			if row.Meta, row.Value, err = ring.wrap(s.master); err != nil {
				return err
			}
			c.batch.Put = append(c.batch.Put, Row{Key: keyringKey, Meta: row.Meta, Value: row.Value})
			return c.audit(by.event("keys.rewrap", "", "", 0))
		})
	})
}

// newWrapping returns what each of masters opens.
func newWrapping(masters []*masterKey, digests, binding []byte) (*wrapping, error) {
	masters = slices.CompactFunc(masters, func(a, b *masterKey) bool { return a.id == b.id })
	key := make([]byte, masterKeyBytes)
	_, _ = rand.Read(key) // never fails: see crypto/rand
	w := &wrapping{digests: digests}
	var err error
	if w.aead, err = subtle.NewXChaCha20Poly1305(key); err != nil {
		return nil, err
	}
	for _, master := range masters {
		wrapped, err := master.aead.Encrypt(slices.Concat(key, digests), binding)
		if err != nil {
			return nil, err
		}
		w.slots = append(w.slots, wrapSlot{master.id, wrapped})
	}
	return w, nil
}

// openWrapping returns the wrapping that slots stand for, opened with master.
func openWrapping(slots []wrapSlot, master *masterKey, binding []byte) (*wrapping, error) {
	i := slices.IndexFunc(slots, func(slot wrapSlot) bool { return slot.master == master.id })
	if i < 0 {
		return nil, errors.New("store: no slot for this master key")
	}
	keys, err := master.aead.Decrypt(slots[i].wrapped, binding)
	if err != nil || len(keys) != 2*masterKeyBytes {
		return nil, errSeal
	}
	aead, err := subtle.NewXChaCha20Poly1305(keys[:masterKeyBytes])
	return &wrapping{aead, keys[masterKeyBytes:], slots}, err
}

// digests returns the key of the digests of requests.
func (k *keyring) digests(master *masterKey) []byte {
	if k.wrapping != nil {
		return k.wrapping.digests
	}
	return master.digests
}
