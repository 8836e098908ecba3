package store

import (
	"crypto/rand"
)

// element is the random share of one row in the digest of its scope. It is
// stored encrypted only, as the row's seal, so that nobody without a key can
// compose a set of older rows with the same digest.
type element [32]byte

func (e *element) xor(other element) {
	for i := range e {
		e[i] ^= other[i]
	}
}

// sealBinding is what the seal of a row authenticates.
func (k *keyring) sealBinding(r *Row) []byte {
	e := encoder{buf: make([]byte, 0, 64+len(r.Key.Scope)+len(r.Key.Key)+len(r.Meta))}
	e.string("sotto/1/seal")
	e.bytes(k.storeID)
	e.string(string(r.Table))
	e.string(r.Scope)
	e.string(r.Key.Key)
	e.int(r.Revision)
	e.bytes(r.Meta)
	return e.buf
}

// valueBinding is what a value's ciphertext authenticates besides itself: its
// place, and binding, which names its version.
func (k *keyring) valueBinding(key Key, binding []byte) []byte {
	e := encoder{buf: make([]byte, 0, 64+len(key.Scope)+len(key.Key)+len(binding))}
	e.string("sotto/1/value")
	e.bytes(k.storeID)
	e.string(string(key.Table))
	e.string(key.Scope)
	e.string(key.Key)
	e.bytes(binding)
	return e.buf
}

// headBinding is what the head of a scope authenticates.
func (k *keyring) headBinding(scope string, epoch int64) []byte {
	var e encoder
	e.string("sotto/1/head")
	e.bytes(k.storeID)
	e.string(scope)
	e.int(epoch)
	return e.buf
}

// sealRow gives r a seal around a new random element.
func (k *keyring) sealRow(r *Row) (element, error) {
	var share element
	_, _ = rand.Read(share[:]) // never fails: see crypto/rand
	seal, err := k.seal(share[:], k.sealBinding(r))
	r.Seal = seal
	return share, err
}

// openRow checks the seal of r and returns its element.
func (k *keyring) openRow(r *Row) (element, error) {
	plain, err := k.open(r.Seal, k.sealBinding(r))
	if err != nil {
		return element{}, err
	}
	if len(plain) != len(element{}) {
		return element{}, errSeal
	}
	return element(plain), nil
}

func (k *keyring) sealHead(scope string, epoch int64, digest element) (Head, error) {
	data, err := k.seal(digest[:], k.headBinding(scope, epoch))
	return Head{Epoch: epoch, Data: data}, err
}

// openHead returns the digest in h. The head of a scope never written has none.
func (k *keyring) openHead(scope string, h Head) (element, error) {
	if h.Epoch == 0 && len(h.Data) == 0 {
		return element{}, nil
	}
	plain, err := k.open(h.Data, k.headBinding(scope, h.Epoch))
	if err != nil {
		return element{}, err
	}
	if len(plain) != len(element{}) {
		return element{}, errSeal
	}
	return element(plain), nil
}
