package store

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// keyTextPrefix marks the text of a master key, so that one which is found
// somewhere is known for what it is.
const keyTextPrefix = "sotto-key-1-"

const masterKeyBytes = 32

// KeySource is where the master key comes from.
type KeySource struct {
	path string
	text func() string
}

// KeyFile reads the master key from a file, and makes it there with mode 0600 when the
// store is new. The file must be readable by its owner alone, or be root's and readable
// by its group; on a mount that is read-only others are warned of.
func KeyFile(path string) KeySource { return KeySource{path: path} }

// KeyText takes the master key from its text, as an environment variable holds
// it: what [NewKeyText] returned or a key file contains.
func KeyText(text string) KeySource { return KeySource{text: func() string { return text }} }

// IsKeyText reports whether text is that of a master key, with or without white space
// around it.
func IsKeyText(text string) bool {
	_, err := parseMasterKey(text)
	return err == nil
}

// NewKeyText returns the text of a new random master key.
func NewKeyText() string {
	key := make([]byte, masterKeyBytes)
	_, _ = rand.Read(key) // never fails: see crypto/rand
	return keyTextPrefix + base64.RawURLEncoding.EncodeToString(key)
}

// masterKey wraps the keyset. Its id may be shown to anyone.
type masterKey struct {
	id   string
	aead tink.AEAD
	// digests is the key of digests of what callers send.
	digests []byte
}

// String describes the source without the key.
func (k KeySource) String() string {
	if k.path != "" {
		return "the key file " + k.path
	}
	return "the master key of the environment"
}

// GoString is String: a source prints the same by every verb.
func (k KeySource) GoString() string { return k.String() }

// load returns the master key. needs are the ids of the keys each of which opens the
// data; nil means a new store or key, and makes a key file that is missing.
func (k KeySource) load(needs []string, log *slog.Logger) (*masterKey, error) {
	need := strings.Join(needs, " or ")
	text, err := k.read(need, log)
	if err != nil {
		return nil, err
	}
	key, err := parseMasterKey(text)
	if err != nil {
		return nil, refusal(Internal, "%s holds no master key: it must be %s and 43 letters, digits, - and _", k, keyTextPrefix)
	}
	if needs != nil && !slices.Contains(needs, key.id) {
		return nil, refusal(Internal, "the data needs master key %s, but %s holds key %s: start with the key that belongs to the data", need, k, key.id)
	}
	return key, nil
}

// Check says why the key could not open or make a store, without making a key file.
func (k KeySource) Check() error {
	if _, err := os.Stat(k.path); k.path != "" && errors.Is(err, fs.ErrNotExist) {
		return nil // the first start makes it
	}
	_, err := k.load(nil, slog.New(slog.DiscardHandler))
	return err
}

func (k KeySource) read(need string, log *slog.Logger) (string, error) {
	if k.path == "" {
		if k.text == nil || strings.TrimSpace(k.text()) == "" {
			if need != "" {
				return "", refusal(Internal, "there is no master key: the data needs master key %s", need)
			}
			return "", refusal(Internal, "there is no master key: give a key file or the text of a key")
		}
		return k.text(), nil
	}
	file, err := os.Open(k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && need != "":
		return "", refusal(Internal, "the key file %s does not exist, and the data needs master key %s: put that key file back", k.path, need)
	case errors.Is(err, fs.ErrNotExist):
		return k.make()
	case err != nil:
		return "", refusal(Internal, "the key file cannot be read: %v", err)
	}
	defer func() { _ = file.Close() }() // only read from
	info, err := file.Stat()
	if err != nil {
		return "", refusal(Internal, "the key file cannot be read: %v", err)
	}
	if err := checkKeyFile(file, info, log); err != nil {
		return "", err
	}
	text := make([]byte, 256)
	n, err := file.Read(text)
	if err != nil || n == len(text) {
		return "", refusal(Internal, "the key file %s holds no master key", k.path)
	}
	return string(text[:n]), nil
}

// make writes a new key file. It appears whole or not at all, and never takes
// the place of another.
func (k KeySource) make() (string, error) {
	text := NewKeyText()
	if err := writeNew(k.path, text+"\n"); err != nil {
		return "", refusal(Internal, "the key file cannot be made: %v", err)
	}
	return text, nil
}

func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // the name is only a second link by now
	_, err = temp.WriteString(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	// A directory cannot be synced on every system; the link is made anyway.
	_ = dir.Sync()
	return dir.Close()
}

func parseMasterKey(text string) (*masterKey, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), keyTextPrefix)
	if !ok {
		return nil, errEncoding
	}
	key, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(key) != masterKeyBytes {
		return nil, errEncoding
	}
	aead, err := subtle.NewXChaCha20Poly1305(key)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	sum := sha256.Sum256(append([]byte("sotto master key id\x00"), key...))
	digests, err := hkdf.Expand(sha256.New, key, "sotto digests of requests", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &masterKey{id: hex.EncodeToString(sum[:8]), aead: aead, digests: digests}, nil
}
