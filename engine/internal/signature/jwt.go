package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"

	"github.com/golang-jwt/jwt/v5"
)

// JWT returns a JSON Web Token of the claims, a JSON object, signed by HS256
// with the key as it is, or by RS256 or ES256 with a private key in PEM (PKCS #1,
// SEC 1 or PKCS #8). A keyID that is not empty is the header's kid.
func JWT(claims []byte, key, algorithm, keyID string) (string, error) {
	sign, ok := signers[algorithm]
	if !ok {
		return "", ErrAlgorithm
	}
	if key == "" {
		return "", ErrEmptyKey
	}
	if _, err := members(claims); err != nil {
		return "", err
	}
	var payload bytes.Buffer
	if err := json.Compact(&payload, claims); err != nil {
		return "", ErrClaims
	}
	header, err := json.Marshal(struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid,omitempty"`
		Type      string `json:"typ"`
	}{algorithm, keyID, "JWT"})
	if err != nil {
		return "", ErrKey
	}
	text := segment(header) + "." + segment(payload.Bytes())
	signature, err := sign(text, []byte(key))
	// What the libraries say of a key may quote parts of it.
	if err != nil {
		return "", ErrKey
	}
	return text + "." + segment(signature), nil
}

// JoinClaims returns the members of both objects as one. Either may be empty.
func JoinClaims(claims, more []byte) ([]byte, error) {
	if len(claims) == 0 || len(more) == 0 {
		return append(claims, more...), nil
	}
	all, err := members(claims)
	if err != nil {
		return nil, err
	}
	others, err := members(more)
	if err != nil {
		return nil, err
	}
	for name, value := range others {
		if _, ok := all[name]; ok {
			return nil, ErrTwice
		}
		all[name] = value
	}
	joined, err := json.Marshal(all)
	if err != nil {
		return nil, ErrClaims
	}
	return joined, nil
}

func members(claims []byte) (map[string]json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(claims, &all); err != nil || all == nil {
		return nil, ErrClaims
	}
	return all, nil
}

func segment(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// maxRSAKeyBytes is the length of a PEM of 4,096 bits and some more. To check a key
// and to sign with it takes time that grows with the cube of its bits, which no
// limit of a render can end: one of 32,768 bits took 20 s.
const maxRSAKeyBytes = 4 << 10

// signers :: algorithm -> what signs the text of a token
var signers = map[string]func(text string, key []byte) ([]byte, error){
	"HS256": func(text string, key []byte) ([]byte, error) { return jwt.SigningMethodHS256.Sign(text, key) },
	"RS256": func(text string, key []byte) ([]byte, error) {
		if len(key) > maxRSAKeyBytes {
			return nil, ErrKey
		}
		private, err := jwt.ParseRSAPrivateKeyFromPEM(key)
		if err != nil {
			return nil, err
		}
		return jwt.SigningMethodRS256.Sign(text, private)
	},
	"ES256": signES256,
}

// signES256 draws no random numbers (RFC 6979), as the library's method would:
// a filter must yield the same text however often it is called.
func signES256(text string, key []byte) ([]byte, error) {
	private, err := jwt.ParseECPrivateKeyFromPEM(key)
	if err != nil {
		return nil, err
	}
	if private.Curve != elliptic.P256() {
		return nil, ErrKey
	}
	sum := sha256.Sum256([]byte(text))
	return es256(private, sum[:])
}

// es256 returns r and s one behind the other, 32 bytes each (RFC 7518).
func es256(private *ecdsa.PrivateKey, sum []byte) ([]byte, error) {
	der, err := private.Sign(nil, sum, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, err
	}
	signature := make([]byte, 64)
	pair.R.FillBytes(signature[:32])
	pair.S.FillBytes(signature[32:])
	return signature, nil
}
