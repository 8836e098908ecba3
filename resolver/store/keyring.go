package store

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// storeScope holds the keyring and the tokens. No scope of a tenant is spelled
// like it.
const storeScope = "~store"

// keyringKey is where the wrapped keyset stands.
var keyringKey = Key{Table: TableMeta, Scope: storeScope, Key: "keyring"}

const keyringFormat = 1

// keyring is the data keys of one store. It is immutable.
type keyring struct {
	storeID []byte
	// master is the id of the master key that wraps the keyset.
	master  string
	handle  *keyset.Handle
	aead    tink.AEAD
	primary uint32
}

// newKeyring makes a store's identity and its first key.
func newKeyring(master string) (*keyring, error) {
	storeID := make([]byte, 16)
	_, _ = rand.Read(storeID) // never fails: see crypto/rand
	return (&keyring{storeID: storeID, master: master, handle: nil}).rotate()
}

// rotate returns the keyring with a new primary key.
func (k *keyring) rotate() (*keyring, error) {
	manager := keyset.NewManager()
	if k.handle != nil {
		manager = keyset.NewManagerFromHandle(k.handle)
	}
	id, err := manager.Add(aead.XAES256GCM192BitNonceKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := manager.SetPrimary(id); err != nil {
		return nil, err
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, err
	}
	return k.with(handle)
}

func (k *keyring) with(handle *keyset.Handle) (*keyring, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	primary, err := handle.Primary()
	if err != nil {
		return nil, err
	}
	return &keyring{
		storeID: k.storeID, master: k.master, handle: handle,
		aead: primitive, primary: primary.KeyID(),
	}, nil
}

// row returns the keyring as it is stored, wrapped by master.
func (k *keyring) row(master *masterKey) (Row, error) {
	var wrapped bytes.Buffer
	err := k.handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&wrapped), master.aead, k.binding())
	if err != nil {
		return Row{}, err
	}
	var meta encoder
	meta.int(keyringFormat)
	meta.bytes(k.storeID)
	meta.string(master.id)
	return Row{Key: keyringKey, Meta: meta.buf, Value: wrapped.Bytes()}, nil
}

func (k *keyring) binding() []byte {
	return append([]byte("sotto/1/keyset\x00"), k.storeID...)
}

// keyringNeeds returns the id of the master key that row is wrapped with.
func keyringNeeds(row *Row) (storeID []byte, master string, err error) {
	d := decoder{buf: row.Meta}
	d.format(keyringFormat)
	storeID, master = d.bytes(), d.string()
	if d.end() != nil {
		return nil, "", refusal(Internal, "the store's keyring cannot be read: it is damaged, or a newer sotto wrote it")
	}
	return storeID, master, nil
}

// openKeyring unwraps what row holds.
func openKeyring(row *Row, master *masterKey) (*keyring, error) {
	storeID, id, err := keyringNeeds(row)
	if err != nil {
		return nil, err
	}
	k := &keyring{storeID: storeID, master: id}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(row.Value)), master.aead, k.binding())
	if err != nil {
		return nil, refusal(Internal, "the store's keyring does not open with master key %s: it is damaged; restore the store from a backup", id)
	}
	return k.with(handle)
}

// errSeal says that a ciphertext does not belong where it stands, or was
// changed. Tink's own words are not passed on.
var errSeal = errors.New("store: a ciphertext does not open")

// errUnknownKey says that a ciphertext is under a key that the keyring lacks.
var errUnknownKey = errors.New("store: a ciphertext is under an unknown key")

// open returns the plaintext of what seal made with the same binding.
func (k *keyring) open(ciphertext, binding []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(ciphertext, binding)
	if err != nil {
		if id, ok := keyID(ciphertext); ok && !k.has(id) {
			return nil, errUnknownKey
		}
		return nil, errSeal
	}
	return plain, nil
}

func (k *keyring) seal(plain, binding []byte) ([]byte, error) {
	return k.aead.Encrypt(plain, binding)
}

func (k *keyring) has(id uint32) bool {
	for i := range k.handle.Len() {
		entry, err := k.handle.Entry(i)
		if err == nil && entry.KeyID() == id {
			return true
		}
	}
	return false
}

// keyID returns the key that made ciphertext, from the prefix that Tink writes.
func keyID(ciphertext []byte) (uint32, bool) {
	const prefix = 5
	if len(ciphertext) < prefix || ciphertext[0] != 1 {
		return 0, false
	}
	return binary.BigEndian.Uint32(ciphertext[1:prefix]), true
}
