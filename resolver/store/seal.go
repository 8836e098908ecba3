package store

import (
	"crypto/rand"
	"encoding/binary"
)

// element is the random share of one row in the digest of its scope. It is
// stored encrypted only, as the row's seal, so that nobody without a key can
// compose a set of older rows with the same digest.
type element [32]byte

// xor adds other, or takes it out again: a digest is kept up with two of these for
// each changed row, instead of reading the whole scope. That is safe against who
// can write to the backend because no element can be read or chosen without a
// key: with hashes of the rows in place of random elements, a set of old rows
// with the digest of the new ones could be computed.
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

// summary is what the head of a scope holds encrypted.
type summary struct {
	digest element
	// repaired is the time of the last repair in milliseconds, 0 for none. It
	// only grows. A repair takes the scope as it stands, so it may be at an
	// earlier epoch than before.
	repaired int64
}

func (s summary) encode() []byte {
	if s.repaired == 0 {
		return s.digest[:]
	}
	return binary.AppendVarint(s.digest[:], s.repaired)
}

func decodeSummary(plain []byte) (summary, error) {
	const size = len(element{})
	if len(plain) < size {
		return summary{}, errSeal
	}
	s := summary{digest: element(plain[:size])}
	if rest := plain[size:]; len(rest) > 0 {
		d := decoder{buf: rest}
		if s.repaired = d.int(); d.end() != nil {
			return summary{}, errSeal
		}
	}
	return s, nil
}

func (k *keyring) sealHead(scope string, epoch int64, s summary) (Head, error) {
	data, err := k.seal(s.encode(), k.headBinding(scope, epoch))
	return Head{Epoch: epoch, Data: data}, err
}

// openHead returns what h holds. The head of a scope never written is empty.
func (k *keyring) openHead(scope string, h Head) (summary, error) {
	if h.Epoch == 0 && len(h.Data) == 0 {
		return summary{}, nil
	}
	plain, err := k.open(h.Data, k.headBinding(scope, h.Epoch))
	if err != nil {
		return summary{}, err
	}
	return decodeSummary(plain)
}
