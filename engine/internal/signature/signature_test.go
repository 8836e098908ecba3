package signature_test

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/sotto-render/sotto/engine/internal/signature"
)

// TestHMAC holds the vectors of RFC 2202 and RFC 4231, test case 2.
func TestHMAC(t *testing.T) {
	for name, row := range map[string]struct{ key, algorithm, encoding, want string }{
		"sha1":              {"Jefe", "sha1", "hex", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		"sha256":            {"Jefe", "sha256", "hex", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		"sha256 base64":     {"Jefe", "sha256", "base64", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
		"base64url":         {"Jefe", "sha256", "base64url", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM"},
		"sha512":            {"Jefe", "sha512", "hex", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
		"unknown algorithm": {"Jefe", "md99", "hex", ""},
		"empty algorithm":   {"Jefe", "", "hex", ""},
		"unknown encoding":  {"Jefe", "sha1", "HEX", ""},
		"empty key":         {"", "sha1", "hex", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := signature.HMAC([]byte("what do ya want for nothing?"), []byte(row.key), row.algorithm, row.encoding)
			require.Equal(t, row.want, got)
			require.Equal(t, row.want == "", err != nil)
		})
	}
}

func TestDecodeKey(t *testing.T) {
	for name, row := range map[string]struct{ key, encoding, want string }{
		"whsec": {"whsec_SmVmZQ==", "base64", "Jefe"}, "base64": {"SmVmZQ==", "base64", "Jefe"}, "unpadded": {"SmVmZQ", "base64", "Jefe"},
		"hex": {"4a656665", "hex", "Jefe"}, "no hex": {"4a65666g", "hex", ""}, "no base64": {"%%%", "base64", ""}, "unknown": {"Jefe", "text", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := signature.DecodeKey(row.key, row.encoding)
			require.Equal(t, row.want, string(got))
			require.Equal(t, row.want == "", err != nil)
			if err != nil {
				require.NotContains(t, err.Error(), row.key)
			}
		})
	}
}

// rfc6979 is the key of RFC 6979, A.2.5.
const rfc6979 = `-----BEGIN PRIVATE KEY-----
MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCDJr6nYRbp1Fmtcx1Z7HTZc7w9eGBWP+i25n08jqC9cKw==
-----END PRIVATE KEY-----`

func TestJWT(t *testing.T) {
	claims := []byte("{\"sub\": \"1\",\n \"n\": 12345678901234567890}")
	hs, err := signature.JWT(claims, "a-key", "HS256", "k1")
	require.NoError(t, err)
	parsed, err := jwt.Parse(hs, func(*jwt.Token) (any, error) { return []byte("a-key"), nil }, jwt.WithValidMethods([]string{"HS256"}), jwt.WithJSONNumber())
	require.NoError(t, err)
	require.Equal(t, "k1", parsed.Header["kid"])
	require.Equal(t, "1", parsed.Claims.(jwt.MapClaims)["sub"])

	es, err := signature.JWT(claims, rfc6979, "ES256", "")
	require.NoError(t, err)
	key, err := jwt.ParseECPrivateKeyFromPEM([]byte(rfc6979))
	require.NoError(t, err)
	_, err = jwt.Parse(es, func(*jwt.Token) (any, error) { return &key.PublicKey, nil }, jwt.WithValidMethods([]string{"ES256"}))
	require.NoError(t, err)
	again, err := signature.JWT(claims, rfc6979, "ES256", "")
	require.NoError(t, err)
	require.Equal(t, es, again, "a filter is pure")

	for name, row := range map[string]struct{ claims, key, algorithm string }{
		"none": {`{}`, "k", "none"}, "lower case": {`{}`, "k", "hs256"}, "empty key": {`{}`, "", "HS256"}, "no PEM": {`{}`, "hunter2", "RS256"},
		"another kind of key": {`{}`, rfc6979, "RS256"}, "broken PEM": {`{}`, strings.Replace(rfc6979, "MEECAQ", "MEECAA", 1), "ES256"},
		"a list": {`[1]`, "k", "HS256"}, "null": {`null`, "k", "HS256"}, "nothing": {``, "k", "HS256"}, "broken": {`{"hunter2"`, "k", "HS256"}, "two": {`{}{}`, "k", "HS256"},
	} {
		t.Run(name, func(t *testing.T) {
			token, err := signature.JWT([]byte(row.claims), row.key, row.algorithm, "")
			require.Empty(t, token)
			var fixed signature.Error
			require.ErrorAs(t, err, &fixed)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestJoinClaims(t *testing.T) {
	for name, row := range map[string]struct{ a, b, want string }{
		"both": {`{"a":1}`, `{"b":2}`, `{"a":1,"b":2}`}, "one": {`{"b":1,"a":2}`, ``, `{"b":1,"a":2}`}, "other": {``, `{"b":1,"a":2}`, `{"b":1,"a":2}`},
		"twice": {`{"a":1}`, `{"a":1}`, ``}, "no object": {`[1]`, `{"a":1}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := signature.JoinClaims([]byte(row.a), []byte(row.b))
			require.Equal(t, row.want, string(got))
			require.Equal(t, row.want == "", err != nil)
		})
	}
}
