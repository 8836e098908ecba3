package signature

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// hashes :: name of an algorithm -> what makes its state
var hashes = map[string]func() hash.Hash{
	"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New,
}

// encodings :: name -> how bytes are written
var encodings = map[string]func([]byte) string{
	"hex": hex.EncodeToString, "base64": base64.StdEncoding.EncodeToString, "base64url": base64.RawURLEncoding.EncodeToString,
}

// digests are the checksums by the names of their filters and functions.
var digests = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New,
}

// DigestNames are the algorithms that [Digest] knows.
var DigestNames = []string{"md5", "sha1", "sha256", "sha512"}

// Digest returns the checksum of message in lower case hexadecimal. The name is
// one of [DigestNames].
func Digest(name string, message []byte) string {
	state := digests[name]()
	state.Write(message)
	return hex.EncodeToString(state.Sum(nil))
}

// HMAC returns the HMAC of message by sha1, sha256 or sha512, written in hex,
// base64 or base64url without padding.
func HMAC(message, key []byte, algorithm, encoding string) (string, error) {
	newHash, ok := hashes[algorithm]
	if !ok {
		return "", ErrAlgorithm
	}
	encode, ok := encodings[encoding]
	if !ok {
		return "", ErrEncoding
	}
	if len(key) == 0 {
		return "", ErrEmptyKey
	}
	mac := hmac.New(newHash, key)
	mac.Write(message)
	return encode(mac.Sum(nil)), nil
}

// DecodeKey returns the bytes of a key that is written in an encoding: base64,
// padded or not, behind the whsec_ of Standard Webhooks where that stands, or
// hex.
func DecodeKey(key, encoding string) ([]byte, error) {
	var raw []byte
	var err error
	switch encoding {
	case "base64":
		key = strings.TrimRight(strings.TrimPrefix(key, "whsec_"), "=")
		raw, err = base64.RawStdEncoding.DecodeString(key)
	case "hex":
		raw, err = hex.DecodeString(key)
	default:
		return nil, ErrEncoding
	}
	// The decoder's error may quote a byte of the key.
	if err != nil {
		return nil, ErrKey
	}
	return raw, nil
}
