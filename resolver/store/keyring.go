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

// Formats of the keyring's row: wrapped by the master key itself, or as [wrapping] says.
const (
	keyringFormat     = 1
	keyringWithWraps  = 2
	maxWrapsOfKeyring = 16
)

// keyring is the data keys of one store. It is immutable.
type keyring struct {
	storeID []byte
	// wrapping is nil while one master key wraps the keyset itself.
	wrapping *wrapping
	handle   *keyset.Handle
	aead     tink.AEAD
	primary  uint32
}

// newKeyring makes a store's identity and its first key.
func newKeyring() (*keyring, error) {
	storeID := make([]byte, 16)
	_, _ = rand.Read(storeID) // never fails: see crypto/rand
	return (&keyring{storeID: storeID}).rotate()
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
		storeID: k.storeID, wrapping: k.wrapping, handle: handle,
		aead: primitive, primary: primary.KeyID(),
	}, nil
}

// row returns the keyring as it is stored, for the master keys that open it.
func (k *keyring) row(master *masterKey) (Row, error) {
	meta, value, err := k.wrap(master)
	return Row{Key: keyringKey, Meta: meta, Value: value}, err
}

// wrap returns the two parts of the keyring's row: who opens it, and what is wrapped.
func (k *keyring) wrap(master *masterKey) (meta, value []byte, err error) {
	by, m := master.aead, encoder{}
	if k.wrapping == nil {
		m.int(keyringFormat)
		m.bytes(k.storeID)
		m.string(master.id)
	} else {
		by = k.wrapping.aead
		m.int(keyringWithWraps)
		m.bytes(k.storeID)
		m.size(len(k.wrapping.slots))
		for _, slot := range k.wrapping.slots {
			m.string(slot.master)
			m.bytes(slot.wrapped)
		}
	}
	var wrapped bytes.Buffer
	err = k.handle.WriteWithAssociatedData(keyset.NewBinaryWriter(&wrapped), by, k.binding())
	return m.buf, wrapped.Bytes(), err
}

func (k *keyring) binding() []byte {
	return append([]byte("sotto/1/keyset\x00"), k.storeID...)
}

// wrapBinding is the binding of the wrapping's own key.
func (k *keyring) wrapBinding() []byte {
	return append([]byte("sotto/1/wrapping\x00"), k.storeID...)
}

// keyringNeeds is what a keyring's row says without being opened.
type keyringNeeds struct {
	storeID []byte
	// masters are the ids of the master keys, each of which opens it.
	masters []string
	// slots is nil where the one master key wraps the keyset itself.
	slots []wrapSlot
}

func readKeyringNeeds(row *Row) (keyringNeeds, error) {
	d := decoder{buf: row.Meta}
	format := d.format(keyringWithWraps)
	n := keyringNeeds{storeID: d.bytes()}
	if format == keyringFormat {
		n.masters = []string{d.string()}
	} else {
		for range min(d.size(), maxWrapsOfKeyring) {
			slot := wrapSlot{d.string(), d.bytes()}
			n.slots, n.masters = append(n.slots, slot), append(n.masters, slot.master)
		}
	}
	// Without any, a key that is missing would be made anew.
	if d.end() != nil || len(n.masters) == 0 {
		return keyringNeeds{}, refusal(Internal, "the store's keyring cannot be read: it is damaged, or a newer sotto wrote it")
	}
	return n, nil
}

// openKeyring unwraps what row holds.
func openKeyring(row *Row, master *masterKey) (*keyring, error) {
	needs, err := readKeyringNeeds(row)
	if err != nil {
		return nil, err
	}
	k, by := &keyring{storeID: needs.storeID}, master.aead
	if needs.slots != nil {
		if k.wrapping, err = openWrapping(needs.slots, master, k.wrapBinding()); err != nil {
			return nil, damagedKeyring(master)
		}
		by = k.wrapping.aead
	}
	handle, err := keyset.ReadWithAssociatedData(keyset.NewBinaryReader(bytes.NewReader(row.Value)), by, k.binding())
	if err != nil {
		return nil, damagedKeyring(master)
	}
	return k.with(handle)
}

// damagedKeyring says so; Tink's own words are not passed on.
func damagedKeyring(master *masterKey) error {
	return refusal(Internal, "the store's keyring does not open with master key %s: it is damaged, or that key was dropped; restore the store from a backup, or start with another key", master.id)
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
